"""Synthetic series as servers, counters and sensors write them, many rows at once."""

import numpy as np

from recipes.forecasting.generator import seasonal

Random = np.random.Generator


def draw_metrics(random: Random, rows: int, length: int, season: np.ndarray) -> np.ndarray:
    """Draw loads with bursts, counts of events, repeated jobs, levels that switch, and daily waves.

    Args:
        random: source of all randomness.
        rows: number of series.
        length: steps of each.
        season: steps of the season of each series, 1 for none, shape `(rows,)`.

    Returns:
        float64, shape `(rows, length)`.
    """
    pattern = seasonal(random, rows, length, season)
    pattern *= ((season > 1) & (random.random(rows) < 0.8))[:, None]
    kind = random.integers(0, len(_KINDS), rows)
    values = np.empty((rows, length))
    for number, make in enumerate(_KINDS):
        where = np.flatnonzero(kind == number)
        if len(where):
            values[where] = make(random, pattern[where])
    size = np.exp(random.uniform(np.log(0.01), np.log(1e5), (rows, 1)))
    return values * size


def _load(random: Random, pattern: np.ndarray) -> np.ndarray:
    """A load between limits: noise with a memory, and bursts that fade."""
    rows, length = pattern.shape
    noise = random.normal(size=(rows, length))
    bursts = _rare(random, rows, length, 0.002, 0.05) * random.exponential(size=(rows, length))
    memory, fade = random.uniform(0, 0.95, rows), random.uniform(0, 0.9, rows)
    slow, hot = np.zeros((rows, length)), np.zeros((rows, length))
    for step in range(1, length):
        slow[:, step] = memory * slow[:, step - 1] + noise[:, step]
        hot[:, step] = np.maximum(fade * hot[:, step - 1], bursts[:, step])
    slow *= np.sqrt(1 - memory**2)[:, None] * _scales(random, rows, 0.01, 0.5)
    values = 1 + slow + hot * _scales(random, rows, 0.2, 5) + pattern * random.uniform(0, 0.5)
    values = np.maximum(values, 0.0)
    full = np.where(random.random(rows) < 0.3, random.uniform(1.5, 4, rows), np.inf)
    return np.minimum(values, full[:, None])


def _counts(random: Random, pattern: np.ndarray) -> np.ndarray:
    """Counts whose mean follows the season and whose bursts have heavy tails."""
    rows, length = pattern.shape
    mean = _scales(random, rows, 0.3, 300) * np.exp(pattern * random.uniform(0.1, 0.8, (rows, 1)))
    shape = _scales(random, rows, 0.7, 30)  # of the gamma distribution that spreads the mean
    mean = mean * random.gamma(shape, 1 / shape, (rows, length))
    bursts = _rare(random, rows, length, 0.001, 0.02) * random.pareto(1.5, (rows, length))
    return random.poisson(np.minimum(mean * (1 + bursts), 1e7)).astype("float64")


def _jobs(random: Random, pattern: np.ndarray) -> np.ndarray:
    """A quiet level, and jobs at a period of their own that take a few steps."""
    rows, length = pattern.shape
    period, time = random.integers(5, 300, (rows, 1)), np.arange(length)
    late = np.cumsum(random.normal(size=(rows, length)) * 0.02, axis=1) * random.integers(0, 2)
    phase = np.mod(time + late + random.integers(0, 300, (rows, 1)), period)
    on = phase < np.minimum(random.integers(1, 12, (rows, 1)), period / 2)
    high = 1 + random.normal(size=(rows, length)) * _scales(random, rows, 0.01, 0.3)
    quiet = random.normal(size=(rows, length)) * _scales(random, rows, 1e-4, 0.1)
    return random.uniform(0, 0.5, (rows, 1)) + np.where(on, high, 0.0) + quiet


def _levels(random: Random, pattern: np.ndarray) -> np.ndarray:
    """Levels that switch rarely, each with noise of its own."""
    rows, length = pattern.shape
    switch = _rare(random, rows, length, 0.0005, 0.01)
    number = np.cumsum(switch, axis=1) % 6
    means = np.take_along_axis(random.normal(size=(rows, 6)), number, axis=1)
    sizes = _scales(random, rows, 0.005, 0.3) * np.exp(random.normal(size=(rows, 6)) * 0.5)
    noise = random.standard_t(4, (rows, length)) * np.take_along_axis(sizes, number, axis=1)
    return 3 + means + noise + pattern * random.uniform(0, 0.5, (rows, 1))


def _waves(random: Random, pattern: np.ndarray) -> np.ndarray:
    """Seasons that repeat with little noise or none."""
    rows, length = pattern.shape
    size = _scales(random, rows, 1e-3, 0.3) * (random.random((rows, 1)) < 0.8)
    return 2 + pattern + random.normal(size=(rows, length)) * size


_KINDS = (_load, _counts, _jobs, _levels, _waves)


def _rare(random: Random, rows: int, length: int, low: float, high: float) -> np.ndarray:
    return random.random((rows, length)) < _scales(random, rows, low, high)


def _scales(random: Random, rows: int, low: float, high: float) -> np.ndarray:
    return np.exp(random.uniform(np.log(low), np.log(high), (rows, 1)))
