"""Times of series: their frequency, their gaps, and the times that follow."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gru_zoo.base.series.seasons import of_step

if TYPE_CHECKING:
    import pandas as pd

# Calendar frequencies, tried where the steps are not all of one length.
_CALENDAR = ("B", "D", "MS", "ME", "QS", "QE", "YS", "YE", "BMS", "BME")
_FILLED = 0.5  # share of the times of a frequency that must be there
_BUSINESS_DAYS = 5


def regular(frame: "pd.DataFrame", where: str, pandas: Any) -> "tuple[pd.DataFrame, Any]":
    """A frame with a row for each time of its frequency, NaN in the rows that were missing.

    Args:
        frame: its index has times, periods or whole numbers, ascending.
        where: name of the series in errors.
        pandas: the module.

    Returns:
        The frame, and the offset between two times; None for an index of numbers.

    Raises:
        ValueError: a time occurs twice, or the times have no frequency.
    """
    index = frame.index
    repeated = index[index.duplicated()]
    if len(repeated):
        raise ValueError(
            f"Expected each time once in {where}. Received: {repeated[0]} twice. Sum up or remove "
            "repeated rows, or name the column of ids with id=."
        )
    if isinstance(index, pandas.PeriodIndex):
        whole = pandas.period_range(index[0], index[-1], freq=index.freq)
        return frame.reindex(whole.rename(index.name)), index.freq
    if not isinstance(index, pandas.DatetimeIndex):
        return frame, None
    if index.hasnans:
        raise ValueError(f"Expected a time in each row of {where}. Received: a missing one.")
    offset = _offset(index, where, pandas)
    whole = pandas.date_range(index[0], index[-1], freq=offset, name=index.name)
    return frame.reindex(whole), offset


def _offset(index: "pd.DatetimeIndex", where: str, pandas: Any) -> Any:
    """The frequency of times, of which some may be missing."""
    to_offset = pandas.tseries.frequencies.to_offset
    if index.freq is not None:
        return index.freq
    found = pandas.infer_freq(index) if len(index) > 2 else None
    if found is not None:
        return to_offset(found)
    steps = np.diff(index.asi8)
    usual = pandas.Timedelta(int(np.median(steps)), unit=index.unit) if len(steps) else None
    weekly = [f"W-{day}" for day in ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")]
    candidates = [] if usual is None else [to_offset(usual)]
    shares: list[tuple[float, int, Any]] = []
    for offset in [*candidates, *map(to_offset, (*_CALENDAR, *weekly))]:
        whole = pandas.date_range(index[0], index[-1], freq=offset)
        if index.isin(whole).all():
            shares.append((len(index) / len(whole), -len(shares), offset))
    if shares and max(shares)[0] >= _FILLED:
        return max(shares)[2]
    raise ValueError(
        f"Expected times at equal steps in {where}. Received: steps of "
        f"{pandas.Timedelta(int(steps.min()), unit=index.unit)} to "
        f"{pandas.Timedelta(int(steps.max()), unit=index.unit)}. Resample them first, such as "
        "series.resample('D').mean()."
    )


def season(index: "pd.Index", offset: Any, pandas: Any) -> int | None:
    """Steps of the usual season of a frequency; None for an index without times.

    Args:
        index: times at equal steps.
        offset: the offset between two of them.
        pandas: the module.
    """
    if offset is None or len(index) < 2:
        return None
    if offset == pandas.offsets.BDay():
        return _BUSINESS_DAYS
    times = index.to_timestamp() if isinstance(index, pandas.PeriodIndex) else index
    return of_step((times[-1] - times[0]).total_seconds() / (len(times) - 1))


def ahead(index: "pd.Index", offset: Any, count: int, pandas: Any) -> "pd.Index":
    """The times that follow an index.

    Args:
        index: times, periods or numbers.
        offset: from `regular`.
        count: number of times.
        pandas: the module.
    """
    if isinstance(index, pandas.PeriodIndex):
        return pandas.period_range(index[-1] + 1, periods=count, freq=index.freq, name=index.name)
    if isinstance(index, pandas.DatetimeIndex):
        times = pandas.date_range(index[-1], periods=count + 1, freq=offset, name=index.name)
        return times[1:]
    step = index[-1] - index[-2] if len(index) > 1 else 1
    return pandas.Index(index[-1] + step * np.arange(1, count + 1), name=index.name)
