"""Series of forecasting competitions, and panels of public statistics to train on.

M1, M3, tourism and NN5 are the competitions of the benchmark in `chronos_zero_shot`; no model that
is tested there may train on them. The other sets are in no benchmark here.
"""

import json
import lzma
import os

from gru_zoo.data._tables import folder_of
from gru_zoo.data.examples import TimeSeries
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="forecasting_competitions",
    homepage="https://cran.r-project.org/package=Mcomp",
    licence=(
        "R packages under GPL-3; the series are facts published for research on forecasting. M4: "
        "none stated"
    ),
    citation=(
        "Makridakis et al. 1982 (M1) and 2020 (M4); Makridakis & Hibon 2000 (M3); Athanasopoulos "
        "et al. 2011 (tourism); Crone 2008 (NN5); Hyndman & Athanasopoulos 2021, Forecasting: "
        "Principles and Practice"
    ),
    files={
        "aus_retail.jsonl.xz": ("80f0fe0a3b0887746d566793893b420fc1f2dd55b4ea2d1dce4c74b493de3135"),
        "carparts.jsonl.xz": ("3c34f0d386ea3b6cd1b0c50e9c57a06a82dd702f0bcd7b97fdcf72456d3b557b"),
        "m1.jsonl.xz": ("9d08b0ad2d35073b84c71fc4dff5057361e78b15eb85442b67dc8e8e4ea49ccf"),
        "m3.jsonl.xz": ("31c9d03912daa9d7350c6ec5c3d9bb23d4d69f1d07e74508b5db7cd94002d635"),
        "m4_hourly.jsonl.xz": ("8b4ebff4a4dc86cdfef66d301c8e86213ebae7c3e37158906dc407737c10b69e"),
        "nn3.jsonl.xz": ("b47af2c71e4ae99a9edafd6bebb1f3f3ae3b6e345b1c0b63574f68c280bbdf34"),
        "nn5_daily.jsonl.xz": ("c32755498eec3f68df24d26177f775e3929cc2981b449a2509ae5464ee34035a"),
        "nngc1.jsonl.xz": ("e931ad1594ed2fda6a05aeda7817f7d92bbe4c1956f196276348e8f2f8536c59"),
        "pbs_scripts.jsonl.xz": (
            "d09ff2d484d4330c3b6467f963c601b85529a560640dda306d944bef0ff4406b"
        ),
        "tourism.jsonl.xz": ("c4871338893d767545ebe65e32fecae53d0c384ef38d4784e3b5cb4540add6f0"),
        "us_employment.jsonl.xz": (
            "1e4ff33e57d0819b676cdc9130c505a6ecd4b444864cb9057d8fb79bcd59bdbd"
        ),
        "vic_elec_halfhourly.jsonl.xz": (
            "bba3e9b56e94f4b5259303dbd2de07c4ebccff74812a15d0605edc295621e8cf"
        ),
    },
    url="https://github.com/robjhyndman/Mcomp",
    sha256="",
)

# Split: file, kind of its series, number of series. The first six are panels that have no part to
# forecast.
SPLITS = {
    "train_aus_retail": ("aus_retail", "", 152),
    "train_carparts": ("carparts", "", 2_674),
    "train_nngc1": ("nngc1", "", 66),
    "train_pbs_scripts": ("pbs_scripts", "", 336),
    "train_us_employment": ("us_employment", "", 148),
    "train_vic_elec": ("vic_elec_halfhourly", "", 2),
    "m4_hourly": ("m4_hourly", "", 414),
    "nn3": ("nn3", "", 111),
    "m1_yearly": ("m1", "YEARLY", 181),
    "m1_quarterly": ("m1", "QUARTERLY", 203),
    "m1_monthly": ("m1", "MONTHLY", 617),
    "m3_yearly": ("m3", "YEARLY", 645),
    "m3_quarterly": ("m3", "QUARTERLY", 756),
    "m3_monthly": ("m3", "MONTHLY", 1_428),
    "tourism_yearly": ("tourism", "YEARLY", 518),
    "tourism_quarterly": ("tourism", "QUARTERLY", 427),
    "tourism_monthly": ("tourism", "MONTHLY", 366),
    "nn5_daily": ("nn5_daily", "", 111),
}


def load(split: str, root: str | os.PathLike | None = None) -> list[TimeSeries]:
    """Load the series of a set, whole and in published order.

    Args:
        split: a key of `SPLITS`. Those that begin with "train" are panels without a part to
            forecast: their `start` is their length.
        root: data folder with forecasting_competitions/. Default: `$GRU_ZOO_DATA`.

    Returns:
        Series with one channel, of which the published horizon is to be forecast. Only NN5, NNGC1
        and the car parts have missing values.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of series.
    """
    import numpy as np

    check_split(SOURCE.name, split, SPLITS)
    file, kind, count = SPLITS[split]
    path = SOURCE.local_file(folder_of(SOURCE, root), f"{file}.jsonl.xz")
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    series = [
        TimeSeries(
            np.array(record["x"] + record.get("test", []), "float64")[:, None],
            len(record["x"]),
            split,
            record["freq"],
        )
        for record in records
        if not kind or record["period"] == kind
    ]
    check_count(SOURCE.name, split, len(series), count)
    return series
