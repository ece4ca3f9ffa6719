"""Scores of past forecasts: windows at the end of series, each forecast from what was known."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gru_zoo.metrics import forecasting as scores
from gru_zoo.tasks.forecasting.evaluation import Forecaster
from gru_zoo.tasks.forecasting.processor import SHORTEST


def window_scores(
    columns: Sequence[np.ndarray],
    seasons: Sequence[int],
    names: Sequence[Any],
    windows: int,
    horizon: int,
    forecast: Forecaster,
) -> list[dict[str, Any]]:
    """One record for each window of each series.

    Args:
        columns: values of each series, shape `(time,)`.
        seasons: steps of the season of each.
        names: name of each.
        windows: number of windows at the end, which do not overlap.
        horizon: steps of a window.
        forecast: the forecaster.

    Raises:
        ValueError: a series is too short for the windows.
    """
    pasts, truths, rows = [], [], []
    for values, name in zip(columns, names, strict=True):
        for left in range(windows, 0, -1):
            start = len(values) - left * horizon
            if start < 1 or np.isfinite(values[:start]).sum() < SHORTEST:
                raise ValueError(
                    f"Expected {SHORTEST} known values or more before the first window of {name}. "
                    f"Received: {len(values)} steps for {windows} windows of {horizon}. Lower "
                    "windows or horizon."
                )
            pasts.append(values[:start])
            truths.append(values[start : start + horizon])
            rows.append({"series": name, "start": start})
    repeated = [season for season in seasons for _ in range(windows)]
    quantiles = forecast(pasts, repeated, horizon)
    for row, past, truth, found, season in zip(
        rows, pasts, truths, quantiles, repeated, strict=True
    ):
        naive = scores.seasonal_naive(past, season, horizon)
        row |= {
            "mase": _or_nan(scores.mase, [truth], [found[:, 4]], [past], season),
            "wql": _or_nan(scores.weighted_quantile_loss, [truth], [found]),
            "coverage_80": _or_nan(scores.coverage, truth, found[:, 0], found[:, -1]),
            "naive_mase": _or_nan(scores.mase, [truth], [naive[:, 4]], [past], season),
            "naive_wql": _or_nan(scores.weighted_quantile_loss, [truth], [naive]),
        }
    return rows


def _or_nan(score: Callable[..., float], *arguments: Any) -> float:
    """A score, NaN where it has no value: of constant series, of zeros, of unknown values."""
    try:
        return score(*arguments)
    except ValueError:
        return float("nan")
