"""Electricity Transformer Temperature: the benchmark of forecasts over long horizons.

Seven channels: six loads of a transformer and the temperature of its oil, from July 2016 on, every
hour (ETTh1) or every quarter of an hour (ETTm1).
"""

import os
from typing import TYPE_CHECKING

from gru_zoo.data._tables import read_numbers
from gru_zoo.data.examples import TimeSeries
from gru_zoo.data.source import Source, check_count, check_split

if TYPE_CHECKING:
    import numpy as np

SOURCE = Source(
    name="ett",
    homepage="https://github.com/zhouhaoyi/ETDataset",
    licence="CC BY-ND 4.0",
    citation=(
        "Zhou et al. 2021, Informer: Beyond Efficient Transformer for Long Sequence Time-Series "
        "Forecasting, AAAI, arXiv:2012.07436"
    ),
    files={
        "ETTh1.csv.gz": "26204e5bf69574744981ac0c9ea74819dec71266f1caca55eaf2681ffceaa565",
        "ETTm1.csv.gz": "329ffe8e5ad2b05506d9245706b9c92dee4fbfc772ad75ab72c2f3dc52e37b7a",
    },
    url="https://github.com/zhouhaoyi/ETDataset/tree/main/ETT-small",
    sha256="",
)
HORIZONS = (96, 192, 336, 720)
ROWS = {"etth1": 17_420, "ettm1": 69_680}
STEPS_A_DAY = {"etth1": 24, "ettm1": 96}

# Days of 30-day months at which a split ends: 12 months to train, 4 to validate, 4 to test. The
# remaining rows are not used.
_ENDS = {"train": 360, "val": 480, "test": 600}
SPLITS = tuple(f"{name}_{part}" for name in ROWS for part in _ENDS)


def load(split: str, root: str | os.PathLike | None = None) -> list[TimeSeries]:
    """Load a split: the series up to the end of the split, of which the split is to be forecast.

    A window of a forecast lies in the split; the past before it may begin in an earlier one. So a
    test split of ETTh1 has 2,785, 2,689, 2,545 and 2,161 windows for the four horizons, however
    much of the past a model reads. Values are standardized by the mean and the standard deviation
    of the training rows, as in all published results.

    Args:
        split: "etth1_train", "etth1_val", "etth1_test", "ettm1_train", "ettm1_val" or "ettm1_test".
        root: data folder with ett/. Default: `$GRU_ZOO_DATA`.

    Returns:
        One series with seven channels.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of rows.
    """
    check_split(SOURCE.name, split, SPLITS)
    name, part = split.split("_")
    values, day = table(name, root), STEPS_A_DAY[name]
    train = values[: _ENDS["train"] * day]
    scaled = (values[: _ENDS[part] * day] - train.mean(axis=0)) / train.std(axis=0)
    start = {"train": 0, "val": _ENDS["train"] * day, "test": _ENDS["val"] * day}[part]
    return [TimeSeries(scaled, start, name, day, HORIZONS)]


def table(name: str, root: str | os.PathLike | None) -> "np.ndarray":
    """All rows as they were measured, float64, shape `(rows, 7)`.

    Args:
        name: "etth1" or "ettm1".
        root: data folder. Default: `$GRU_ZOO_DATA`.
    """
    (file,) = (file for file in SOURCE.files if file.lower().startswith(name))
    values = read_numbers(SOURCE, file, root)
    check_count(SOURCE.name, name, len(values), ROWS[name])
    return values
