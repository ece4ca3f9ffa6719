"""Quantiles of many series, in batches of few shapes."""

from collections.abc import Sequence

import keras
import numpy as np

from gru_zoo.base.series.seasons import longer
from gru_zoo.metrics.forecasting import LEVELS
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.forecasting.processor import SHORTEST, ForecastingProcessor
from gru_zoo.tasks.forecasting.windows import windows

_LENGTHS = (64, 256, 512, 1_024)  # and the longest past, to which pasts are padded
_ROWS = 8, 64  # of a batch
_STRAIGHT = 1e-9  # of the largest value: how far values may lie from a line


def quantiles_of(
    model: keras.Model,
    processor: ForecastingProcessor,
    pasts: Sequence[np.ndarray],
    seasons: Sequence[int],
    horizon: int,
    verbose: bool = False,
) -> np.ndarray:
    """Forecast the quantiles `LEVELS` of each series.

    A series that was never below 0 is not forecast below 0. One that lies on a straight line, such
    as a constant, goes on along it, in all quantiles.

    Args:
        model: the model.
        processor: its processor, which has the steps of a patch and the longest past.
        pasts: the past of each series, float64, shape `(time,)`, of any length; NaN where a value
            is missing. Each has a known value.
        seasons: steps of the season of each series.
        horizon: number of steps.
        verbose: whether to show a progress bar.

    Returns:
        float64, shape `(series, horizon, 9)`.
    """
    result = np.empty((len(pasts), horizon, len(LEVELS)))
    longest = processor.past
    cut = [_from_first_known(past[-longest:]) for past in pasts]
    lengths = (*(length for length in _LENGTHS if length < longest), longest)
    bucket = np.searchsorted(lengths, [len(past) for past in cut])
    bar = keras.utils.Progbar(len(pasts), unit_name="series") if verbose else None
    for number, length in enumerate(lengths):
        rows = np.flatnonzero(bucket == number)
        for start in range(0, len(rows), _ROWS[1]):
            some = rows[start : start + _ROWS[1]]
            size = _ROWS[0] if len(some) <= _ROWS[0] else _ROWS[1]
            past = np.full((size, length), np.nan)
            past[:, -1] = 0.0  # of the rows that fill the batch
            season = np.ones(size, "int64")
            for place, row in enumerate(some):
                past[place, -len(cut[row]) :] = cut[row]
                season[place] = seasons[row]
            result[some] = _forecast(model, processor, past, season, horizon)[: len(some)]
            if bar:
                bar.add(len(some))
    return result


def _from_first_known(past: np.ndarray) -> np.ndarray:
    return past[np.isfinite(past).argmax() :]


def _forecast(model, processor, past, season, horizon: int) -> np.ndarray:
    """Quantiles of one batch, in units of the series."""
    long_season = np.array([longer(int(steps)) for steps in season])
    made = windows(past, season, long_season, horizon, processor.patch)
    outputs = np.asarray(predict_on_batch(model, made.inputs), "float64")
    scaled = outputs.reshape(len(past), -1, len(LEVELS))[:, :horizon]
    median = scaled[..., len(LEVELS) // 2, None]
    widths = np.array([processor.widths.get(str(steps), 1.0) for steps in season])
    values = made.unscaled(median + widths[:, None, None] * (scaled - median))
    floor = np.where(np.nanmin(past, axis=1) >= 0, 0.0, -np.inf)
    values = np.maximum(values, floor[:, None, None])
    straight, line = _lines(past, horizon)
    return np.where(straight[:, None, None], line[..., None], values)


def _lines(past: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Which rows lie on a straight line, and the line through the first and last known value.

    Args:
        past: shape `(batch, time)`, NaN where a value is missing.
        horizon: steps that the line goes on.

    Returns:
        Whether a row of three known values or more has no other, bool, shape `(batch,)`, and the
        steps that follow, shape `(batch, horizon)`.
    """
    known, steps = np.isfinite(past), np.arange(past.shape[1])
    first, last = known.argmax(axis=1), past.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    rows = np.arange(len(past))
    start = past[rows, first]
    slope = (past[rows, last] - start) / np.maximum(last - first, 1)
    line = start[:, None] + slope[:, None] * (steps - first[:, None])
    close = np.abs(past - line) <= _STRAIGHT * np.nanmax(np.abs(past), axis=1, keepdims=True)
    straight = (close | ~known).all(axis=1) & (known.sum(axis=1) >= SHORTEST)
    ahead = past.shape[1] + np.arange(horizon)
    return straight, start[:, None] + slope[:, None] * (ahead - first[:, None])
