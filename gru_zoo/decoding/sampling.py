"""Greedy decoding and random sampling."""

from collections.abc import Callable

import keras
from keras import ops

from gru_zoo.decoding.arrays import along, at_end, count_steps, lengths_of, passed, pick
from gru_zoo.decoding.step_model import StepModel
from gru_zoo.text.special_tokens import BOS, EOS, PAD

_BLOCK = 64  # places that are drawn among at a time

_LEAST = 1e-20  # a share that no nucleus needs

_HALVINGS = 24  # tell shares apart that differ by three millionths of theirs


def greedy(steps: StepModel) -> Callable:
    """See `gru_zoo.decoding.decoder.Decoder.greedy`."""
    return _one_by_one(steps, lambda scores, _: ops.argmax(scores, axis=-1))


def sample(steps: StepModel, top_k: int, nucleus: bool) -> Callable:
    """See `gru_zoo.decoding.decoder.Decoder.sample`.

    Args:
        steps: the model.
        top_k: as there.
        nucleus: whether `top_p` is below 1.
    """

    def search(limits, written, draws, temperature, top_p, *inputs):
        """As the search of `_one_by_one`, with two more floats, shape `()`.

        They are read, and not part of the program, so that another value compiles nothing.
        """
        temperature, top_p = map(ops.convert_to_tensor, (temperature, top_p))

        def choose(scores, draw):
            scores = _tempered(scores, temperature)
            if top_k:
                return _drawn_of_likeliest(scores, draw, top_k, top_p)
            shares = ops.softmax(scores, axis=-1)
            return _drawn_of_nucleus(shares, draw, top_p) if nucleus else _drawn(shares, draw)

        return _one_by_one(steps, choose)(limits, written, draws, *inputs)

    return search


def _one_by_one(steps: StepModel, choose: Callable) -> Callable:
    """A search that follows one hypothesis a row.

    Args:
        steps: the model.
        choose: from log-probabilities, `(batch, vocabulary)`, and a draw from [0, 1), `(batch,)`,
            to the index of the next token, `(batch,)`.
    """

    def search(limits, written, draws, *inputs):
        """Tokens `(batch, 1, width)`, log-probabilities and lengths, each `(batch, 1)`, and the
        tensors of the state.

        Args:
            limits: most tokens of each row, `(batch,)`.
            written: zeros, `(batch, width)`, with width at least the largest limit.
            draws: `(batch, width)`.
            *inputs: of `steps.start`.
        """
        limits, written = ops.convert_to_tensor(limits), ops.convert_to_tensor(written)
        draws = ops.convert_to_tensor(draws)
        state, memory = steps.start(*inputs)
        columns = ops.arange(ops.shape(written)[1], dtype="int32")

        def turn(t, last, written, scores, done, state):
            logits, state = steps.step(last, state, memory)
            gains = ops.log_softmax(ops.cast(logits[:, EOS:], "float32"), axis=-1)
            place = choose(gains, draws[:, t])
            token = ops.where(done, PAD, ops.cast(place, "int32") + EOS)
            written = ops.where(columns == t, token[:, None], written)
            scores = scores + ops.where(done, 0.0, pick(gains, place))
            done = done | at_end(steps, token, t, limits)
            return t + 1, token, written, scores, done, state

        none = ops.zeros_like(limits)
        begin = (none + BOS, written, ops.cast(none, "float32"), limits < 1, state)
        _, _, written, scores, _, state = ops.while_loop(
            lambda t, *rest: ~ops.all(rest[-2]),
            turn,
            (ops.convert_to_tensor(0, "int32"), *begin),
        )
        found = [ops.expand_dims(value, 1) for value in (written, scores, lengths_of(written))]
        return (*found, *keras.tree.flatten(steps.finish(state)))

    return search


def _tempered(scores, temperature):
    """Scores divided by the temperature.

    The product with the reciprocal rounds as XLA rounds a division by a constant, and the examples
    that the pages show were drawn with that.
    """
    if keras.backend.backend() == "torch":
        return scores / temperature
    return scores * (1 / temperature)


def _drawn_of_likeliest(scores, draw, top_k, top_p):
    """As `_drawn`, among the `top_k` largest of `scores`, whose softmax the shares are."""
    likeliest, ids = ops.top_k(scores, min(top_k, scores.shape[-1]))
    share = ops.exp(ops.log_softmax(likeliest, axis=-1))  # Keras warns of a softmax over one
    before = ops.cumsum(share, axis=-1) - share
    share = ops.where(before < top_p, share, 0.0)
    return pick(ids, ops.minimum(passed(share, draw), count_steps(share > 0) - 1))


def _drawn_of_nucleus(shares, draw, top_p):
    """As `_drawn`, among the fewest largest shares that together have `top_p`."""
    shares = _nucleus(shares, top_p)
    place = _drawn(shares, draw)
    # Rounding can let a draw end behind what is left.
    return ops.where(pick(shares, place) > 0, place, ops.argmax(shares, axis=-1))


def _nucleus(shares, top_p):
    """The fewest largest shares of each row that together have `top_p`, and 0 in place of others.

    Shares as large as the least of them stay, too.

    Args:
        shares: that sum to 1, shape `(rows, count)`.
        top_p: above 0, below 1.
    """
    # XLA sorts slowly, and torch takes long for many small operations.
    find = _least_by_sorting if keras.backend.backend() == "torch" else _least_by_halving
    return ops.where(shares >= find(shares, top_p), shares, 0.0)


def _least_by_sorting(shares, top_p):
    """The least share of a nucleus, shape `(rows, 1)`."""
    likeliest, _ = ops.top_k(shares, shares.shape[-1])
    before = ops.cumsum(likeliest, axis=-1) - likeliest
    return ops.min(ops.where(before < top_p, likeliest, 1.0), axis=-1, keepdims=True)


def _least_by_halving(shares, top_p):
    """The same from a few passes over the shares."""

    def halve(_, bounds):
        low, high = bounds
        middle = ops.sqrt(low * high)
        kept = ops.sum(ops.where(shares >= middle, shares, 0.0), axis=-1, keepdims=True)
        enough = kept >= top_p
        return ops.where(enough, middle, low), ops.where(enough, high, middle)

    high = ops.max(shares, axis=-1, keepdims=True)
    return ops.fori_loop(0, _HALVINGS, halve, (ops.full_like(high, _LEAST), high))[0]


def _drawn(shares, draw):
    """The place at which each row's sum of shares reaches the draw's part of the whole.

    XLA takes long to add up a large vocabulary, so it is divided into blocks: only their sums are
    added up, and then those of the block in which the place lies.

    Args:
        shares: shape `(rows, count)`.
        draw: from [0, 1), shape `(rows,)`.
    """
    count = shares.shape[-1]
    if count <= 4 * _BLOCK or keras.backend.backend() == "torch":
        # Rounding can let a draw just below 1 pass the last one too.
        return ops.minimum(passed(shares, draw), count - 1)
    blocks = -(-count // _BLOCK)
    shares = ops.pad(shares, [[0, 0], [0, blocks * _BLOCK - count]])
    shares = ops.reshape(shares, (-1, blocks, _BLOCK))
    sums = ops.cumsum(ops.sum(shares, axis=-1), axis=-1)
    aim = draw * sums[:, -1]
    block = ops.minimum(count_steps(sums <= aim[:, None]), blocks - 1)
    left = aim - ops.where(block > 0, pick(sums, ops.maximum(block - 1, 0)), 0.0)
    reached = ops.cumsum(along(shares, block[:, None, None])[:, 0], axis=-1)
    place = ops.minimum(count_steps(reached <= left[:, None]), _BLOCK - 1)
    return ops.minimum(block * _BLOCK + place, count - 1)
