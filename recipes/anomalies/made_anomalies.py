"""Held-out series with anomalies that were put into them, to choose settings without NAB.

    KERAS_BACKEND=torch python recipes/anomalies/made_anomalies.py anomalies_stream --data-dir DATA

measures a preset on 120 of them.
"""

import argparse
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import numpy as np

import gru_zoo
from gru_zoo.data import ett, exchange_rate, weather_jena
from gru_zoo.data.examples import LabelledSeries
from recipes.anomalies.server_metrics import draw_metrics
from recipes.forecasting.generator import draw

Random = np.random.Generator
_SHARE = 0.1  # of a series that its windows have together, as in NAB
_FIRST = 0.2  # share of a series before the first anomaly
_NORMAL = 0.1  # share of the series that get none
_COUNTS = (1, 1, 2, 2, 3)  # anomalies of the others
_DAYS = {"etth1": 24, "ettm1": 96, "weather": 144}


def made_series(root, seed: int, servers: int = 60, others: int = 12, real: int = 48) -> list:
    """Labelled series with their seasons.

    Args:
        root: data folder; None means `$GRU_ZOO_DATA`.
        seed: seed of everything.
        servers, others, real: number of series of servers, of other synthetic ones, and of the
            benchmarks of forecasts, which no preset for anomalies trains on.

    Returns:
        Pairs of a `LabelledSeries` without times and the steps of its season.
    """
    random = np.random.default_rng((seed, 5))
    pairs = [_drawn(random, draw_metrics, (1, 24, 48, 288, 288, 288)) for _ in range(servers)]
    pairs += [_drawn(random, draw, (1, 7, 24, 48, 96)) for _ in range(others)]
    tables = _tables(root)
    for number in range(real):
        values, season = tables[number % len(tables)]
        pairs.append((_cut(random, values[:, random.integers(values.shape[1])]), season))
    return [(_with_anomalies(random, values, season), season) for values, season in pairs]


def _drawn(random: Random, make, seasons) -> tuple[np.ndarray, int]:
    season = int(random.choice(seasons))
    length = int(random.integers(1_200, 5_000))
    return make(random, 1, length, np.array([season]))[0], season


def _tables(root) -> list[tuple[np.ndarray, int]]:
    found = [(ett.table(name, root), _DAYS[name]) for name in ("etth1", "ettm1")]
    found.append((weather_jena.table(root), _DAYS["weather"]))
    return [*found, (exchange_rate.table(root), 1)]


def _cut(random: Random, values: np.ndarray) -> np.ndarray:
    length = int(random.integers(1_500, 5_000))
    start = int(random.integers(len(values) - length))
    return np.where(values <= -9999, 0.0, values)[start : start + length].copy()


def _with_anomalies(random: Random, values: np.ndarray, season: int) -> LabelledSeries:
    """The series with some anomalies, each in the middle of a window."""
    steps, windows = len(values), []
    values = values.copy()
    count = 0 if random.random() < _NORMAL else int(random.choice(_COUNTS))
    size = _size(values)
    for number in range(count):
        room = (1 - _FIRST) * steps / count
        start = int(_FIRST * steps + (number + random.uniform(0.25, 0.7)) * room)
        _KINDS[random.integers(len(_KINDS))](random, values, start, season, size)
        half = int(_SHARE * steps / count / 2)
        windows.append((max(start - half, 0), min(start + half, steps - 1)))
    return LabelledSeries(values, np.arange(steps), tuple(windows))


def _size(values: np.ndarray) -> float:
    """Usual distance of a value to the median, above 0."""
    away = np.abs(values - np.median(values))
    return float(max(np.median(away), 0.3 * away.mean(), 1e-6 * (1 + np.abs(values).max())))


def _spike(random: Random, values, start: int, season: int, size: float) -> None:
    length = int(random.integers(1, 6))
    height = random.uniform(4, 20) * size * random.choice((-1, 1, 1))
    values[start : start + length] += height


def _shift(random: Random, values, start: int, season: int, size: float) -> None:
    length = int(random.uniform(0.03, 1.0) * (len(values) - start))
    values[start : start + length] += random.uniform(2, 8) * size * random.choice((-1, 1))


def _stuck(random: Random, values, start: int, season: int, size: float) -> None:
    length = max(20, int(season * random.uniform(0.5, 1.5)))
    values[start : start + length] = values[start]


def _noisy(random: Random, values, start: int, season: int, size: float) -> None:
    length = int(random.integers(20, 150))
    part = values[start : start + length]
    part += random.normal(size=len(part)) * size * random.uniform(2, 6)


def _other_season(random: Random, values, start: int, season: int, size: float) -> None:
    """A season that is mirrored, left out or moved; noise where there is none."""
    if season < 7:
        _noisy(random, values, start, season, size)
        return
    part = values[start : start + season]
    kind = random.integers(3)
    if kind == 0:
        part[:] = part.min() + part.max() - part
    elif kind == 1:
        part[:] = np.quantile(part, random.uniform(0.05, 0.3)) + 0.1 * (part - part.mean())
    else:
        part[:] = np.roll(part, season // 3)


def _growth(random: Random, values, start: int, season: int, size: float) -> None:
    length = int(random.integers(50, 250))
    part = values[start : start + length]
    part += np.linspace(0, random.uniform(5, 15) * size * random.choice((-1, 1)), len(part))


def _denser(random: Random, values, start: int, season: int, size: float) -> None:
    """The changes of the series, several times as large."""
    length = int(random.integers(30, 200))
    part = values[start : start + length]
    if len(part) > 1:
        part[:] = part.mean() + (part - part.mean()) * random.uniform(2.5, 6)


_KINDS = (_spike, _spike, _shift, _shift, _stuck, _noisy, _other_season, _growth, _denser)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", help="preset, or its folder")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    series, seasons = zip(*made_series(args.data_dir, args.seed), strict=True)
    task = gru_zoo.load(args.preset)
    for metric in task.evaluate(*task.examples(series), verbose=True, season=seasons):
        print(metric.name, f"{metric.value:.3f}", metric.signature)


if __name__ == "__main__":
    main()
