"""What a pointer remembers while a text is written: the newest place takes that of the oldest.

A memory that is shifted by one place at every step is also copied at every step, whatever its size.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from gru_zoo.pointer import FAR
from gru_zoo.text import PAD

Tensor = Any


class Held(NamedTuple):
    """A memory in the state of a search.

    Args:
        keys: of all places, shape `(batch, size, key_dim)`.
        ids: what was read there, integer, shape `(batch, size)`.
        known: places of a row that were read before the search, integer, shape `(batch,)`.
        turn: steps since then, the same for all rows, integer, shape `(batch,)`.
    """

    keys: Tensor
    ids: Tensor
    known: Tensor
    turn: Tensor


class Ring:
    """A memory of the last `size` places, see `gru_zoo.pointer.PointerSentinel`.

    Args:
        size: number of places.
        nearest: how far back the nearest place lies that is pointed at.
    """

    def __init__(self, size: int, nearest: int):
        self.size, self.nearest = size, nearest

    def begin(self, keys: Tensor, ids: Tensor) -> Held:
        """A memory from places in their order, `PAD` where nothing was read."""
        known = ops.sum(ops.cast(ids != PAD, "int32"), axis=1)
        return Held(_own(keys), _own(ids), known, ops.zeros_like(known))

    def read(self, held: Held, tokens: Tensor) -> tuple[Held, Tensor, Tensor]:
        """With what is read now, shape `(batch,)`, which stands behind the newest place.

        Returns:
            The memory, whose oldest place now has the id that was read and its old key; what stands
            behind each place, `(batch, size)`; and what is added to the scores of the places,
            float32, `(batch, 1, size)`.
        """
        place = held.turn[0] % self.size
        ids = _put(held.ids, place, tokens)
        behind = ops.concatenate([ids[:, 1:], ids[:, :1]], axis=1)
        places = ops.arange(self.size, dtype="int32")
        ago = (place + self.size - 1 - places) % self.size + 1
        read = ago <= (held.known + held.turn)[:, None]
        far = FAR * ops.cast(~read | (ago < self.nearest), "float32")
        return held._replace(ids=ids), behind, far[:, None]

    def keep(self, held: Held, key: Tensor) -> Held:
        """With the key of what `read` has taken, shape `(batch, key_dim)`."""
        keys = _put(held.keys, held.turn[0] % self.size, key)
        return held._replace(keys=keys, turn=held.turn + 1)

    def in_order(self, held: Held) -> tuple[Tensor, Tensor]:
        """Keys and ids as `begin` takes them."""
        order = (held.turn[0] + ops.arange(self.size, dtype="int32")) % self.size
        return ops.take(held.keys, order, axis=1), ops.take(held.ids, order, axis=1)


def _own(values: Tensor) -> Tensor:
    """Values that `_put` may change."""
    return values.clone() if keras.backend.backend() == "torch" else values


def _put(values: Tensor, place: Tensor, new: Tensor) -> Tensor:
    """Values with new ones in a place of axis 1; on torch, where a copy would be made, in place."""
    if keras.backend.backend() == "torch":
        values.select(1, int(place)).copy_(new)
        return values
    start = [0, place, *[0] * (len(values.shape) - 2)]
    return ops.slice_update(values, start, ops.cast(new, values.dtype)[:, None])
