"""Packed sequences on TensorFlow, see `recurrence.packing`."""

import tensorflow as tf

from gru_zoo.layers.recurrence.packing import Plan, is_staged, later_stages, targets_of

# Number of rows of a stage, None for all, and the steps at which it begins and ends.
Stage = tuple[int | tf.Tensor | None, int | tf.Tensor, int | tf.Tensor]


def plan(mask: tf.Tensor, reverse: bool) -> Plan:
    """How to pack a batch.

    Args:
        mask: boolean, shape `(time, batch)`, True where a time step is kept.
        reverse: whether the last time step is read first.

    Returns:
        The plan, with `places`.
    """
    time, batch = size(mask, 0), size(mask, 1)
    kept = tf.cumsum(tf.cast(mask, tf.int32), axis=0, reverse=reverse)
    counts = kept[0 if reverse else -1]
    order = tf.argsort(counts, direction="DESCENDING", stable=True)
    place = tf.math.invert_permutation(order)
    read = tf.range(time)[:, None]
    skipped = (time - read if reverse else 1 + read) - kept
    step = tf.where(mask, kept, counts + skipped) - 1
    places = tf.reshape(step * batch + place, [-1])
    lengths, targets = tf.gather(counts, order), targets_of(kept, place, batch)
    return Plan(order, lengths, targets, mask, places=places)


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
    """The state after each time step, from packed states.

    Args:
        states: packed states, shape `(time, batch, units)`.
        h0: initial states, in the order of the batch, shape `(batch, units)`.
        plan: how the batch is packed.

    Returns:
        Shape `(time, batch, units)`, in time order and in the order of the batch.
    """

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


def last_gradients(d_last: tf.Tensor, lengths: tf.Tensor, states: tf.Tensor) -> tf.Tensor:
    """The gradients of packed states from those of the last state of each sequence.

    Args:
        d_last: gradients of the last states, shape `(batch, units)`.
        lengths: number of kept steps of each sequence, shape `(batch,)`. Without any the last state
            is the initial one, which is not among the packed states.
        states: packed states, of whose shape the result is, `(time, batch, units)`.
    """
    places = tf.stack([tf.maximum(lengths - 1, 0), tf.range(size(d_last, 0))], axis=1)
    known = tf.where(lengths[:, None] > 0, d_last, tf.zeros_like(d_last))
    return tf.scatter_nd(places, known, tf.shape(states))


def stages(plan: Plan) -> list[Stage]:
    """The stages of a loop over packed steps, in the order in which they run."""
    batch = size(plan.order, 0)
    # One length more, since there may be no sequence at all.
    lengths = tf.concat([plan.lengths, [0]], axis=0)
    # TensorFlow cannot stack an array of unknown size to which nothing was written.
    end = tf.maximum(lengths[0], 1)
    if not is_staged(batch):
        return [(None, 0, end)]
    rows = later_stages(batch)
    stops = [*(lengths[k] for k in rows), end]
    return list(zip([None, *rows], [0, *stops[:-1]], stops, strict=True))


def size(values: tf.Tensor, axis: int) -> int | tf.Tensor:
    """The size along an axis: an integer where it is known, else a tensor."""
    known = values.shape[axis]
    return tf.shape(values)[axis] if known is None else known


def _flat(values):
    return tf.reshape(values, [-1, values.shape[-1]])


def _rows(values, places):
    return tf.reshape(tf.gather(_flat(values), places), tf.shape(values))
