"""What the detection of anomalies returns."""

from typing import Any, NamedTuple

import numpy as np


class Reading(NamedTuple):
    """What a stream says of one value.

    Args:
        score: how rare the value is, or a value shortly before it was, from 0 to 1.
        alarm: whether it raises an alarm.
        low, median, high: quantiles .01, .5 and .99 of what was expected; NaN before the first
            known value.
    """

    score: float
    alarm: bool
    low: float
    median: float
    high: float


class Detection(NamedTuple):
    """Scores, alarms and intervals of a series.

    Args:
        values: the series, shape `(time,)`, NaN where a value is missing.
        scores: how rare each value is, or a value shortly before it was, from 0 to 1, shape
            `(time,)`: a score s says that one of 1 / (1 - s) values is as rare. After that value
            the score fades: in 60 steps it loses half of its digits.
        peaks: the same of the value alone where it is rarer than all shortly before it, and 0
            elsewhere, shape `(time,)`. A peak that reaches the threshold is an alarm.
        alarms: steps at which an alarm is raised, ascending, int, shape `(alarms,)`.
        intervals: quantiles .01 and .99 of what was expected of each value, shape `(time, 2)`; NaN
            before the first known value.
        median: what was expected, shape `(time,)`.
        times: a time for each step; whole numbers if the series has none.
        name: name of the series.
    """

    values: np.ndarray
    scores: np.ndarray
    peaks: np.ndarray
    alarms: np.ndarray
    intervals: np.ndarray
    median: np.ndarray
    times: Any
    name: str
