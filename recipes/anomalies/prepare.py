"""Examples to train on: synthetic series, and real ones that are in no benchmark of anomalies."""

import dataclasses

import numpy as np

from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.data import beijing_pm25, forecasting_competitions
from gru_zoo.tasks.anomalies.batches import examples_of
from recipes.anomalies.server_metrics import draw_metrics
from recipes.forecasting.generator import draw

SEASONS = (1, 1, 7, 12, 24, 24, 48, 96, 144, 288, 288)
_LENGTHS, _SHARES = (500, 900, 1_400), (0.35, 0.4, 0.25)  # steps that are read, of a batch
_TRAINED = 384  # steps of them that are trained on
_REAL, _SERVERS = 0.25, 0.45  # shares of the rows
_TOLD = 0.8  # share of the rows whose season the features know
_FROM_START = 0.3  # share of the batches that are trained on from the first step on
_GAPS = 0.1  # share of the rows with missing values

PANELS = ("m4_hourly", "train_vic_elec", "train_us_employment", "beijing_pm25")


@dataclasses.dataclass(frozen=True)
class Panel:
    """Real series of one frequency.

    Args:
        name: name of the panel.
        series: values, float64, each shape `(time,)`.
        season: steps of a season.
    """

    name: str
    series: list[np.ndarray]
    season: int


def panels(root, held_out: bool) -> list[Panel]:
    """The real series to train on, or the tenth of them that is held out.

    Args:
        root: data folder; None means `$GRU_ZOO_DATA`.
        held_out: whether to return the series that validate.
    """
    result = []
    for name in PANELS:
        module = beijing_pm25 if name == "beijing_pm25" else forecasting_competitions
        loaded = module.load("train" if name == "beijing_pm25" else name, root)
        columns = [column for series in loaded for column in series.values.T]
        if len(columns) >= 20:
            columns = [one for i, one in enumerate(columns) if (i % 10 == 3) == held_out]
        elif held_out:
            continue
        result.append(Panel(name, columns, max(1, loaded[0].period)))
    return result


class Mixture(SeededDataset):
    """Batches of synthetic and real series, new ones in every epoch.

    Args:
        real: panels to cut windows from; none for synthetic series alone.
        batches: number of batches of an epoch.
        rows: series of a batch.
        units: units of the model, whose state starts at 0.
        seed: seed of everything.
        fixed: whether all epochs have the batches of the first, to validate.
    """

    def __init__(
        self,
        real: list[Panel],
        batches: int,
        rows: int,
        units: int,
        seed: int,
        fixed: bool = False,
    ):
        self.real, self.batches, self.rows, self.units = real, batches, rows, units
        self.fixed = fixed
        super().__init__(seed)

    def _plan_epoch(self, random: np.random.Generator) -> list[int]:
        return random.choice(_LENGTHS, self.batches, p=_SHARES).tolist()

    def _batch(self, index: int, plan: int) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        random = np.random.default_rng((self.seed, 0 if self.fixed else self.epoch, index, 11))
        season = random.choice(SEASONS, self.rows)
        values = made_series(random, plan, season, self.real)
        told = np.where(random.random(self.rows) < _TOLD, season, 1)
        start = 0 if random.random() < _FROM_START else plan - _TRAINED - 1
        return examples_of(values, told, start, _TRAINED, self.units)


def made_series(
    random: np.random.Generator, length: int, season: np.ndarray, real: list[Panel]
) -> np.ndarray:
    """Series of all kinds, NaN where a value is missing, shape `(rows, length)`.

    Args:
        random: source of all randomness.
        length: steps of each series.
        season: steps of the season of each, shape `(rows,)`; those of real series are written here.
        real: panels to cut windows from.
    """
    rows = len(season)
    values = np.empty((rows, length))
    kind = random.random(rows)
    real_rows = np.flatnonzero(kind < (_REAL if real else 0))
    server_rows = np.flatnonzero((kind >= _REAL) & (kind < _REAL + _SERVERS))
    others = np.setdiff1d(np.arange(rows), np.concatenate([real_rows, server_rows]))
    values[server_rows] = draw_metrics(random, len(server_rows), length, season[server_rows])
    values[others] = draw(random, len(others), length, season[others])
    for row in real_rows:
        panel = real[random.integers(len(real))]
        values[row], season[row] = _window(random, panel, length), panel.season
    gaps = (random.random(rows) < _GAPS)[:, None] * random.uniform(0, 0.2, (rows, 1))
    values[random.random((rows, length)) < gaps] = np.nan
    return values


def _window(random: np.random.Generator, panel: Panel, length: int) -> np.ndarray:
    """A window of a real series; nothing is known before the start of a shorter one."""
    series = panel.series[random.integers(len(panel.series))]
    if len(series) <= length:
        return np.concatenate([np.full(length - len(series), np.nan), series])
    start = random.integers(len(series) - length)
    return series[start : start + length]
