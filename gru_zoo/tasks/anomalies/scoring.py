"""Surprise of values under forecast quantiles."""

import numpy as np

from gru_zoo.tasks.anomalies.model import LEVELS

_LEVELS = np.array(LEVELS)
_WIDEST = 0.02  # smallest distance of the two outer quantiles, in the units of the model


def surprises(quantiles: np.ndarray, values: np.ndarray) -> np.ndarray:
    """How far in the tail of its forecast each value lies: -log10 of the two-sided probability.

    Between quantiles the distribution is on straight lines. Beyond them its tails are exponential,
    as steep as between the two outer quantiles.

    Args:
        quantiles: `LEVELS`, ascending, shape `(..., levels)`.
        values: in the same units, NaN where a value is missing, shape `(...)`.

    Returns:
        From 0 on, 0 for a missing value, shape `(...)`.
    """
    values = np.broadcast_to(np.nan_to_num(values), quantiles.shape[:-1])
    inner = np.zeros(values.shape)
    for low in range(len(LEVELS) - 1):
        left, right = quantiles[..., low], quantiles[..., low + 1]
        share = np.clip((values - left) / np.maximum(right - left, 1e-9), 0, 1)
        inner += share * (_LEVELS[low + 1] - _LEVELS[low])
    below = _LEVELS[0] + inner
    tail = np.log10(2 * np.minimum(below, 1 - below))
    steep = np.log10(_LEVELS[1] / _LEVELS[0])
    low_width = np.maximum(quantiles[..., 1] - quantiles[..., 0], _WIDEST)
    high_width = np.maximum(quantiles[..., -1] - quantiles[..., -2], _WIDEST)
    under = np.maximum(quantiles[..., 0] - values, 0) / low_width
    over = np.maximum(values - quantiles[..., -1], 0) / high_width
    return (under + over) * steep - tail
