"""The loops of `gru_zoo.decoding.decoder`, in `keras.ops`, and what they ask of a model.

Where an operator of the tensors does, it stands in place of a function of `keras.ops`, which on
torch takes longer than its work on a few numbers.
"""

from collections.abc import Callable

import keras
from keras import ops

from gru_zoo.decoding.arrays import NEG_INF, along, at_end, lengths_of
from gru_zoo.decoding.step_model import StepModel
from gru_zoo.text.special_tokens import BOS, EOS, PAD

_FROZEN = 1e6  # above every log-probability


def beam_search(
    steps: StepModel, beam_size: int, enough: int, ngram: int = 0, bounded: bool = False
) -> Callable:
    """See `gru_zoo.decoding.decoder.Decoder.beam_search`.

    Args:
        steps: the model.
        beam_size: places of a row.
        enough: it is over once the best so many places are done.
        ngram: tokens in a row that may not come twice, 0 for any.
        bounded: whether there is a least length.
    """

    def search(limits, written, least, *inputs):
        """As the search of `_one_by_one`, for all places: `(batch, beam_size, width)` and so on.

        Args:
            limits, written, *inputs: as there.
            least: fewest tokens of a row, an integer, read if `bounded`.
        """
        limits, written, least = map(ops.convert_to_tensor, (limits, written, least))

        def repeated(part):
            return keras.tree.map_structure(lambda x: ops.repeat(x, beam_size, axis=0), part)

        state, memory = steps.start(*inputs)
        state, memory = repeated(state), memory if steps.shared else repeated(memory)
        limits = ops.expand_dims(limits, 1)
        places = ops.arange(beam_size, dtype="int32")
        first = places == 0
        # A hypothesis that is done continues as itself alone, before all that are not.
        itself = ops.where(first, _FROZEN, NEG_INF)
        rows = ops.expand_dims(ops.arange(ops.shape(limits)[0], dtype="int32"), 1)
        columns = ops.arange(ops.shape(written)[1], dtype="int32")

        def turn(t, last, written, scores, done, state):
            logits, state = steps.step(ops.reshape(last, (-1,)), state, memory)
            logits = ops.cast(logits, "float32")
            total = ops.logsumexp(logits[:, EOS:], axis=-1, keepdims=True)
            if ngram:
                logits = _without(logits, _repeats(written, t, ngram))
            if bounded:
                early = ops.where(t + 1 < least, EOS, PAD)
                logits = _without(logits, early + 0 * last)
            best, ids = _continuations(logits[:, EOS:], beam_size)
            best = scores[..., None] + best - ops.reshape(total, (-1, beam_size, 1))
            best = ops.where(done[..., None], itself[: best.shape[-1]], best)
            best, picks = ops.top_k(ops.reshape(best, (-1, beam_size * ids.shape[-1])), beam_size)
            picks = ops.cast(picks, "int32")
            parents = picks // ids.shape[-1]
            token = along(ops.reshape(ids, (-1, beam_size * ids.shape[-1])), picks)

            done = best > _FROZEN / 2
            scores = ops.where(done, along(scores, parents), best)
            token = ops.where(done, PAD, token)
            written = along(written, parents[..., None])
            written = ops.where(columns == t, token[..., None], written)
            done = done | at_end(steps, token, t, limits)
            chosen = ops.reshape(rows * beam_size + parents, (-1,))
            state = keras.tree.map_structure(lambda x: ops.take(x, chosen, axis=0), state)
            return t + 1, token, written, scores, done, state

        def going(t, last, written, scores, done, state):
            least_best = ops.top_k(scores, enough)[0][:, -1:] if enough < beam_size else NEG_INF
            return ops.any(~done & (scores >= least_best) & (scores > NEG_INF / 2))

        none = ops.zeros_like(limits) + 0 * places
        # At first only one place has a hypothesis, the empty one.
        scores = ops.where(first, 0.0, NEG_INF) + ops.cast(none, "float32")
        written = ops.repeat(ops.expand_dims(written, 1), beam_size, axis=1)
        begin = (none + BOS, written, scores, ops.broadcast_to(limits, ops.shape(none)) < 1)
        _, _, written, scores, *_ = ops.while_loop(
            going, turn, (ops.convert_to_tensor(0, "int32"), *begin, state)
        )
        return written, scores, lengths_of(written)

    return search


def _repeats(written, t, ngram):
    """Tokens that would be the end of a second n-gram, `PAD` where there are none.

    Args:
        written: ids so far, shape `(batch, beam_size, width)`, 0 from step t on.
        t: number of ids so far.
        ngram: its tokens, 1 or more.

    Returns:
        Shape `(batch, beam_size, width - ngram + 1)`: behind every place at which the last
        ngram - 1 tokens stand.
    """
    width = ops.shape(written)[-1]
    starts = ops.arange(width - ngram + 1, dtype="int32")
    again = starts + ngram <= t  # the n-gram that begins here is complete
    for place in range(ngram - 1):
        token = ops.take(written, ops.maximum(t - ngram + 1 + place, 0), axis=-1)
        again = again & (written[..., place : width - ngram + 1 + place] == token[..., None])
    return ops.where(again, written[..., ngram - 1 :], PAD)


def _without(logits, banned):
    """Logits in which the banned ids of each row can not be chosen; nothing ever chooses `PAD`.

    Args:
        logits: shape `(rows, vocabulary)`.
        banned: ids, as many for each row in any shape.
    """
    rows = ops.shape(logits)[0]
    banned = ops.reshape(banned, (rows, -1))
    places = ops.stack([ops.arange(rows, dtype="int32")[:, None] + 0 * banned, banned], axis=-1)
    places = ops.reshape(places, (-1, 2))
    return ops.scatter_update(logits, places, ops.full_like(places[:, 0], NEG_INF, logits.dtype))


def _continuations(logits, beam_size):
    """The likeliest tokens after each hypothesis: logits and ids.

    Args:
        logits: from `EOS` on, shape `(batch * beam_size, tokens)`.

    Returns:
        Two arrays of shape `(batch, beam_size, n)`, n = min(beam_size, tokens).
    """
    count = min(beam_size, logits.shape[-1])
    best, ids = ops.top_k(logits, count)
    shape = (-1, beam_size, count)
    return ops.reshape(best, shape), ops.reshape(ops.cast(ids, "int32") + EOS, shape)
