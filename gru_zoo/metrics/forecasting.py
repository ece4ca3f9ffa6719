"""Errors of forecasts, each relative to the size of the values or to a seasonal naive forecast."""

from collections.abc import Sequence

import numpy as np

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def quantile_losses(values: np.ndarray, quantiles: np.ndarray, levels=LEVELS) -> np.ndarray:
    """Quantile loss of each value, also known as pinball loss: twice max(q e, (q - 1) e).

    Args:
        values: true values, float, any shape; NaN where one is unknown.
        quantiles: forecasts, shape `values.shape + (levels,)`.
        levels: the levels q, from 0 to 1.

    Returns:
        Means over the levels, shape of `values`. With the factor 2, the loss of the median is the
        absolute error, and many levels come close to the continuous ranked probability score.
    """
    q = np.asarray(levels)
    errors = np.asarray(values)[..., None] - quantiles
    return 2 * np.maximum(q * errors, (q - 1) * errors).mean(axis=-1)


def weighted_quantile_loss(
    values: Sequence[np.ndarray], quantiles: Sequence[np.ndarray], levels=LEVELS
) -> float:
    """Sum of all quantile losses over the sum of absolute values (Ansari et al. 2024, Chronos).

    Args:
        values: true values of each series, NaN where one is unknown.
        quantiles: forecasts of each series, with a last axis of levels.
        levels: the levels.

    Raises:
        ValueError: all values are 0 or unknown.
    """
    loss = size = 0.0
    for truth, forecast in zip(values, quantiles, strict=True):
        loss += float(np.nansum(quantile_losses(truth, forecast, levels)))
        size += float(np.nansum(np.abs(truth)))
    if not size:
        raise ValueError("Expected values other than 0. Received: none.")
    return loss / size


def seasonal_errors(past: np.ndarray, period: int) -> float:
    """Mean absolute difference of values a season apart: the unit of `mase`.

    Args:
        past: values, shape `(time,)`, NaN where one is unknown.
        period: steps of a season. A past that is no longer is compared with the step before.

    Returns:
        The mean, or NaN if there are no two values to compare.
    """
    period = period if len(past) > period else 1
    apart = np.abs(past[period:] - past[:-period])
    return float(np.nanmean(apart)) if np.isfinite(apart).any() else float("nan")


def mase(
    values: Sequence[np.ndarray],
    forecasts: Sequence[np.ndarray],
    pasts: Sequence[np.ndarray],
    period: int,
) -> float:
    """Mean absolute scaled error (Hyndman & Koehler 2006), a mean over series.

    The absolute errors of a series are divided by `seasonal_errors` of its past.

    Args:
        values: true values of each series, shape `(horizon,)`, NaN where one is unknown.
        forecasts: forecasts of each series, such as medians.
        pasts: what was known of each series, shape `(time,)`.
        period: steps of a season.

    Raises:
        ValueError: no series has an error that can be scaled.
    """
    scaled = []
    for truth, forecast, past in zip(values, forecasts, pasts, strict=True):
        unit, known = seasonal_errors(past, period), np.isfinite(truth)
        if unit > 0 and known.any():
            scaled.append(float(np.abs(truth - forecast)[known].mean()) / unit)
    if not scaled:
        raise ValueError("Expected a series that is not constant. Received: none.")
    return float(np.mean(scaled))


def coverage(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Share of the known values from `low` to `high`, all of one shape."""
    known = np.isfinite(values)
    return float(((values >= low) & (values <= high))[known].mean())


def relative_squared_error(values: np.ndarray, forecasts: np.ndarray, center: float) -> float:
    """Root of the squared errors over that of the squared distances from the mean (RSE).

    Args:
        values: true values, any shape.
        forecasts: forecasts of the same shape.
        center: the mean of the values (Lai et al. 2018, section 4.1).
    """
    return float(
        np.sqrt(np.square(values - forecasts).sum()) / np.sqrt(np.square(values - center).sum())
    )


def seasonal_naive(past: np.ndarray, period: int, horizon: int, levels=LEVELS) -> np.ndarray:
    """The last season again, with quantiles of normal errors: the baseline of relative scores.

    The variance grows by that of the errors of one season with each season ahead (Hyndman &
    Athanasopoulos 2021, Forecasting: Principles and Practice, section 5.5). Missing values have
    the value before them.

    Args:
        past: values, shape `(time,)`.
        period: steps of a season. A past that is no longer repeats its last value.
        horizon: number of steps to forecast.
        levels: levels of the quantiles.

    Returns:
        Shape `(horizon, levels)`.
    """
    from scipy.special import ndtri

    known = np.isfinite(past)
    places = np.maximum.accumulate(np.where(known, np.arange(len(past)), 0))
    filled = past[places]
    period = period if len(past) > period else 1
    ahead = np.arange(horizon)
    center = filled[len(past) - period + ahead % period]
    apart = filled[period:] - filled[:-period]
    deviation = np.nanstd(apart, ddof=1) if len(apart) > 1 else 0.0
    spread = deviation * np.sqrt(ahead // period + 1)
    return center[:, None] + spread[:, None] * ndtri(np.asarray(levels))
