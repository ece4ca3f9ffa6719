"""Adding at places by their number, for which `keras.ops` has only sums over segments."""

import keras
from keras import ops


def scatter_add(values, ids, weights):
    """`values` with each weight added at its id, all weights where an id comes more than once.

    Args:
        values: float, shape `(rows, count)`.
        ids: int32, from 0 up to below `count`, shape `(rows, places)`.
        weights: of the dtype of `values`, shape `(rows, places)`.

    Returns:
        Shape `(rows, count)`.
    """
    if keras.backend.backend() == "torch":
        # Keras' sum over segments makes several copies there. On TensorFlow and JAX it is the
        # fastest way; what these two have for scattered additions takes a multiple of its time.
        return values.scatter_add(1, ids.long(), weights)
    rows, count = ops.shape(values)[0], ops.shape(values)[1]
    places = ops.arange(rows, dtype="int32")[:, None] * count + ids
    sums = ops.segment_sum(
        ops.reshape(weights, (-1,)), ops.reshape(places, (-1,)), num_segments=rows * count
    )
    return values + ops.reshape(sums, (rows, count))


def scatter_add_shared(values, ids, weights):
    """`scatter_add` of ids that are the same for all rows, shape `(places,)`."""
    if keras.backend.backend() == "torch":
        return values.scatter_add(1, ids.long().expand(len(values), -1), weights)
    # One sum over rows of numbers that lie side by side.
    sums = ops.segment_sum(ops.transpose(weights), ids, num_segments=values.shape[1])
    return values + ops.transpose(sums)
