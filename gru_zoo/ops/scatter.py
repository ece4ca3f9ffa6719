"""Scatter-add along the last axis.

Since Keras 3.15 `ops.scatter_update(..., reduction="add")` does the same. It can take the place of
these functions once the oldest supported Keras has it and it has become as fast: in Keras 3.15.1 it
was slower on torch, and on JAX with many rows.
"""

from typing import Any

import keras
from keras import ops

Tensor = Any


def scatter_add(values: Tensor, ids: Tensor, weights: Tensor) -> Tensor:
    """Add each weight to the value at its id. Weights of equal ids are all added.

    Args:
        values: float, shape `(rows, count)`.
        ids: int32, from 0 to `count - 1`, shape `(rows, places)`.
        weights: shape `(rows, places)`, in the dtype of `values`.

    Returns:
        Shape `(rows, count)`, a new tensor.
    """
    if keras.backend.backend() == "torch":
        # Keras' sum over segments makes several copies there.
        return values.scatter_add(1, ids.long(), weights)
    rows, count = ops.shape(values)[0], ops.shape(values)[1]
    places = ops.arange(rows, dtype="int32")[:, None] * count + ids
    sums = ops.segment_sum(
        ops.reshape(weights, (-1,)), ops.reshape(places, (-1,)), num_segments=rows * count
    )
    return values + ops.reshape(sums, (rows, count))


def scatter_add_shared(values: Tensor, ids: Tensor, weights: Tensor) -> Tensor:
    """`scatter_add` with the same ids for all rows.

    Args:
        values: float, shape `(rows, count)`.
        ids: int32, from 0 to `count - 1`, shape `(places,)`.
        weights: shape `(rows, places)`, in the dtype of `values`.

    Returns:
        Shape `(rows, count)`, a new tensor.
    """
    if keras.backend.backend() == "torch":
        return values.scatter_add(1, ids.long().expand(len(values), -1), weights)
    # Transposed, the weights of an id lie side by side, and one sum adds those of all rows.
    sums = ops.segment_sum(ops.transpose(weights), ids, num_segments=values.shape[1])
    return values + ops.transpose(sums)
