"""The loops of `gru_zoo.decoding.decoder`, in `keras.ops`, and what they ask of a model.

Where an operator of the tensors does, it stands in place of a function of `keras.ops`, which on
torch takes longer than its work on a few numbers.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import keras
from keras import ops

from gru_zoo.text.subword_tokenizer import BOS, EOS, PAD

LOWEST = -1e30  # score of a place without a hypothesis; sums of infinities would be nan
_BLOCK = 64  # places that are drawn among at a time
_LEAST = 1e-20  # a share that no nucleus needs
_HALVINGS = 24  # tell shares apart that differ by three millionths of theirs
_FROZEN = 1e6  # above every log-probability

Tensor = Any
Tensors = Any  # a tensor, or tuples, lists and dicts of them


class Steps(Protocol):
    """What a search asks of a model. Axis 0 of every tensor but a shared memory's counts the
    sequences.

    Attributes:
        variables: the Keras variables that both functions read.
        ends: whether `EOS` ends a sequence; otherwise it is a token as any other, and every
            sequence is written up to its limit.
        shared: whether one memory serves all sequences.
    """

    variables: Sequence[keras.Variable]
    ends: bool
    shared: bool

    def start(self, *inputs: Tensor) -> tuple[Tensors, Tensors]:
        """The state before the first token, and the memory, which stays the same."""

    def step(self, tokens: Tensor, state: Tensors, memory: Tensors) -> tuple[Tensor, Tensors]:
        """Logits of the next token, `(sequences, vocabulary)`, and the next state.

        Args:
            tokens: the last token of each sequence, shape `(sequences,)`; at first `BOS`.
            state: from `start` or the step before.
            memory: from `start`.
        """

    def finish(self, state: Tensors) -> Tensors:
        """The state after the last step, as the inputs of `start` have it where it can go on."""


def greedy(steps: Steps) -> Callable:
    """See `gru_zoo.decoding.decoder.Decoder.greedy`."""
    return _one_by_one(steps, lambda scores, _: ops.argmax(scores, axis=-1))


def sample(steps: Steps, top_k: int, nucleus: bool) -> Callable:
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


def _one_by_one(steps: Steps, choose: Callable) -> Callable:
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
            scores = scores + ops.where(done, 0.0, _pick(gains, place))
            done = done | _at_end(steps, token, t, limits)
            return t + 1, token, written, scores, done, state

        none = ops.zeros_like(limits)
        begin = (none + BOS, written, ops.cast(none, "float32"), limits < 1, state)
        _, _, written, scores, _, state = ops.while_loop(
            lambda t, *rest: ~ops.all(rest[-2]),
            turn,
            (ops.convert_to_tensor(0, "int32"), *begin),
        )
        found = [ops.expand_dims(value, 1) for value in (written, scores, _lengths(written))]
        return (*found, *keras.tree.flatten(steps.finish(state)))

    return search


def beam_search(
    steps: Steps, beam_size: int, enough: int, ngram: int = 0, bounded: bool = False
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
        itself = ops.where(first, _FROZEN, LOWEST)
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
            token = _along(ops.reshape(ids, (-1, beam_size * ids.shape[-1])), picks)

            done = best > _FROZEN / 2
            scores = ops.where(done, _along(scores, parents), best)
            token = ops.where(done, PAD, token)
            written = _along(written, parents[..., None])
            written = ops.where(columns == t, token[..., None], written)
            done = done | _at_end(steps, token, t, limits)
            chosen = ops.reshape(rows * beam_size + parents, (-1,))
            state = keras.tree.map_structure(lambda x: ops.take(x, chosen, axis=0), state)
            return t + 1, token, written, scores, done, state

        def going(t, last, written, scores, done, state):
            least_best = ops.top_k(scores, enough)[0][:, -1:] if enough < beam_size else LOWEST
            return ops.any(~done & (scores >= least_best) & (scores > LOWEST / 2))

        none = ops.zeros_like(limits) + 0 * places
        # At first only one place has a hypothesis, the empty one.
        scores = ops.where(first, 0.0, LOWEST) + ops.cast(none, "float32")
        written = ops.repeat(ops.expand_dims(written, 1), beam_size, axis=1)
        begin = (none + BOS, written, scores, ops.broadcast_to(limits, ops.shape(none)) < 1)
        _, _, written, scores, *_ = ops.while_loop(
            going, turn, (ops.convert_to_tensor(0, "int32"), *begin, state)
        )
        return written, scores, _lengths(written)

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
    return _pick(ids, ops.minimum(_passed(share, draw), _count(share > 0) - 1))


def _drawn_of_nucleus(shares, draw, top_p):
    """As `_drawn`, among the fewest largest shares that together have `top_p`."""
    shares = _nucleus(shares, top_p)
    place = _drawn(shares, draw)
    # Rounding can let a draw end behind what is left.
    return ops.where(_pick(shares, place) > 0, place, ops.argmax(shares, axis=-1))


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
        return ops.minimum(_passed(shares, draw), count - 1)
    blocks = -(-count // _BLOCK)
    shares = ops.pad(shares, [[0, 0], [0, blocks * _BLOCK - count]])
    shares = ops.reshape(shares, (-1, blocks, _BLOCK))
    sums = ops.cumsum(ops.sum(shares, axis=-1), axis=-1)
    aim = draw * sums[:, -1]
    block = ops.minimum(_count(sums <= aim[:, None]), blocks - 1)
    left = aim - ops.where(block > 0, _pick(sums, ops.maximum(block - 1, 0)), 0.0)
    reached = ops.cumsum(_along(shares, block[:, None, None])[:, 0], axis=-1)
    place = ops.minimum(_count(reached <= left[:, None]), _BLOCK - 1)
    return ops.minimum(block * _BLOCK + place, count - 1)


def _passed(shares, draw):
    """How many places each row's sum of shares passes before it reaches the draw's part."""
    reached = ops.cumsum(shares, axis=-1)
    return _count(reached <= draw[:, None] * reached[:, -1:])


def _lengths(written: Tensor) -> Tensor:
    """Number of tokens of each sequence: `PAD` is never one."""
    return _count(written != PAD)


def _count(values: Tensor) -> Tensor:
    """How many of axis -1 are true, as floats, whose sums torch computes faster than integers'."""
    return ops.cast(ops.sum(ops.cast(values, "float32"), axis=-1), "int32")


def _at_end(steps: Steps, token: Tensor, t: Tensor, limits: Tensor) -> Tensor:
    """Whether a sequence is complete with the token of step t."""
    full = t + 1 >= limits
    return (token == EOS) | full if steps.ends else full


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
    return ops.scatter_update(logits, places, ops.full_like(places[:, 0], LOWEST, logits.dtype))


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


def _pick(values, index):
    """Entry `index[i]` of each row i."""
    return ops.take_along_axis(values, index[:, None], axis=-1)[:, 0]


def _along(values, index):
    return ops.take_along_axis(values, index, axis=1)
