"""Detection of anomalies in series that come in, step by step or in blocks."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import keras
import numpy as np

from gru_zoo.tasks.anomalies.features import SeriesFeatures, changes
from gru_zoo.tasks.anomalies.judge import Judge
from gru_zoo.tasks.anomalies.results import Reading
from gru_zoo.tasks.anomalies.scoring import surprises

# From features, guesses and a state to quantiles and the next state, as NumPy arrays.
Forecast = Callable[..., tuple[np.ndarray, np.ndarray]]

_SHOWN = [0, 4, -1]  # of the levels: those of an interval of 98 %, and the median
_ROWS, _BLOCKS = (1, 8, 32), (64, 512)  # series, and steps, that are read together
_MOST = 700.0  # quantiles are cut there, since the hyperbolic sine of more is infinite


class Detector:
    """Scores of several series that are read at the same time, in blocks of any length.

    The lengths of the blocks change no result.

    Args:
        forecast: the model.
        units: length of its state.
        season: steps of the season of each series, 1 for none, shape `(rows,)`.
        threshold: scores from it on may raise an alarm.
        quiet: steps after an alarm in which only a higher score raises another.
    """

    def __init__(
        self, forecast: Forecast, units: int, season: np.ndarray, threshold: float, quiet: int
    ):
        rows = len(season)
        self.forecast, self.threshold = forecast, threshold
        self.features, self.judge = SeriesFeatures(season), Judge(rows, quiet)
        self.state = np.zeros((rows, units), "float32")
        self.expected: np.ndarray | None = None  # quantiles of the next value
        self.scale = np.zeros((2, rows))  # last known value and usual change at the last step

    def feed(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Read further values of each series.

        Args:
            values: float64, shape `(rows, time)`, NaN where a value is missing.

        Returns:
            Scores and peaks, both `(rows, time)`, see `Judge`; and quantiles
            .01, .5 and .99 of what was expected, `(rows, time, 3)`, NaN where nothing was.
        """
        parts = [(*self.features.feed(column), *self._scale()) for column in values.T]
        features, guesses, last, unit, distance = (
            np.stack(arrays, axis=1) for arrays in zip(*parts, strict=True)
        )
        quantiles, self.state = self.forecast(features, guesses, self.state)
        first = np.full((len(values), 1, quantiles.shape[-1]), np.nan)
        before = first if self.expected is None else self.expected[:, None]
        expected = np.concatenate([before, quantiles[:, :-1]], axis=1).astype("float64")
        self.expected = quantiles[:, -1]
        levels = np.concatenate([self.scale[0][:, None], last[:, :-1]], axis=1)
        units = np.concatenate([self.scale[1][:, None], unit[:, :-1]], axis=1)
        self.scale = np.stack([last[:, -1], unit[:, -1]])
        started = np.isfinite(expected[..., 0]) & (units > 0)
        known = np.isfinite(values) & started
        moved = changes(np.where(known, values, 0.0), levels, np.where(started, units, 1.0))
        surprise = np.where(known, surprises(np.nan_to_num(expected), moved), 0.0)
        columns = zip(surprise.T, distance.T, known.T, strict=True)
        judged = [self.judge.feed(*column) for column in columns]
        scores, peaks = (np.stack(arrays, axis=1) for arrays in zip(*judged, strict=True))
        shown = np.sinh(np.clip(expected[..., _SHOWN], -_MOST, _MOST))
        shown = levels[..., None] + units[..., None] * shown
        shown[~started] = np.nan
        return scores, peaks, shown

    def _scale(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Last known value, usual change (0 before the series has begun) and distance."""
        unit = np.where(self.features.count > 0, self.features.unit, 0.0)
        return self.features.last, unit, self.features.distance


class AnomalyStream:
    """Anomalies in values that come in one by one, see `Anomalies.stream`.

    Args:
        detector: of one series.

    Example:

        >>> import gru_zoo
        >>> stream = gru_zoo.load("anomalies").stream(season=24)
        >>> for value in [*range(24)] * 10 + [90]:
        ...     if stream.feed(value).alarm:
        ...         print(value)
        90
    """

    def __init__(self, detector: Detector):
        self._detector = detector

    def feed(self, value: float | None) -> Reading:
        """Judge the next value.

        Args:
            value: a finite number; NaN or None if it is missing.

        Raises:
            TypeError: it is not a number.
            ValueError: it is infinite. The stream stays as it was.
        """
        try:
            number = float("nan") if value is None else float(value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"Expected a number. Received: {value!r:.80} ({error}).") from None
        if np.isinf(number):
            raise ValueError(
                "Expected a finite number, or NaN for a missing one. Received: an infinite value."
            )
        scores, peaks, shown = self._detector.feed(np.array([[number]]))
        low, median, high = shown[0, 0].tolist()
        alarm = bool(peaks[0, 0] >= self._detector.threshold)
        return Reading(float(scores[0, 0]), alarm, low, median, high)


class Found(NamedTuple):
    """What `detect_all` finds in a series; see `Detection` for the fields."""

    scores: np.ndarray
    peaks: np.ndarray
    alarms: np.ndarray
    intervals: np.ndarray
    median: np.ndarray


def detect_all(
    make: Callable[[np.ndarray], Detector],
    series: Sequence[np.ndarray],
    seasons: Sequence[int],
    verbose: bool = False,
) -> list[Found]:
    """Read whole series, those of similar length together.

    Args:
        make: makes a detector of series with these seasons.
        series: values of each, shape `(time,)`, NaN where one is missing.
        seasons: steps of the season of each.
        verbose: whether to show a progress bar.
    """
    order = sorted(range(len(series)), key=lambda number: len(series[number]))
    result: dict[int, Found] = {}
    bar = keras.utils.Progbar(len(series), unit_name="series") if verbose else None
    for start in range(0, len(order), _ROWS[-1]):
        some = order[start : start + _ROWS[-1]]
        rows = next(size for size in _ROWS if len(some) <= size)
        longest = max(len(series[number]) for number in some)
        block = _BLOCKS[0] if longest <= _BLOCKS[0] else _BLOCKS[1]
        values = np.full((rows, -(-longest // block) * block), np.nan)
        season = np.ones(rows, "int64")
        for row, number in enumerate(some):
            values[row, : len(series[number])] = series[number]
            season[row] = seasons[number]
        detector = make(season)
        blocks = np.split(values, values.shape[1] // block, axis=1)
        parts = [detector.feed(part) for part in blocks]
        whole = [np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True)]
        for row, number in enumerate(some):
            scores, peaks, shown = (array[row, : len(series[number])] for array in whole)
            alarms = np.flatnonzero(peaks >= detector.threshold)
            result[number] = Found(scores, peaks, alarms, shown[:, [0, 2]], shown[:, 1])
        if bar:
            bar.add(len(some))
    return [result[number] for number in range(len(series))]
