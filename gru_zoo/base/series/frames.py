"""Series in tables: pandas, polars and CSV, wide or long, and forecasts in the same form."""

import dataclasses
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gru_zoo.base.series.calendar import ahead, regular
from gru_zoo.data.tables import Table

if TYPE_CHECKING:
    import pandas as pd

_TIMES = ("date", "time", "datetime", "timestamp", "ds", "day", "month")
_IDS = ("id", "unique_id", "item_id", "series")
_MISSING = ("", "na", "nan", "n/a", "null", "none", ".", "-")  # cells of files
_PIP = "pip install gru-zoo[tables]"


@dataclasses.dataclass(frozen=True)
class Series:
    """One series with its times.

    Args:
        values: float64, shape `(time, channels)`.
        channels: names of the channels.
        index: a time for each value.
        frequency: the pandas offset between two times; None for whole numbers.
        key: value of the column of ids; None if there is none.
    """

    values: np.ndarray
    channels: tuple[Any, ...]
    index: "pd.Index"
    frequency: Any
    key: Any = None


@dataclasses.dataclass(frozen=True)
class Form:
    """How a table holds its series.

    Args:
        time: column of the times; None if they are the index.
        key: column of the ids; None if there is one series.
        single: whether the table is a pandas Series.
        polars: whether to return a polars frame.
    """

    time: str | None
    key: str | None
    single: bool = False
    polars: bool = False


def import_pandas() -> Any:
    """The module pandas.

    Raises:
        ImportError: it is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError(f"Tables of series need pandas: {_PIP}") from error
    return pandas


def is_table(series: Any) -> bool:
    """Whether this is a pandas or polars object, or the path of a file."""
    module = type(series).__module__.partition(".")[0]
    return module in ("pandas", "polars") or isinstance(series, (str, os.PathLike))


def read(
    table: Any, time: str | None = None, key: str | None = None, value: str | None = None
) -> tuple[list[Series], Form]:
    """Read the series of a table.

    Args:
        table: a pandas Series or DataFrame, a polars DataFrame, or the path of a table. Times are
            the index, if that has any, or a column.
        time: column of the times; None takes the only column of times, or one with a usual name,
            such as "date".
        key: column of the ids of a table in long form, a row for each value of each series; None
            takes one with a usual name, such as "id".
        value: column of the values; None takes all columns of numbers as channels.

    Raises:
        ImportError: pandas is not installed.
        ValueError: the columns are not there, or the times are not regular.
    """
    pandas = import_pandas()
    polars = type(table).__module__.startswith("polars")
    if isinstance(table, (str, os.PathLike)):
        frame = _read_file(table, pandas)
    elif polars:
        frame = pandas.DataFrame({name: table[name].to_list() for name in table.columns})
    elif isinstance(table, pandas.Series):
        form = Form(None, None, single=True)
        return [_series(table.to_frame(table.name), None, pandas)], form
    else:
        frame = table
    key = _column(frame, key, _IDS)
    has_times = isinstance(frame.index, (pandas.DatetimeIndex, pandas.PeriodIndex))
    time = None if has_times and time is None else _time_column(frame, time, pandas)
    if time is not None:
        frame = frame.assign(**{time: _as_times(frame[time], time, pandas)})
    parts = [(None, frame)] if key is None else list(frame.groupby(key, sort=False))
    series = []
    for name, part in parts:
        part = part.drop(columns=[] if key is None else [key])
        part = part if time is None else part.set_index(time)
        part = part if value is None else part[[value]]
        series.append(_series(part, name, pandas))
    return series, Form(time, key, polars=polars)


def _read_file(path: str | os.PathLike, pandas: Any) -> "pd.DataFrame":
    """A table of text cells, in which numbers are numbers and empty cells are missing."""
    frame = pandas.DataFrame(list(Table(path).rows()))
    for name in frame.columns:
        cells = frame[name].str.strip()
        missing = cells.str.lower().isin(_MISSING)
        numbers = pandas.to_numeric(cells.mask(missing), errors="coerce")
        if not (numbers.isna() & ~missing).any():
            frame[name] = numbers
    return frame


def _column(frame: "pd.DataFrame", name: str | None, usual: Sequence[str]) -> Any:
    """A column by its name, or the only one with a usual name, whatever its case."""
    if name is not None:
        if name not in frame.columns:
            raise ValueError(
                f"Expected a column {name!r}. Received: the columns {list(frame.columns)}."
            )
        return name
    found = [column for column in frame.columns if str(column).strip().lower() in usual]
    return found[0] if len(found) == 1 else None


def _time_column(frame: "pd.DataFrame", time: str | None, pandas: Any) -> Any:
    """The column of the times; None if the rows have no times."""
    found = _column(frame, time, _TIMES)
    if found is not None:
        return found
    is_time = pandas.api.types.is_datetime64_any_dtype
    columns = [name for name in frame.columns if is_time(frame[name])]
    if len(columns) == 1:
        return columns[0]
    texts = [name for name in frame.columns if frame[name].dtype.kind not in "biufc"]
    if len(columns) > 1 or texts:
        raise ValueError(
            f"Expected one column of times. Received: the columns {list(frame.columns)}. Name it "
            "with time=, and leave out columns that are no numbers."
        )
    return None


def _as_times(column: "pd.Series", name: str, pandas: Any) -> "pd.Series":
    if column.dtype.kind in "iu" and column.between(1500, 2500).all():  # years
        column = column.astype(str)
    if column.dtype.kind in "iuf":
        return column
    try:
        return pandas.to_datetime(column)
    except (ValueError, TypeError) as error:
        raise ValueError(f"Expected times in column {name!r}. Received: {error}") from None


def _series(frame: "pd.DataFrame", key: Any, pandas: Any) -> Series:
    """A series of a frame whose index has the times."""
    where = "the series" if key is None else f"series {key!r}"
    wrong = [name for name in frame.columns if frame[name].dtype.kind not in "biuf"]
    if wrong:
        raise ValueError(
            f"Expected columns of numbers in {where}. Received: {wrong} of other types. Leave them "
            "out, or name the column with value=."
        )
    frame, frequency = regular(frame.sort_index(), where, pandas)
    values = frame.to_numpy("float64")
    return Series(values, tuple(frame.columns), frame.index, frequency, key)


def written(
    forecasts: Sequence[np.ndarray], series: Sequence[Series], form: Form, levels: Sequence[float]
) -> Any:
    """Forecasts as a table of the form in which the series came.

    Args:
        forecasts: of each series, shape `(horizon, channels, levels)`.
        series: the series.
        form: the form of their table.
        levels: levels of the quantiles, which name columns.

    Returns:
        A pandas DataFrame with a column for each level, or for each pair of channel and level if
        there are several channels; in long form with the column of ids. A polars frame for polars,
        whose names of columns are texts.
    """
    pandas = import_pandas()
    frames = []
    for one, values in zip(series, forecasts, strict=True):
        index = ahead(one.index, one.frequency, len(values), pandas)
        columns: Any = [*levels]
        if len(one.channels) > 1:
            columns = pandas.MultiIndex.from_product([one.channels, levels])
        frame = pandas.DataFrame(values.reshape(len(values), -1), index, columns)
        frames.append(frame.rename_axis(form.time or one.index.name))
    if form.key is None and not form.polars:
        return frames[0]
    for frame in frames:
        frame.columns = [
            " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
            for name in frame.columns
        ]
    if form.key is not None:
        for frame, one in zip(frames, series, strict=True):
            frame.insert(0, form.key, one.key)
    joined = pandas.concat(frames).reset_index()
    if form.key is not None:
        joined = joined[[form.key, *(name for name in joined.columns if name != form.key)]]
    if not form.polars:
        return joined
    import polars

    return polars.DataFrame({name: joined[name].to_list() for name in joined.columns})
