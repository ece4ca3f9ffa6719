"""Matrix products for which backends differ in the faster form."""

from typing import Any

import keras
from keras import ops

Tensor = Any


def matmul_transposed(vectors: Tensor, table: Tensor) -> Tensor:
    """Multiply vectors with the transpose of a large table: the score of every row of the table.

    Args:
        vectors: float, shape `(..., dim)`.
        table: shape `(count, dim)`.

    Returns:
        Shape `(..., count)`.
    """
    if len(vectors.shape) == 2 and keras.backend.backend() == "tensorflow":
        # TensorFlow multiplies a large matrix with few rows faster from the left.
        return ops.transpose(ops.matmul(table, ops.transpose(vectors)))
    return ops.matmul(vectors, ops.transpose(table))
