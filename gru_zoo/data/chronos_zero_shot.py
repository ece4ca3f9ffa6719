"""Fourteen tasks of the zero-shot benchmark of Chronos: the ends of series of all frequencies.

The other thirteen tasks need sets that are not here. ETTh and ETTm have the seven series of ETT1
alone, of fourteen; the gaps of NN5 are filled as in the version that the benchmark uses.
"""

import os
from typing import TYPE_CHECKING, NamedTuple

from gru_zoo.data import ett, exchange_rate, forecasting_competitions
from gru_zoo.data.examples import TimeSeries
from gru_zoo.data.source import check_split

if TYPE_CHECKING:
    import numpy as np

CITATION = (
    "Ansari et al. 2024, Chronos: Learning the Language of Time Series, TMLR, arXiv:2403.07815, "
    "table 3"
)


class Task(NamedTuple):
    """A task of the benchmark.

    Args:
        horizon: number of values at the end of each series that are forecast.
        period: steps of a season, by which the benchmark scales errors.
    """

    horizon: int
    period: int


TASKS = {
    "m1_yearly": Task(6, 1),
    "m1_quarterly": Task(8, 4),
    "m1_monthly": Task(18, 12),
    "m3_yearly": Task(6, 1),
    "m3_quarterly": Task(8, 4),
    "m3_monthly": Task(18, 12),
    "tourism_yearly": Task(4, 1),
    "tourism_quarterly": Task(8, 4),
    "tourism_monthly": Task(24, 12),
    "nn5_daily": Task(56, 1),
    "nn5_weekly": Task(8, 1),
    "exchange_rate": Task(30, 5),
    "etth": Task(24, 24),
    "ettm": Task(24, 96),
}


def load(split: str, root: str | os.PathLike | None = None) -> list[TimeSeries]:
    """Load the series of all tasks, in the order of `TASKS`; `origin` is the task's name.

    Args:
        split: "test".
        root: data folder with ett/, exchange_rate/ and forecasting_competitions/. Default:
            `$GRU_ZOO_DATA`.

    Returns:
        Series with one channel, whose last `horizon` values are to be forecast.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks a set.
        ValueError: unknown split, wrong checksum, or wrong number of series.
    """
    check_split("chronos-zero-shot-14", split, ("test",))
    return [
        TimeSeries(values[:, None], len(values) - task.horizon, name, task.period)
        for name, task in TASKS.items()
        for values in _columns(name, root)
    ]


def _columns(name: str, root: str | os.PathLike | None) -> "list[np.ndarray]":
    """The whole series of a task, one-dimensional."""
    if name == "exchange_rate":
        return list(exchange_rate.table(root).T)
    if name in ("etth", "ettm"):
        return list(ett.table(f"{name}1", root).T)
    kind = "nn5_daily" if name == "nn5_weekly" else name
    series = [s.values[:, 0] for s in forecasting_competitions.load(kind, root)]
    if name == "nn5_daily":
        return [_filled(values) for values in series]
    if name == "nn5_weekly":
        return [_filled(values).reshape(-1, 7).sum(axis=1) for values in series]
    return series


def _filled(values: "np.ndarray") -> "np.ndarray":
    """A daily series whose gaps have the median of their day of the week."""
    import numpy as np

    days = values[: len(values) // 7 * 7].reshape(-1, 7)
    return np.where(np.isnan(days), np.nanmedian(days, axis=0), days).ravel()
