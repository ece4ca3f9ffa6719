"""Sequences of many lengths without most of their masked steps, on TensorFlow.

As `jax_packing` does it: kept steps are moved to the beginning of their sequence, sequences are
sorted, longest first, and a loop in a few stages, each over a fixed number of sequences, ends with
the longest. A gap in a mask is only a kept step that comes later.
"""

from typing import NamedTuple

import tensorflow as tf

_STAGES = 4
# Smaller batches have one stage, since each is a loop of its own in the graph.
_SMALLEST_BATCH = 16

# Rows of a stage, None for all, and the steps at which it begins and ends.
Stage = tuple[int | tf.Tensor | None, int | tf.Tensor, int | tf.Tensor]


class Plan(NamedTuple):
    """How a batch is packed.

    Args:
        order: the sequences, longest first, shape `(batch,)`.
        lengths: number of kept steps of each in this order, shape `(batch,)`.
        places: where each time step of the inputs, flattened to `(time * batch, features)`, goes
            among the packed steps, shape `(time * batch,)`; masked ones behind those kept.
        targets: which of the packed states, flattened likewise, is the state after each time
            step, shape `(time, batch)`; -1 where it is the initial one.
        mask: True where a time step is kept, shape `(time, batch)`.
    """

    order: tf.Tensor
    lengths: tf.Tensor
    places: tf.Tensor
    targets: tf.Tensor
    mask: tf.Tensor


def plan(mask: tf.Tensor, reverse: bool) -> Plan:
    """How to pack a batch.

    Args:
        mask: boolean, shape `(time, batch)`, True where a time step is kept.
        reverse: whether the last time step is read first.
    """
    time, batch = size(mask, 0), size(mask, 1)
    kept = tf.cumsum(tf.cast(mask, tf.int32), axis=0, reverse=reverse)
    counts = kept[0 if reverse else -1]
    order = tf.argsort(counts, direction="DESCENDING", stable=True)
    place = tf.math.invert_permutation(order)
    read = tf.range(time)[:, None]
    skipped = (time - read if reverse else 1 + read) - kept
    step = tf.where(mask, kept, counts + skipped) - 1
    targets = tf.where(kept > 0, (kept - 1) * batch + place, -1)
    return Plan(
        order, tf.gather(counts, order), tf.reshape(step * batch + place, [-1]), targets, mask
    )


def packed(inputs: tf.Tensor, plan: Plan) -> tf.Tensor:
    """Inputs, `(time, batch, features)`, in the order in which they are read, then zeros."""

    @tf.custom_gradient
    def pack(inputs):
        rows = _rows(inputs, tf.math.invert_permutation(plan.places))
        beyond = tf.range(size(inputs, 0))[:, None] >= plan.lengths
        zero = tf.zeros((), inputs.dtype)

        def backward(d_packed):
            return tf.where(plan.mask[..., None], _rows(d_packed, plan.places), zero)

        return tf.where(beyond[..., None], zero, rows), backward

    return pack(inputs)


def unpacked(states: tf.Tensor, h0: tf.Tensor, plan: Plan) -> tf.Tensor:
    """The state after each time step, from packed states and initial states not reordered."""

    @tf.custom_gradient
    def unpack(states, h0):
        none = plan.targets[..., None] < 0
        found = _rows(states, tf.reshape(tf.maximum(plan.targets, 0), [-1]))

        def backward(d_found):
            rows, targets = _flat(d_found), tf.reshape(plan.targets, [-1])
            sums = tf.math.unsorted_segment_sum(rows, targets, size(rows, 0))
            d_h0 = tf.reduce_sum(tf.where(none, d_found, tf.zeros((), d_found.dtype)), axis=0)
            return tf.reshape(sums, tf.shape(d_found)), d_h0

        return tf.where(none, h0, found), backward

    return unpack(states, h0)


def stages(plan: Plan) -> list[Stage]:
    """The stages of a loop over packed steps, the first one first."""
    batch = size(plan.order, 0)
    # There may be no sequence at all.
    lengths = tf.concat([plan.lengths, [0]], axis=0)
    # TensorFlow stacks no array of unknown size of which nothing was written.
    end = tf.maximum(lengths[0], 1)
    if isinstance(batch, int) and batch < _SMALLEST_BATCH:
        return [(None, 0, end)]
    rows = [-(-batch * k // _STAGES) for k in range(_STAGES - 1, 0, -1)]
    stops = [*(lengths[k] for k in rows), end]
    return list(zip([None, *rows], [0, *stops[:-1]], stops, strict=True))


def size(values: tf.Tensor, axis: int) -> int | tf.Tensor:
    """The size along an axis, a number where it is known."""
    known = values.shape[axis]
    return tf.shape(values)[axis] if known is None else known


def _flat(values):
    return tf.reshape(values, [-1, values.shape[-1]])


def _rows(values, places):
    return tf.reshape(tf.gather(_flat(values), places), tf.shape(values))
