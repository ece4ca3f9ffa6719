"""Adding at places by their number, for which `keras.ops` has only sums over segments."""

import keras
from keras import ops


def added_at(values, ids, weights):
    """`values` with each weight added at its id, all weights where an id comes more than once.

    Each backend's own operation does in one pass what takes a sum over segments a dozen.

    Args:
        values: float, shape `(rows, count)`.
        ids: int32, from 0 up to below `count`, shape `(rows, places)`.
        weights: of the dtype of `values`, shape `(rows, places)`.

    Returns:
        Shape `(rows, count)`.
    """
    backend = keras.backend.backend()
    if backend == "torch":
        return values.scatter_add(1, ids.long(), weights)
    rows = ops.arange(ops.shape(values)[0], dtype="int32")[:, None] + 0 * ids
    if backend == "jax":
        return values.at[rows, ids].add(weights)
    import tensorflow as tf

    return tf.tensor_scatter_nd_add(values, tf.stack([rows, ids], axis=-1), weights)
