"""Fifteen configurations of GIFT-Eval: ETT1 and the weather of Jena at several frequencies.

The other 82 configurations need sets that are not here.
"""

import csv
import datetime
import gzip
import os
import warnings
from typing import TYPE_CHECKING

from gru_zoo.data import ett, weather_jena
from gru_zoo.data._tables import folder_of
from gru_zoo.data.examples import TimeSeries
from gru_zoo.data.source import check_split

if TYPE_CHECKING:
    import numpy as np

CITATION = (
    "Aksu et al. 2024, GIFT-Eval: A Benchmark for General Time Series Forecasting Model "
    "Evaluation, arXiv:2410.10393"
)
# Steps of a short forecast and of a season at each frequency. Medium and long forecasts have 10 and
# 15 times as many steps.
FREQUENCIES = {"10T": (48, 144), "15T": (48, 96), "H": (48, 24), "D": (30, 1), "W": (8, 1)}
TERMS = {"short": 1, "medium": 10, "long": 15}
SHARE, MAX_WINDOWS = 0.1, 20  # of a series that is forecast, and windows in it
CONFIGURATIONS = (
    *(f"ett1/{frequency}/{term}" for frequency in ("15T", "H") for term in TERMS),
    "ett1/D/short",
    "ett1/W/short",
    *(f"jena_weather/{frequency}/{term}" for frequency in ("10T", "H") for term in TERMS),
    "jena_weather/D/short",
)


def load(split: str, root: str | os.PathLike | None = None) -> list[TimeSeries]:
    """Load the windows of all configurations; `origin` is the name of the configuration.

    The windows of a series follow each other without overlap up to its end. A forecast may read all
    that lies before its window.

    Args:
        split: "test".
        root: data folder with ett/ and weather_jena_2020/. Default: `$GRU_ZOO_DATA`.

    Returns:
        Series with 7 or 21 channels, whose values from `start` on are to be forecast.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks a set.
        ValueError: unknown split, wrong checksum, or wrong number of rows.
    """
    check_split("gift-eval-held-15", split, ("test",))
    tables = _tables(root)
    series = []
    for name in CONFIGURATIONS:
        place, frequency, term = name.split("/")
        values = tables[place, frequency]
        steps, period = FREQUENCIES[frequency]
        horizon = steps * TERMS[term]
        windows = min(MAX_WINDOWS, max(1, -int(-SHARE * len(values) // horizon)))
        for left in range(windows, 0, -1):
            start = len(values) - left * horizon
            series.append(TimeSeries(values[: start + horizon], start, name, period))
    return series


def _tables(root: str | os.PathLike | None) -> "dict[tuple[str, str], np.ndarray]":
    """Values by place and frequency: sums of the transformer's, and means of the weather."""
    import numpy as np

    quarters = ett.table("ettm1", root)
    daily = _joined(quarters, 96).sum(axis=1)
    weather, by_calendar = _weather(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of hours that are missing whole
        weather_means = {
            ("jena_weather", "H"): np.nanmean(_joined(by_calendar, 6), axis=1),
            ("jena_weather", "D"): np.nanmean(_joined(by_calendar, 144), axis=1),
        }
    return {
        ("ett1", "15T"): quarters,
        ("ett1", "H"): _joined(quarters, 4).sum(axis=1),
        ("ett1", "D"): daily,
        ("ett1", "W"): _joined(daily, 7).sum(axis=1),
        ("jena_weather", "10T"): weather,
        **weather_means,
    }


def _joined(values: "np.ndarray", steps: int) -> "np.ndarray":
    """Rows by intervals of several steps, shape `(intervals, steps, channels)`."""
    return values[: len(values) // steps * steps].reshape(-1, steps, values.shape[1])


def _weather(root: str | os.PathLike | None) -> "tuple[np.ndarray, np.ndarray]":
    """The weather at every ten minutes of 2020, NaN where a row is missing, `(52704, 21)` twice.

    The first begins at ten past midnight, as the file does; the second begins at midnight. The mark
    of a missing value, -9999, stays, as in the benchmark, whose published errors of the seasonal
    naive forecast are met with it alone.
    """
    import numpy as np

    values = weather_jena.table(root)
    path = weather_jena.SOURCE.local_file(folder_of(weather_jena.SOURCE, root), "weather.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        times = [row[0] for row in list(csv.reader(lines))[1:]]
    first, step = datetime.datetime(2020, 1, 1), datetime.timedelta(minutes=10)
    places = [(datetime.datetime.fromisoformat(time) - first) // step for time in times]
    grid = np.full((places[-1] + 1, values.shape[1]), np.nan)
    grid[places] = values
    return grid[1:], grid[:-1]
