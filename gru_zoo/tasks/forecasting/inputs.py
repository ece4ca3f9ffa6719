"""Series of all kinds to arrays, and forecasts back to the kind of the series."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gru_zoo.base.series import frames
from gru_zoo.base.series.calendar import ahead, season
from gru_zoo.tasks.forecasting.processor import as_values


class Inputs(NamedTuple):
    """Series as arrays, and what is needed to return their kind.

    Args:
        values: of each series, float64, shape `(time, channels)`.
        seasons: steps of the season of each that its times tell; None for series without times.
        kind: "one" array, "many" arrays or a "table".
        flat: of each array, whether it had the shape `(time,)`.
        series: of a table, its series.
        form: of a table, its form.
    """

    values: list[np.ndarray]
    seasons: list[int | None]
    kind: str
    flat: list[bool]
    series: list[frames.Series]
    form: frames.Form | None

    def output(self, forecasts: Sequence[np.ndarray], levels: Sequence[float]) -> Any:
        """Forecasts in the kind of the series.

        Args:
            forecasts: of each series, shape `(horizon, channels, levels)`.
            levels: levels of the quantiles.
        """
        if self.form is not None:
            return frames.written(forecasts, self.series, self.form, levels)
        arrays = [a[:, 0] if flat else a for a, flat in zip(forecasts, self.flat, strict=True)]
        return arrays[0] if self.kind == "one" else arrays

    def labels(self, number: int, horizon: int) -> tuple[Any, list[str]]:
        """Times of a series and of the steps that follow it, and the names of its channels.

        Args:
            number: number of the series.
            horizon: number of steps that follow.
        """
        if self.form is None:
            values = self.values[number]
            name = f"series {number}" if self.kind == "many" else "series"
            many = values.shape[1] > 1
            names = [f"{name}, channel {k}" if many else name for k in range(values.shape[1])]
            return np.arange(len(values) + horizon), names
        one, pandas = self.series[number], frames.import_pandas()
        future = ahead(one.index, one.frequency, horizon, pandas)
        times = one.index.append(future)
        if isinstance(times, pandas.PeriodIndex):
            times = times.to_timestamp()
        parts = [[] if one.key is None else [str(one.key)], [str(name) for name in one.channels]]
        if one.key is not None and len(one.channels) == 1:
            return times.to_numpy(), parts[0]
        return times.to_numpy(), [", ".join([*parts[0], name]) for name in parts[1]]


def read(series: Any, **columns: str | None) -> Inputs:
    """Read series of any kind.

    Args:
        series: see `Forecasting.forecast`.
        **columns: `time`, `key` and `value` of a table, see `frames.read`.

    Raises:
        TypeError, ValueError: it is not a series, see `as_values` and `frames.read`.
    """
    if frames.is_table(series):
        found, form = frames.read(series, **columns)
        pandas = frames.import_pandas()
        for one in found:
            as_values(one.values, _name(one))
        seasons = [season(one.index, one.frequency, pandas) for one in found]
        return Inputs([one.values for one in found], seasons, "table", [], found, form)
    if any(columns.values()):
        raise ValueError(
            f"Expected a table where columns are named. Received: {type(series).__name__}."
        )
    many = isinstance(series, (list, tuple)) and (not series or not np.isscalar(series[0]))
    many = many and not (series and series[0] is None)
    given = list(series) if many else [series]
    if any(frames.is_table(one) for one in given):
        raise TypeError(
            "Expected a list of arrays. Received: a list with tables. Put their series into one "
            "table with a column of ids."
        )
    names = [f"series {number}" for number in range(len(given))] if many else ["the series"]
    values = [as_values(one, name) for one, name in zip(given, names, strict=True)]
    flat = [np.ndim(one) == 1 for one in given]
    return Inputs(values, [None] * len(values), "many" if many else "one", flat, [], None)


def _name(series: frames.Series) -> str:
    return "the series" if series.key is None else f"series {series.key!r}"
