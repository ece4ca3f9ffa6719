"""Beam search over a step model, written in `keras.ops`."""

from collections.abc import Callable

import keras
from keras import ops

from gru_zoo.decoding.arrays import NEG_INF, SearchState, is_finished, lengths_of, take_along
from gru_zoo.decoding.step_model import ConstrainedStepModel, StepModel, Tensor, Tensors
from gru_zoo.text.special_tokens import BOS, EOS, PAD

FINISHED_SCORE = 1e6  # above every log-probability: finished hypotheses keep their places


def beam_search(
    steps: StepModel,
    beam_size: int,
    enough: int,
    no_repeat_ngram_size: int = 0,
    has_min_length: bool = False,
) -> Callable:
    """A function that searches, see `gru_zoo.decoding.decoder.Decoder.beam_search`.

    Args:
        steps: the model.
        beam_size: hypotheses of a row, 1 or more.
        enough: the search ends when the best so many hypotheses of every row are finished.
        no_repeat_ngram_size: length of the n-grams that may not occur twice, 0 for none.
        has_min_length: whether `min_length` is to be read.
    """
    constrain = steps.constrain if isinstance(steps, ConstrainedStepModel) else None

    def search(max_lengths, tokens, min_length, *inputs):
        """Tokens, log-probabilities and lengths of `beam_size` hypotheses of each row.

        Args:
            max_lengths: maximum number of tokens of each row, int32, `(batch,)`.
            tokens: zeros, int32, `(batch, width)`, width at least the largest of `max_lengths`.
            min_length: minimum number of tokens of every row, int32, `()`.
            *inputs: arguments of `steps.start`.

        Returns:
            Shapes `(batch, beam_size, width)`, `(batch, beam_size)` and `(batch, beam_size)`.
        """
        max_lengths = ops.convert_to_tensor(max_lengths)[:, None]
        tokens, min_length = ops.convert_to_tensor(tokens), ops.convert_to_tensor(min_length)
        initial, memory = initial_beams(steps, beam_size, max_lengths, tokens, inputs)
        columns = ops.arange(ops.shape(tokens)[1], dtype="int32")
        first_beams = ops.arange(ops.shape(tokens)[0], dtype="int32")[:, None] * beam_size

        def cond(beams):
            """Whether an unfinished hypothesis is among the best `enough` of some row."""
            threshold = (
                ops.top_k(beams.scores, enough)[0][:, -1:] if enough < beam_size else NEG_INF
            )
            exists = beams.scores > NEG_INF / 2
            return ops.any(~beams.finished & (beams.scores >= threshold) & exists)

        def body(beams):
            """Extend every hypothesis by a token, and keep the best `beam_size` of each row."""
            logits, state = steps.step(ops.reshape(beams.last, (-1,)), beams.state, memory)
            logits = ops.cast(logits, "float32")
            total = ops.logsumexp(logits[:, EOS:], axis=-1, keepdims=True)
            if constrain:
                logits = constrain(logits, state, memory)
            if no_repeat_ngram_size:
                ngrams = repeated_ngrams(beams.tokens, beams.step, no_repeat_ngram_size)
                logits = mask_tokens(logits, ngrams)
            if has_min_length:
                logits = mask_tokens(logits, early_ends(beams, min_length))
            candidates, ids, count = expand_beams(beams, logits[:, EOS:], total)

            best, picks = ops.top_k(candidates, beam_size)
            picks = ops.cast(picks, "int32")
            parents = picks // count
            # The first candidate of a finished hypothesis stands for the hypothesis itself.
            finished = take_along(beams.finished, parents) & (picks % count == 0)
            scores = ops.where(finished, take_along(beams.scores, parents), best)
            last = ops.where(finished, PAD, take_along(ids, picks))
            tokens = take_along(beams.tokens, parents[..., None])
            tokens = ops.where(columns == beams.step, last[..., None], tokens)
            finished = finished | is_finished(steps, last, beams.step, max_lengths)
            rows = ops.reshape(first_beams + parents, (-1,))
            state = keras.tree.map_structure(lambda x: ops.take(x, rows, axis=0), state)
            return (SearchState(beams.step + 1, last, tokens, scores, finished, state),)

        (beams,) = ops.while_loop(cond, body, (initial,))
        return beams.tokens, beams.scores, lengths_of(beams.tokens)

    return search


def initial_beams(
    steps: StepModel, beam_size: int, max_lengths: Tensor, tokens: Tensor, inputs: tuple
) -> tuple[SearchState, Tensors]:
    """The state before the first step, and the memory: one empty hypothesis in each row.

    The other places of a row have the score `NEG_INF`, so that the first step fills them.

    Args:
        steps: the model.
        beam_size: hypotheses of a row.
        max_lengths: shape `(batch, 1)`.
        tokens: zeros, shape `(batch, width)`.
        inputs: arguments of `steps.start`.
    """

    def repeat(part):
        return keras.tree.map_structure(lambda x: ops.repeat(x, beam_size, axis=0), part)

    state, memory = steps.start(*inputs)
    shape = (ops.shape(tokens)[0], beam_size)
    scores = ops.where(ops.arange(beam_size, dtype="int32") == 0, 0.0, NEG_INF)
    initial = SearchState(
        step=ops.convert_to_tensor(0, "int32"),
        last=ops.full(shape, BOS, "int32"),
        tokens=ops.repeat(ops.expand_dims(tokens, 1), beam_size, axis=1),
        scores=ops.broadcast_to(scores, shape),
        finished=ops.broadcast_to(max_lengths < 1, shape),
        state=repeat(state),
    )
    return initial, memory if steps.shared else repeat(memory)


def expand_beams(beams: SearchState, logits: Tensor, total: Tensor) -> tuple[Tensor, Tensor, int]:
    """The most probable continuations of each hypothesis.

    A finished hypothesis has one candidate, which stands for itself and ranks before those of all
    unfinished ones.

    Args:
        beams: the hypotheses.
        logits: of the tokens from `EOS` on, float32, shape `(batch * beam_size, tokens)`.
        total: logarithm of the sum of their exponentials, before any was masked,
            `(batch * beam_size, 1)`.

    Returns:
        Scores and token ids of the candidates, both `(batch, beam_size * count)`, and `count`, the
        candidates of each hypothesis.
    """
    beam_size = beams.scores.shape[1]
    count = min(beam_size, logits.shape[-1])
    best, ids = ops.top_k(logits, count)
    best = ops.reshape(best, (-1, beam_size, count))
    scores = beams.scores[..., None] + best - ops.reshape(total, (-1, beam_size, 1))
    itself = ops.where(ops.arange(count, dtype="int32") == 0, FINISHED_SCORE, NEG_INF)
    scores = ops.where(beams.finished[..., None], itself, scores)
    shape = (-1, beam_size * count)
    return ops.reshape(scores, shape), ops.reshape(ops.cast(ids, "int32") + EOS, shape), count


def repeated_ngrams(tokens: Tensor, step: Tensor, size: int) -> Tensor:
    """Tokens that would complete an n-gram which the hypothesis already contains.

    Args:
        tokens: shape `(batch, beam_size, width)`, `PAD` from `step` on.
        step: number of tokens so far.
        size: tokens of an n-gram, from 1 to width.

    Returns:
        Shape `(batch, beam_size, width - size + 1)`: for every position, the token that follows
        there if the `size - 1` tokens before it are also the last of the hypothesis, else `PAD`.
    """
    width = ops.shape(tokens)[-1]
    starts = ops.arange(width - size + 1, dtype="int32")
    same = starts + size <= step  # the n-gram that starts here is complete
    for place in range(size - 1):
        token = ops.take(tokens, ops.maximum(step - size + 1 + place, 0), axis=-1)
        same = same & (tokens[..., place : width - size + 1 + place] == token[..., None])
    return ops.where(same, tokens[..., size - 1 :], PAD)


def early_ends(beams: SearchState, min_length: Tensor) -> Tensor:
    """`EOS` for each hypothesis if it may not end at this step, else `PAD`; see `mask_tokens`."""
    blocked = ops.where(beams.step + 1 < min_length, EOS, PAD)
    return ops.broadcast_to(blocked, ops.shape(beams.last))


def mask_tokens(logits: Tensor, blocked: Tensor) -> Tensor:
    """Logits with `NEG_INF` for the blocked tokens of each row.

    Args:
        logits: shape `(rows, vocabulary)`.
        blocked: token ids, as many for each row, in any shape with `rows * n` entries. `PAD` stands
            for none, since no search chooses `PAD`.
    """
    rows = ops.shape(logits)[0]
    blocked = ops.reshape(blocked, (rows, -1))
    row = ops.broadcast_to(ops.arange(rows, dtype="int32")[:, None], ops.shape(blocked))
    places = ops.reshape(ops.stack([row, blocked], axis=-1), (-1, 2))
    return ops.scatter_update(logits, places, ops.full_like(places[:, 0], NEG_INF, logits.dtype))
