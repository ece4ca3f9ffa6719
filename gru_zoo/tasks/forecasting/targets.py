"""Targets of the quantile loss."""

import numpy as np

from gru_zoo.tasks.forecasting.windows import Windows

_FLOOR = 0.1  # of the usual error by which a row is divided, in scaled units
_LIMIT = 15.0  # scaled values are cut there, so that an outlier does not decide a step


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
