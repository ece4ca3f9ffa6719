"""Loss of quantiles."""

import keras
import numpy as np
from keras import ops

from gru_zoo.tasks.forecasting.model import LEVELS
from gru_zoo.tasks.forecasting.windows import Windows

_FLOOR = 0.1  # of the usual error by which a row is divided, in scaled units
_LIMIT = 15.0  # scaled values are cut there, so that an outlier does not decide a step


@keras.saving.register_keras_serializable("gru_zoo")
class QuantileLoss(keras.losses.Loss):
    """Mean quantile loss, also known as pinball loss, over levels and steps.

    For a level q and an error e = y - forecast it is max(q e, (q - 1) e) (Koenker & Bassett 1978,
    Regression Quantiles).

    Args:
        name: name of the loss.

    Call arguments:
        y_true: values and their weights, float, shape `(batch, future, patch, 2)`.
        y_pred: quantiles `LEVELS`, float, shape `(batch, future, patch, 9)`.
    """

    def __init__(self, name: str = "quantile_loss"):
        super().__init__(name=name)

    def call(self, y_true, y_pred):
        levels = ops.convert_to_tensor(np.array(LEVELS, "float32"))
        errors = y_true[..., :1] - y_pred
        losses = ops.maximum(levels * errors, (levels - 1.0) * errors)
        return ops.mean(losses, axis=-1) * y_true[..., 1]

    def get_config(self):
        return {"name": self.name}


def targets(
    made: Windows, future: np.ndarray, patch: int, steps: np.ndarray | None = None
) -> np.ndarray:
    """Targets of `QuantileLoss`: scaled values and their weights.

    Args:
        made: inputs of the model.
        future: values that follow, NaN where unknown, shape `(batch, horizon)`.
        patch: steps of a patch, of which `horizon` is a multiple.
        steps: weights of the future steps, shape `(horizon,)`, by which the losses in units of the
            series are weighted; None weights scaled losses by the size of usual errors.

    Returns:
        float32, shape `(batch, future, patch, 2)`.
    """
    scaled = made.scaled(future).clip(-_LIMIT, _LIMIT)
    if steps is None:
        weights = np.isfinite(scaled) / (_FLOOR + made.error)[:, None]
    else:
        weights = np.isfinite(scaled) * made.scale[:, None] * steps
    pairs = np.stack([np.nan_to_num(scaled), weights], axis=-1)
    return pairs.reshape(len(future), -1, patch, 2).astype("float32")
