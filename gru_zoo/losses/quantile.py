"""Loss of quantiles."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("gru_zoo")
class QuantileLoss(keras.losses.Loss):
    """Mean quantile loss, also known as pinball loss, over levels and steps.

    For a level q and an error e = y - forecast it is max(q e, (q - 1) e) (Koenker & Bassett 1978,
    Regression Quantiles).

    Args:
        levels: levels of the quantiles, between 0 and 1.
        name: name of the loss.

    Call arguments:
        y_true: values and their weights, float, shape `(..., 2)`.
        y_pred: a quantile of each level, float, shape `(..., levels)`.

    Example:

        >>> y_true, y_pred = np.array([[[3.0, 1.0]]]), np.array([[[1.0, 3.0, 4.0]]])
        >>> round(float(QuantileLoss((0.1, 0.5, 0.9))(y_true, y_pred)), 4)  # (0.2 + 0 + 0.1) / 3
        0.1
    """

    def __init__(self, levels: Sequence[float], name: str = "quantile_loss"):
        super().__init__(name=name)
        self.levels = tuple(levels)

    def call(self, y_true, y_pred):
        levels = ops.convert_to_tensor(np.array(self.levels, "float32"))
        errors = y_true[..., :1] - y_pred
        losses = ops.maximum(levels * errors, (levels - 1.0) * errors)
        return ops.mean(losses, axis=-1) * y_true[..., 1]

    def get_config(self):
        return {"levels": self.levels, "name": self.name}
