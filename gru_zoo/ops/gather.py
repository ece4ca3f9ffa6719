"""Gathering by index in a form that every exporter knows."""

from typing import Any

import keras
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable("gru_zoo")
class TakeAlongAxis(keras.Operation):
    """`keras.ops.take_along_axis` of indices from 0 on.

    On torch it is `gather`, which can be written as ONNX. The operation that Keras takes there
    cannot, and it looks for negative indices first.

    Args:
        axis: axis of the values.
        name: name of the operation.

    Call arguments:
        values: shape `(..., size, ...)`.
        indices: integer, with as many axes as `values`. Axes of size 1 other than `axis` are
            repeated.

    Output shape: that of `indices` along `axis`, that of `values` along the others.
    """

    def __init__(self, axis: int, name: str | None = None):
        super().__init__(name=name)
        self.axis = axis

    def call(self, values, indices):
        if keras.backend.backend() != "torch":
            return ops.take_along_axis(values, indices, axis=self.axis)
        shape = list(values.shape)
        shape[self.axis] = indices.shape[self.axis]
        return values.gather(self.axis, ops.convert_to_tensor(indices).long().expand(shape))

    def compute_output_spec(self, values, indices):
        shape = list(values.shape)
        shape[self.axis] = indices.shape[self.axis]
        return keras.KerasTensor(shape, dtype=values.dtype)


def take_along_axis(values: Tensor, indices: Tensor, axis: int) -> Tensor:
    """Take values at indices along an axis, see `TakeAlongAxis`."""
    return TakeAlongAxis(axis)(values, indices)
