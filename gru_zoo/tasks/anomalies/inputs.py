"""Series of all kinds to arrays, with their times, names and seasons."""

from typing import Any, NamedTuple

import numpy as np

from gru_zoo.base.series import frames
from gru_zoo.base.series.calendar import season
from gru_zoo.base.series.seasons import of_step
from gru_zoo.tasks.anomalies.processor import as_values

_FIRST = 50  # steps by which the season of times is told, so that later ones tell nothing


class Inputs(NamedTuple):
    """Series as arrays.

    Args:
        values: of each series, float64, shape `(time,)`.
        seasons: steps of the season of each that its times tell; 1 for none.
        times: of each series, a time for each step.
        names: name of each.
        many: whether a list was given, or a table of several series.
    """

    values: list[np.ndarray]
    seasons: list[int]
    times: list[Any]
    names: list[str]
    many: bool


def read(series: Any, **columns: str | None) -> Inputs:
    """Read one series of any kind, or several.

    Args:
        series: see `Anomalies.detect`.
        **columns: `time`, `key` and `value` of a table, see `frames.read`.

    Raises:
        TypeError, ValueError: it is not a series, see `as_values` and `frames.read`.
    """
    if frames.is_table(series):
        return _read_table(series, **columns)
    if any(columns.values()):
        raise ValueError(
            f"Expected a table where columns are named. Received: {type(series).__name__}."
        )
    is_list = isinstance(series, (list, tuple))
    many = is_list and not (len(series) and (np.isscalar(series[0]) or series[0] is None))
    given = list(series) if many else [series]
    if any(frames.is_table(one) for one in given):
        raise TypeError(
            "Expected a list of arrays. Received: a list with tables. Put their series into one "
            "table with a column of ids."
        )
    names = [f"series {number}" for number in range(len(given))] if many else ["series"]
    values = [as_values(one, name) for one, name in zip(given, names, strict=True)]
    times = [np.arange(len(one)) for one in values]
    return Inputs(values, [1] * len(values), times, names, many)


def _read_table(table: Any, **columns: str | None) -> Inputs:
    found, form = frames.read(table, **columns)
    pandas = frames.import_pandas()
    result = Inputs([], [], [], [], form.key is not None or len(found[0].channels) > 1)
    for one in found:
        index = one.index
        steps = season(index, one.frequency, pandas) or 1
        times = index.to_timestamp() if isinstance(index, pandas.PeriodIndex) else index
        for channel, column in zip(one.channels, one.values.T, strict=True):
            label = "series" if channel is None else str(channel)
            name = label if one.key is None else str(one.key)
            if one.key is not None and len(one.channels) > 1:
                name = f"{one.key}, {label}"
            result.values.append(as_values(column, name))
            result.seasons.append(steps)
            result.times.append(times.to_numpy())
            result.names.append(name)
    return result


def season_of_times(times: np.ndarray) -> int:
    """Steps of the usual season of a series by the usual distance of its first times.

    Args:
        times: datetime64, ascending, shape `(time,)`; they need not have equal steps.
    """
    steps = np.diff(times[: _FIRST + 1]) / np.timedelta64(1, "s")
    usual = float(np.median(steps)) if len(steps) else 0.0
    return of_step(usual) if usual > 0 else 1
