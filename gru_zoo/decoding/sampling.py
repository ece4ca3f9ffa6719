"""Greedy decoding and random sampling over a step model, written in `keras.ops`."""

from collections.abc import Callable

import keras
from keras import ops

from gru_zoo.decoding.arrays import (
    SearchState,
    count_passed,
    count_true,
    is_finished,
    lengths_of,
    pick,
    take_along,
)
from gru_zoo.decoding.step_model import StepModel, Tensor
from gru_zoo.text.special_tokens import BOS, EOS, PAD

_BLOCK = 64  # tokens of a large vocabulary whose probabilities are added up at a time

_MIN_SHARE = 1e-20  # below the smallest share of every nucleus

_BISECTIONS = 24  # tell shares apart that differ by three millionths of their size


def greedy(steps: StepModel) -> Callable:
    """A function that searches, see `gru_zoo.decoding.decoder.Decoder.greedy`."""
    return decode_loop(steps, lambda scores, _: ops.argmax(scores, axis=-1))


def sample(steps: StepModel, top_k: int, nucleus: bool) -> Callable:
    """A function that draws, see `gru_zoo.decoding.decoder.Decoder.sample`.

    Args:
        steps: the model.
        top_k: number of most probable tokens to draw among, 0 for all.
        nucleus: whether to draw among the nucleus of `top_p`, which is then below 1.
    """

    def search(max_lengths, tokens, draws, temperature, top_p, *inputs):
        """As the function of `decode_loop`, with `temperature` and `top_p`, float32, shape `()`.

        The two are inputs and not constants, so that another value compiles nothing.
        """
        temperature, top_p = map(ops.convert_to_tensor, (temperature, top_p))

        def choose(scores, draw):
            scores = scores / temperature
            if top_k:
                return _draw_top_k(scores, draw, top_k, top_p)
            shares = ops.softmax(scores, axis=-1)
            return _draw_nucleus(shares, draw, top_p) if nucleus else _draw(shares, draw)

        return decode_loop(steps, choose)(max_lengths, tokens, draws, *inputs)

    return search


def decode_loop(steps: StepModel, choose: Callable[[Tensor, Tensor], Tensor]) -> Callable:
    """A function that writes one sequence for each row, token by token.

    Args:
        steps: the model.
        choose: function from log-probabilities, `(batch, tokens)`, and a draw from [0, 1),
            `(batch,)`, to the index of the next token, `(batch,)`. Tokens count from `EOS`.
    """

    def search(max_lengths, tokens, draws, *inputs):
        """Tokens, log-probabilities and lengths, and the tensors of the final state.

        Args:
            max_lengths: maximum number of tokens of each row, int32, `(batch,)`.
            tokens: zeros, int32, `(batch, width)`, width at least the largest of `max_lengths`.
            draws: random numbers from [0, 1), float32, `(batch, width)`.
            *inputs: arguments of `steps.start`.

        Returns:
            Shapes `(batch, 1, width)`, `(batch, 1)` and `(batch, 1)`, then those of
            `steps.finish`.
        """
        max_lengths, tokens = ops.convert_to_tensor(max_lengths), ops.convert_to_tensor(tokens)
        draws = ops.convert_to_tensor(draws)
        state, memory = steps.start(*inputs)
        columns = ops.arange(ops.shape(tokens)[1], dtype="int32")
        initial = SearchState(
            step=ops.convert_to_tensor(0, "int32"),
            last=ops.full_like(max_lengths, BOS),
            tokens=tokens,
            scores=ops.zeros_like(max_lengths, "float32"),
            finished=max_lengths < 1,
            state=state,
        )

        def cond(rows):
            return ~ops.all(rows.finished)

        def body(rows):
            logits, state = steps.step(rows.last, rows.state, memory)
            gains = ops.log_softmax(ops.cast(logits[:, EOS:], "float32"), axis=-1)
            choice = choose(gains, draws[:, rows.step])
            last = ops.where(rows.finished, PAD, ops.cast(choice, "int32") + EOS)
            tokens = ops.where(columns == rows.step, last[:, None], rows.tokens)
            scores = rows.scores + ops.where(rows.finished, 0.0, pick(gains, choice))
            finished = rows.finished | is_finished(steps, last, rows.step, max_lengths)
            return (SearchState(rows.step + 1, last, tokens, scores, finished, state),)

        (rows,) = ops.while_loop(cond, body, (initial,))
        results = [
            ops.expand_dims(result, 1)
            for result in (rows.tokens, rows.scores, lengths_of(rows.tokens))
        ]
        return (*results, *keras.tree.flatten(steps.finish(rows.state)))

    return search


def _draw(shares: Tensor, draw: Tensor) -> Tensor:
    """Index at which the cumulative sum of a row first exceeds a fraction of its total.

    XLA takes long to add up a large vocabulary, so it is divided into blocks: the sums of the
    blocks are added up first, then the shares of the block in which the index lies.

    Args:
        shares: probabilities, shape `(rows, count)`.
        draw: the fraction, from [0, 1), shape `(rows,)`.

    Returns:
        Int32, shape `(rows,)`.
    """
    count = shares.shape[-1]
    if count <= 4 * _BLOCK or keras.backend.backend() == "torch":
        # Rounding can let a draw just below 1 pass the last share too.
        return ops.minimum(count_passed(shares, draw), count - 1)
    blocks = -(-count // _BLOCK)
    shares = ops.pad(shares, [[0, 0], [0, blocks * _BLOCK - count]])
    shares = ops.reshape(shares, (-1, blocks, _BLOCK))
    sums = ops.cumsum(ops.sum(shares, axis=-1), axis=-1)
    target = draw * sums[:, -1]
    block = ops.minimum(count_true(sums <= target[:, None]), blocks - 1)
    target = target - ops.where(block > 0, pick(sums, ops.maximum(block - 1, 0)), 0.0)
    reached = ops.cumsum(take_along(shares, block[:, None, None])[:, 0], axis=-1)
    index = ops.minimum(count_true(reached <= target[:, None]), _BLOCK - 1)
    return ops.minimum(block * _BLOCK + index, count - 1)


def _draw_top_k(scores: Tensor, draw: Tensor, top_k: int, top_p: Tensor) -> Tensor:
    """As `_draw`, among the `top_k` largest scores and there among the nucleus of `top_p`.

    Args:
        scores: logarithms of shares, up to a constant, shape `(rows, count)`.
        draw: from [0, 1), shape `(rows,)`.
        top_k: 1 or more.
        top_p: above 0, at most 1.
    """
    largest, ids = ops.top_k(scores, min(top_k, scores.shape[-1]))
    share = ops.exp(ops.log_softmax(largest, axis=-1))  # Keras warns of a softmax over one entry
    before = ops.cumsum(share, axis=-1) - share
    share = ops.where(before < top_p, share, 0.0)
    return pick(ids, ops.minimum(count_passed(share, draw), count_true(share > 0) - 1))


def _draw_nucleus(shares: Tensor, draw: Tensor, top_p: Tensor) -> Tensor:
    """As `_draw`, among the nucleus of `top_p`."""
    shares = nucleus_of(shares, top_p)
    index = _draw(shares, draw)
    # Rounding can let a draw pass the last share that is left.
    return ops.where(pick(shares, index) > 0, index, ops.argmax(shares, axis=-1))


def nucleus_of(shares: Tensor, top_p: Tensor) -> Tensor:
    """Shares with 0 outside the nucleus: the fewest largest of a row that together have `top_p`.

    Shares equal to the smallest of the nucleus stay, too.

    Args:
        shares: probabilities that sum to 1, shape `(rows, count)`.
        top_p: above 0, below 1.
    """
    on_torch = keras.backend.backend() == "torch"
    # XLA sorts slowly, and torch takes long for many small operations.
    threshold = nucleus_threshold_sorted if on_torch else nucleus_threshold_bisected
    return ops.where(shares >= threshold(shares, top_p), shares, 0.0)


def nucleus_threshold_sorted(shares: Tensor, top_p: Tensor) -> Tensor:
    """Smallest share of the nucleus, from sorted shares; shape `(rows, 1)`."""
    largest, _ = ops.top_k(shares, shares.shape[-1])
    before = ops.cumsum(largest, axis=-1) - largest
    return ops.min(ops.where(before < top_p, largest, 1.0), axis=-1, keepdims=True)


def nucleus_threshold_bisected(shares: Tensor, top_p: Tensor) -> Tensor:
    """A number just below the smallest share of the nucleus, by bisection; shape `(rows, 1)`."""

    def bisect(_, bounds):
        low, high = bounds
        middle = ops.sqrt(low * high)
        kept = ops.sum(ops.where(shares >= middle, shares, 0.0), axis=-1, keepdims=True)
        enough = kept >= top_p
        return ops.where(enough, middle, low), ops.where(enough, high, middle)

    high = ops.max(shares, axis=-1, keepdims=True)
    return ops.fori_loop(0, _BISECTIONS, bisect, (ops.full_like(high, _MIN_SHARE), high))[0]
