"""Layer normalization that can be exported."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("gru_zoo")
class LayerNormalization(keras.layers.LayerNormalization):
    """Layer normalization over the last axis, in float32 (Ba et al. 2016).

    It has the arguments, the weights and the results of `keras.layers.LayerNormalization`, whose
    operation torch cannot write as ONNX where sizes are open.

    Call arguments:
        inputs: float, shape `(..., features)`.

    Example:

        >>> LayerNormalization()(np.ones((2, 5, 3))).shape
        (2, 5, 3)
    """

    def call(self, inputs):
        x = ops.cast(inputs, "float32")
        x = x - ops.mean(x, axis=-1, keepdims=True)
        x = x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + self.epsilon)
        x = x * ops.cast(self.gamma, "float32") + ops.cast(self.beta, "float32")
        return ops.cast(x, self.compute_dtype)
