"""Packing of masked sequences for loops of fixed sizes: what JAX and TensorFlow share.

The kept steps of every sequence are moved to its beginning, and the sequences are sorted, longest
first. A loop then ends with the longest sequence, and on its way goes over to fewer sequences where
so many have ended. Neither backend compiles arrays of varying size, so this takes a few stages,
each a loop over a fixed number of sequences. Any mask will do: a gap is only a kept step that comes
later. Sorting and moving steps is each backend's own, since other operations are fast there.

torch, whose loop is Python's, leaves out every masked step; see `torch/packing.py`.
"""

from typing import Any, NamedTuple

from keras import ops

Tensor = Any

_STAGES = 4
# Smaller batches have one stage, since each stage is compiled.
_SMALLEST_BATCH = 16


class Plan(NamedTuple):
    """How a batch is packed.

    Args:
        order: the sequences, longest first, shape `(batch,)`.
        lengths: number of kept steps of each in this order, shape `(batch,)`.
        targets: which of the packed states, flattened to `(time * batch, units)`, is the state
            after each time step, shape `(time, batch)`; -1 where it is the initial one.
        mask: True where a time step is kept, shape `(time, batch)`.
        sources: which of the inputs, flattened to `(time * batch, features)`, each packed step
            reads, shape `(time, batch)`; `time * batch` where there is none. JAX only.
        places: where each time step of the flattened inputs goes among the packed steps, shape
            `(time * batch,)`; masked ones behind those kept. TensorFlow only.
    """

    order: Tensor
    lengths: Tensor
    targets: Tensor
    mask: Tensor
    sources: Tensor | None = None
    places: Tensor | None = None


def targets_of(kept: Tensor, place: Tensor, batch: int | Tensor) -> Tensor:
    """`Plan.targets`.

    Args:
        kept: number of steps that a sequence has kept when a time step was read, shape
            `(time, batch)`.
        place: the position of each sequence in `Plan.order`, shape `(batch,)`.
        batch: number of sequences.
    """
    return ops.where(kept > 0, (kept - 1) * batch + place, -1)


def is_staged(batch: int | Tensor) -> bool:
    """Whether a loop over so many sequences has stages; also where their number is not known."""
    return not isinstance(batch, int) or batch >= _SMALLEST_BATCH


def later_stages(batch: int | Tensor) -> list[int | Tensor]:
    """Number of sequences in each stage after the first, which has all, the largest first."""
    return [-(-batch * k // _STAGES) for k in range(_STAGES - 1, 0, -1)]
