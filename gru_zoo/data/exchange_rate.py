"""Exchange rates of eight currencies to the US dollar, every working day from 1990 to 2016."""

import os
from typing import TYPE_CHECKING

from gru_zoo.data._tables import read_numbers
from gru_zoo.data.examples import TimeSeries
from gru_zoo.data.source import Source, check_count, check_split

if TYPE_CHECKING:
    import numpy as np

SOURCE = Source(
    name="exchange_rate",
    homepage="https://github.com/laiguokun/multivariate-time-series-data",
    licence="none stated; exchange rates are public facts",
    citation=(
        "Lai et al. 2018, Modeling Long- and Short-Term Temporal Patterns with Deep Neural "
        "Networks, SIGIR, arXiv:1703.07015"
    ),
    files={
        "exchange_rate.txt.gz": "6a4fbb561dcdee43f071a83badbeec9223a335552278348656738b556f1c2e9d"
    },
    url="https://github.com/laiguokun/multivariate-time-series-data",
    sha256="",
)
CURRENCIES = ("AUD", "GBP", "CAD", "CHF", "CNY", "JPY", "NZD", "SGD")
HORIZONS = (3, 6, 12, 24)
ROWS = 7_588

# Rows at which a split ends: 60 % to train, the last 20 % to test (Lai et al. 2018, section 4.2).
_ENDS = {"train": 4_552, "val": 6_070, "test": ROWS}


def load(split: str, root: str | os.PathLike | None = None) -> list[TimeSeries]:
    """Load a split: the series up to the end of the split, of which the split is to be forecast.

    The benchmark forecasts single values of the split, 3, 6, 12 or 24 days ahead.

    Args:
        split: "train" (4,552 days), "val" (1,518) or "test" (1,518).
        root: data folder with exchange_rate/. Default: `$GRU_ZOO_DATA`.

    Returns:
        One series with a channel for each of `CURRENCIES`, in US dollars.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of rows.
    """
    check_split(SOURCE.name, split, _ENDS)
    start = {"train": 0, "val": _ENDS["train"], "test": _ENDS["val"]}[split]
    return [TimeSeries(table(root)[: _ENDS[split]], start, "exchange", 1, HORIZONS)]


def table(root: str | os.PathLike | None) -> "np.ndarray":
    """All rows, float64, shape `(7588, 8)`.

    Args:
        root: data folder. Default: `$GRU_ZOO_DATA`.
    """
    values = read_numbers(SOURCE, "exchange_rate.txt.gz", root, header=False)
    check_count(SOURCE.name, "all", len(values), ROWS)
    return values
