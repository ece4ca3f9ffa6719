"""What a pointer looks back on while texts are written: the text before them, and what they wrote.

All rows of a search go on behind one text. Its keys never change and serve every row, so a step
takes one product with them and copies nothing. What a row writes stands in a ring, in which the
newest place takes that of the oldest.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from gru_zoo.ops.scatter import scatter_add, scatter_add_shared
from gru_zoo.tasks.text_generation.pointer_sentinel import CHARACTERS, NEG_INF, PointerSentinel
from gru_zoo.text.special_tokens import PAD

Tensor = Any


class PromptMemory(NamedTuple):
    """The text before a search.

    Args:
        keys: of its places and, behind them, of the sentinel, shape `(key_dim, size + 1)`.
        scores: what is added to the products with them, float32, shape `(size + 1,)`.
        behind: what stands behind each place: ids, integer, shape `(size,)`, or, of characters,
            one-hot, float32, shape `(size, vocabulary)`.
    """

    keys: Tensor
    scores: Tensor
    behind: Tensor


class GeneratedMemory(NamedTuple):
    """What the rows of a search wrote, in the search's state.

    Args:
        keys: shape `(rows, room, key_dim)`.
        behind: what stands behind each, integer, shape `(rows, room)`.
        turn: steps so far, the same for all rows, integer, shape `(rows,)`.
    """

    keys: Tensor
    behind: Tensor
    turn: Tensor


class PointerCache:
    """`PointerSentinel` step by step.

    Args:
        pointer: the layer.
        vocabulary_size: number of ids.
    """

    def __init__(self, pointer: PointerSentinel, vocabulary_size: int):
        self.pointer, self.vocabulary_size = pointer, vocabulary_size

    def before(self, keys: Tensor, ids: Tensor, alone: bool = False) -> PromptMemory:
        """The text before a search.

        Args:
            keys: of the last `size` places but the very last, shape `(1, size, key_dim)`.
            ids: what was read at these and at the last, integer, shape `(1, size + 1)`, `PAD`
                where nothing was.
            alone: whether the text alone is pointed at, as it stands before the search.
        """
        pointer = self.pointer
        keys = ops.cast(keys[0], pointer.compute_dtype)
        sentinel = ops.cast(pointer.sentinel, keys.dtype)
        keys = ops.concatenate([ops.transpose(keys), sentinel], axis=1)
        ids = ops.cast(ids[0], "int32")
        absent = NEG_INF * ops.cast(ids[:-1] == PAD, "float32")
        bias = ops.reshape(ops.cast(pointer.bias, "float32"), (1,))
        behind = ids[1:]
        if self.vocabulary_size <= CHARACTERS:
            behind = ops.one_hot(behind, self.vocabulary_size, dtype="float32")
        scores = ops.concatenate([absent, bias])
        return PromptMemory(keys, scores + self._out_of_reach(0) if alone else scores, behind)

    def later(
        self, keys: Tensor, ids: Tensor, tops: Tensor, new: Tensor, count: Tensor
    ) -> tuple[Tensor, Tensor]:
        """What is remembered, keys and ids, when a few more ids have been read.

        Args:
            keys: of the last `size` places, shape `(1, size, key_dim)`.
            ids: what was read there, integer, shape `(1, size)`.
            tops: states of the highest GRU behind the new ids, shape `(1, room, units)`.
            new: the new ids, shape `(room,)`.
            count: how many of them were read, the first, integer, shape `()`.
        """
        more = ops.matmul(ops.cast(tops, self.pointer.compute_dtype), self.pointer.key_kernel)
        every_key = ops.concatenate([keys, ops.cast(more, keys.dtype)], axis=1)
        every_id = ops.concatenate([ids, ops.cast(new, ids.dtype)[None]], axis=1)
        return _window(every_key, count, keys.shape), _window(every_id, count, ids.shape)

    def written(self, keys: Tensor, behind: Tensor, turn: Tensor) -> GeneratedMemory:
        """What was written before, to be gone on with; nothing of it is changed."""
        behind, turn = ops.cast(behind, "int32"), ops.cast(turn, "int32")
        return GeneratedMemory(_own(ops.cast(keys, self.pointer.compute_dtype)), _own(behind), turn)

    def step(
        self,
        top: Tensor,
        logits: Tensor,
        tokens: Tensor,
        before: PromptMemory,
        written: GeneratedMemory | None,
    ) -> tuple[Tensor, GeneratedMemory | None]:
        """The log-probabilities of the next id, `(rows, vocabulary)`, and what is written now.

        Args:
            top: states of the highest GRU behind `tokens`, shape `(rows, units)`.
            logits: of the vocabulary, shape `(rows, vocabulary)`.
            tokens: what was read last, integer, shape `(rows,)`.
            before: the text before the search.
            written: what was written before; None where the text alone is pointed at.
        """
        pointer, size = self.pointer, self.pointer.size
        top = ops.cast(top, pointer.compute_dtype)
        query = ops.matmul(top, pointer.query_kernel) + pointer.query_bias
        scores = ops.cast(ops.matmul(query, before.keys), "float32")
        if not written:
            scores = scores + before.scores
        else:
            turn = written.turn[0]
            scores = scores + (before.scores + self._out_of_reach(turn))
            written = written._replace(behind=put(written.behind, turn - 1, tokens))
            found = ops.matmul(query[:, None], ops.transpose(written.keys, (0, 2, 1)))[:, 0]
            found = ops.cast(found, "float32") + self._not_in_ring(turn, written)
            scores = ops.concatenate([scores, found], axis=-1)
            key = ops.matmul(top, pointer.key_kernel)
            written = written._replace(keys=put(written.keys, turn, key), turn=written.turn + 1)
        weights = ops.softmax(scores, axis=-1)
        found = weights[:, size : size + 1] * ops.softmax(ops.cast(logits, "float32"), axis=-1)
        if self.vocabulary_size <= CHARACTERS:
            found = found + ops.matmul(weights[:, :size], before.behind)
        else:
            found = scatter_add_shared(found, before.behind, weights[:, :size])
        if written:
            found = scatter_add(found, written.behind, weights[:, size + 1 :])
        return ops.log(found + 1e-30), written

    def _out_of_reach(self, turn: Tensor) -> Tensor:
        """`NEG_INF` for places of the text before that are too near or no longer remembered."""
        size = self.pointer.size
        ago = turn + size - ops.arange(size + 1, dtype="int32")
        # The sentinel, the last, is always there.
        out = ((ago > size) | (ago < self.pointer.nearest)) & (ago > turn)
        return NEG_INF * ops.cast(out, "float32")

    def _not_in_ring(self, turn: Tensor, written: GeneratedMemory) -> Tensor:
        """`NEG_INF` for places of the ring that are too near or not yet written."""
        room = ops.shape(written.behind)[1]
        ago = (turn - 1 - ops.arange(room, dtype="int32")) % room + 1
        return NEG_INF * ops.cast((ago < self.pointer.nearest) | (ago > turn), "float32")


def _own(values: Tensor) -> Tensor:
    """Values that `put` may change."""
    return values.clone() if keras.backend.backend() == "torch" else values


def _window(values: Tensor, start: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Places of axis 1 from `start` on, as many as `shape` says."""
    if keras.backend.backend() == "torch":  # where `ops.slice` takes longer than a step of a GRU
        return values.narrow(1, int(start), shape[1])
    return ops.slice(values, (0, start) + (0,) * (len(shape) - 2), shape)


def put(values: Tensor, turn: Tensor, new: Tensor) -> Tensor:
    """Values with new ones in the place of a turn.

    Args:
        values: shape `(rows, room, ...)`; on torch they are changed in place.
        turn: number of the step.
        new: shape `(rows, ...)`.
    """
    room, backend = ops.shape(values)[1], keras.backend.backend()
    place = turn % room
    if backend == "torch":
        values.select(1, int(place)).copy_(new)
        return values
    new = ops.cast(new, values.dtype)[:, None]
    axes = [1] * (len(values.shape) - 2)
    if backend == "jax":  # in place within a loop
        return ops.slice_update(values, [0, place] + [0] * len(axes), new)
    # TensorFlow's updates of slices take longer than to write all anew.
    here = ops.reshape(ops.arange(room, dtype="int32") == place, (room, *axes))
    return ops.where(here, new, values)
