"""Air of Beijing every hour from 2010 to 2014: fine dust and weather."""

import csv
import gzip
import os

from gru_zoo.data._tables import folder_of
from gru_zoo.data.examples import TimeSeries
from gru_zoo.data.source import Source, check_count, check_split

_FILE = "PRSA_data_2010.1.1-2014.12.31.csv.gz"
SOURCE = Source(
    name="beijing_pm25",
    homepage="https://archive.ics.uci.edu/dataset/381/beijing+pm2+5+data",
    licence="CC BY 4.0",
    citation="Liang et al. 2015, Assessing Beijing's PM2.5 pollution, Proceedings of the Royal "
    "Society A, doi:10.1098/rspa.2015.0257",
    files={_FILE: "89b08f04a2f261b94651a01551223fbc7c72794a101f316692899dd4a805320e"},
    url="https://archive.ics.uci.edu/dataset/381/beijing+pm2+5+data",
    sha256="",
)
COLUMNS = ("pm2.5", "DEWP", "TEMP", "PRES", "Iws")
ROWS = 43_824


def load(split: str, root: str | os.PathLike | None = None) -> list[TimeSeries]:
    """Load the set, which has no published split: all rows are for training.

    Args:
        split: "train".
        root: data folder with beijing_pm25/. Default: `$GRU_ZOO_DATA`.

    Returns:
        One series with a channel for each of `COLUMNS`. Fine dust has 2,067 missing values.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of rows.
    """
    import numpy as np

    check_split(SOURCE.name, split, ("train",))
    path = SOURCE.local_file(folder_of(SOURCE, root), _FILE)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = [[row[name] for name in COLUMNS] for row in csv.DictReader(lines)]
    check_count(SOURCE.name, split, len(rows), ROWS)
    values = np.array([[np.nan if cell == "NA" else float(cell) for cell in row] for row in rows])
    return [TimeSeries(values, len(values), "beijing_pm25", 24)]
