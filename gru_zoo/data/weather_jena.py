"""Weather in Jena in 2020: 21 measurements every ten minutes, a benchmark of long horizons."""

import os
from typing import TYPE_CHECKING

from gru_zoo.data._tables import read_numbers
from gru_zoo.data.examples import TimeSeries
from gru_zoo.data.source import Source, check_count, check_split

if TYPE_CHECKING:
    import numpy as np

SOURCE = Source(
    name="weather_jena_2020",
    homepage="https://www.bgc-jena.mpg.de/wetter/",
    licence=(
        "none stated; measured and published by the Max Planck Institute for Biogeochemistry, Jena"
    ),
    citation=(
        "Wu et al. 2021, Autoformer: Decomposition Transformers with Auto-Correlation for Long-Term"
        " Series Forecasting, NeurIPS, arXiv:2106.13008"
    ),
    files={"weather.csv.gz": "538b74a3db28c695f596cdcd0a774b0b541f46b2470871e2356edcfa70ef36a7"},
    url="https://github.com/thuml/Autoformer",
    sha256="",
)
HORIZONS = (96, 192, 336, 720)
ROWS = 52_696
STEPS_A_DAY = 144

# Rows at which a split ends: 70 % to train, the last 20 % to test.
_ENDS = {"train": 36_887, "val": 42_157, "test": ROWS}


def load(split: str, root: str | os.PathLike | None = None) -> list[TimeSeries]:
    """Load a split: the series up to the end of the split, of which the split is to be forecast.

    Values are standardized by the training rows, as in all published results. Those leave the mark
    of a missing value, -9999, as it is, and so does this function.

    Args:
        split: "train" (36,887 rows), "val" (5,270) or "test" (10,539).
        root: data folder with weather_jena_2020/. Default: `$GRU_ZOO_DATA`.

    Returns:
        One series with 21 channels.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of rows.
    """
    check_split(SOURCE.name, split, _ENDS)
    values = table(root)
    train = values[: _ENDS["train"]]
    scaled = (values[: _ENDS[split]] - train.mean(axis=0)) / train.std(axis=0)
    start = {"train": 0, "val": _ENDS["train"], "test": _ENDS["val"]}[split]
    return [TimeSeries(scaled, start, "weather", STEPS_A_DAY, HORIZONS)]


def table(root: str | os.PathLike | None) -> "np.ndarray":
    """All rows as they were measured, float64, shape `(rows, 21)`.

    Args:
        root: data folder. Default: `$GRU_ZOO_DATA`.
    """
    values = read_numbers(SOURCE, "weather.csv.gz", root)
    check_count(SOURCE.name, "all", len(values), ROWS)
    return values
