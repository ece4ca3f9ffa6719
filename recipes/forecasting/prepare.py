"""Examples to train on: synthetic series, and windows of real series that are in no test."""

import dataclasses

import numpy as np

from gru_zoo.base.series.seasons import LONG_SEASONS
from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.data import beijing_pm25, forecasting_competitions
from gru_zoo.tasks.forecasting.targets import targets
from gru_zoo.tasks.forecasting.windows import windows
from recipes.forecasting.generator import draw

Random = np.random.Generator


@dataclasses.dataclass(frozen=True)
class Shape:
    """Batches of one shape.

    Args:
        past: longest past, in steps.
        shortest: shortest past.
        horizon: future steps.
        rows: rows of a batch.
        share: part of the batches that have this shape.
        seasons: steps of the seasons that are drawn.
    """

    past: int
    shortest: int
    horizon: int
    rows: int
    share: float
    seasons: tuple[int, ...]


# Short series are those of business; their seasons are years of months or quarters, or none.
SHAPES = (
    Shape(160, 5, 24, 192, 0.62, (1, 1, 1, 4, 4, 12, 12, 12, 7, 5, 24, 52)),
    Shape(512, 100, 64, 56, 0.24, (1, 1, 5, 7, 7, 12, 24, 24, 48, 52, 96, 30)),
    Shape(2_048, 400, 192, 20, 0.1, (1, 7, 24, 24, 48, 96, 96, 144, 168, 60, 365)),
    Shape(2_048, 400, 720, 12, 0.04, (1, 7, 24, 24, 48, 96, 96, 144, 168, 60)),
)
_GROUPS = 4  # of a batch, each of series of one length
_LEAST = 16  # steps that a series must be longer than the shortest past
_REAL = 0.3  # share of the rows that are windows of real series


@dataclasses.dataclass(frozen=True)
class Panel:
    """Real series of one frequency.

    Args:
        series: values, float64, each shape `(time,)`.
        season: steps of a season.
        share: how often its series are drawn, relative to others.
    """

    series: list[np.ndarray]
    season: int
    share: float

    def fits(self, shape: Shape) -> bool:
        """Whether a series has room for the shortest past and a part of the horizon."""
        longest = max(map(len, self.series))
        return self.season <= max(shape.seasons) and longest >= shape.shortest + _LEAST


# Set: share, and steps that are added up to make series of a lower frequency, with their season
# and share.
_SOURCES = {
    "train_aus_retail": (1.0, ((3, 4, 0.8), (12, 1, 0.3))),
    "train_carparts": (0.3, ()),
    "train_nngc1": (0.5, ()),
    "train_pbs_scripts": (0.8, ((3, 4, 0.8), (12, 1, 0.3))),
    "train_us_employment": (1.0, ((3, 4, 0.8), (12, 1, 1.0))),
    "train_vic_elec": (0.7, ((2, 24, 0.5), (48, 7, 0.4))),
    "m4_hourly": (1.2, ((24, 7, 0.3),)),
    "beijing_pm25": (0.5, ((24, 7, 0.3),)),
}


# Series of M3 that occur in a panel, by its name and their number.
_IN_TESTS = {("train_nngc1", 30)}


def panels(root, held_out: bool) -> list[Panel]:
    """The real series to train on, or the tenth of them that is held out.

    Args:
        root: data folder; None means `$GRU_ZOO_DATA`.
        held_out: whether to return the series that validate. Of sets with few series, which
            validate nothing, all are trained on.
    """
    result = []
    for name, (share, sums) in _SOURCES.items():
        module = beijing_pm25 if name == "beijing_pm25" else forecasting_competitions
        loaded = module.load("train" if name == "beijing_pm25" else name, root)
        columns = [(column, series.period) for series in loaded for column in series.values.T]
        if len(columns) >= 20:
            columns = [
                pair
                for i, pair in enumerate(columns)
                if (i % 10 == 3) == held_out and (name, i) not in _IN_TESTS
            ]
        elif held_out:
            continue
        by_season: dict[int, list] = {}
        for column, period in columns:
            by_season.setdefault(period, []).append(column)
        for season, some in by_season.items():
            result.append(Panel(some, season, share * len(some) / len(columns)))
        for steps, season, part in sums:
            result.append(Panel([_summed(column, steps) for column, _ in columns], season, part))
    return result


def _summed(values: np.ndarray, steps: int) -> np.ndarray:
    return values[len(values) % steps :].reshape(-1, steps).sum(axis=1)


class Mixture(SeededDataset):
    """Batches of synthetic and real windows of several lengths, new ones in every epoch.

    Args:
        real: panels to cut windows from; none for synthetic series alone.
        patch: steps of a patch of the model.
        batches: number of batches of an epoch.
        seed: seed of everything.
        fixed: whether all epochs have the batches of the first, to validate.
        scale: factor of the rows of each batch.
    """

    def __init__(
        self,
        real: list[Panel],
        patch: int,
        batches: int,
        seed: int,
        fixed: bool = False,
        scale: float = 1.0,
    ):
        self.real, self.patch, self.batches, self.fixed = real, patch, batches, fixed
        self.scale = scale
        super().__init__(seed)

    def _plan_epoch(self, random: Random) -> list[int]:
        shares = [shape.share for shape in SHAPES]
        kinds = np.repeat(
            np.arange(len(SHAPES)),
            np.maximum(1, np.round(np.array(shares) * self.batches).astype(int)),
        )
        random.shuffle(kinds)
        return list(kinds)

    def rows_of_an_epoch(self) -> int:
        """Number of windows of an epoch, synthetic and real."""
        return sum(self._rows(plan) for plan in self._plan)

    def _rows(self, plan: int) -> int:
        return max(_GROUPS * 2, int(SHAPES[plan].rows * self.scale))

    def _batch(self, index: int, plan: int) -> tuple[list[np.ndarray], np.ndarray]:
        random = np.random.default_rng((self.seed, 0 if self.fixed else self.epoch, index, 7))
        shape = SHAPES[plan]
        rows = self._rows(plan)
        values, season = _rows(random, shape, rows, self.real)
        past, future = values[:, : shape.past], values[:, shape.past :]
        told = np.where(random.random(rows) < 0.9, season, random.choice(shape.seasons, rows))
        longer = np.array([LONG_SEASONS.get(int(steps), 0) for steps in told])
        longer = np.where(random.random(rows) < 0.8, longer, 0)
        made = windows(past, told, longer, shape.horizon, self.patch)
        return tuple(made.inputs), targets(made, future, self.patch)


def _rows(random: Random, shape: Shape, rows: int, real: list[Panel]):
    """Whole windows, NaN where nothing is known, and the seasons of their series."""
    values = np.full((rows, shape.past + shape.horizon), np.nan)
    season = random.choice(shape.seasons, rows)
    real = [panel for panel in real if panel.fits(shape)]
    count = int(rows * _REAL) if real else 0
    for group in np.array_split(np.arange(rows - count), _GROUPS):
        low, high = np.log(shape.shortest), np.log(shape.past)
        length = int(np.exp(random.uniform(low, high)).round()) + shape.horizon
        values[group, -length:] = draw(random, len(group), length, season[group])
    for row in range(rows - count, rows):
        season[row] = _cut(random, shape, real, values[row])
    _with_gaps(random, values, shape.past)
    return values, season


def _cut(random: Random, shape: Shape, real: list[Panel], row: np.ndarray) -> int:
    """Fill a row with a window of a real series; the season of it."""
    shares = np.array([panel.share for panel in real])
    while True:
        panel = real[random.choice(len(real), p=shares / shares.sum())]
        series = panel.series[random.integers(len(panel.series))]
        if random.random() < 0.2:  # mixed with another one
            other = panel.series[random.integers(len(panel.series))]
            length = min(len(series), len(other))
            first, second = (s[-length:] / (np.nanstd(s) + 1e-9) for s in (series, other))
            weight = random.random()
            series = weight * first + (1 - weight) * second
        rest = min(shape.horizon, max(4, len(series) // 4), len(series) - shape.shortest)
        if len(series) < shape.shortest + 4:
            continue
        start = int(random.integers(shape.shortest, len(series) - rest + 1))
        begin = max(0, start - shape.past)
        if random.random() < 0.3:  # as if it had begun later
            low, high = np.log(shape.shortest), np.log(start - begin)
            begin = start - int(np.exp(random.uniform(low, high)))
        past, future = series[begin:start], series[start : start + shape.horizon]
        if np.isfinite(past).sum() < 3:
            continue
        if random.random() < 0.1:
            past, future = -past, -future
        row[shape.past - len(past) : shape.past] = past
        row[shape.past : shape.past + len(future)] = future
        return panel.season


def _with_gaps(random: Random, values: np.ndarray, past: int) -> None:
    """Remove values of the past from some rows: single ones, and stretches."""
    rows, length = len(values), values.shape[1]
    single = random.random((rows, length)) < random.uniform(0.02, 0.4, (rows, 1))
    single &= (random.random(rows) < 0.08)[:, None]
    left = random.integers(0, past, (rows, 1))
    time = np.arange(length)
    stretch = (time >= left) & (time < left + random.integers(1, past // 4, (rows, 1)))
    stretch &= (random.random(rows) < 0.05)[:, None]
    gaps = (single | stretch) & (time < past)
    enough = (np.isfinite(values) & ~gaps)[:, :past].sum(axis=1) >= 3
    values[gaps & enough[:, None]] = np.nan
