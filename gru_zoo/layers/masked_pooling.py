"""Pooling of a sequence into one vector."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("gru_zoo")
class MaskedPooling(keras.layers.Layer):
    """Maximum and mean over the steps that a mask keeps, side by side.

        output = concat( max over kept t of s[t],  mean over kept t of s[t] )

    The mean is accumulated in float32 whatever the layer's dtype. A row without a kept step
    gives zeros.

    Call arguments:
        sequence: float, shape `(batch, time, features)`.
        mask: boolean, shape `(batch, time)`, True where a step counts; None keeps every step.

    Output shape: `(batch, 2 * features)`.

    Example:

        >>> pooled = MaskedPooling()(np.ones((2, 5, 3)), mask=np.ones((2, 5), "bool"))
        >>> pooled.shape
        (2, 6)

    References:
        Howard & Ruder 2018, Universal Language Model Fine-tuning, section 3.3 (concat pooling).
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, sequence, mask=None):
        precise = ops.cast(sequence, "float32")
        if mask is None:
            pooled = [ops.max(sequence, axis=1), ops.mean(precise, axis=1)]
        else:
            keep = ops.expand_dims(ops.cast(mask, "bool"), -1)
            count = ops.sum(ops.cast(keep, "float32"), axis=1)
            highest = ops.max(ops.where(keep, sequence, float("-inf")), axis=1)
            total = ops.sum(ops.where(keep, precise, 0.0), axis=1)
            pooled = [ops.where(count > 0, highest, 0.0), total / ops.maximum(count, 1.0)]
        return ops.concatenate([ops.cast(p, self.compute_dtype) for p in pooled], axis=-1)

    def compute_mask(self, sequence, mask=None):
        return None

    def compute_output_shape(self, sequence_shape):
        return (sequence_shape[0], 2 * sequence_shape[-1])
