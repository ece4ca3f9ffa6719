"""Synthetic series: random trends, seasons and noise, many rows at once.

The parts are those of the corpora on which forecasters without a training set of their own are
trained: sums and products of Gaussian processes (Ansari et al. 2024, Chronos, appendix A), the
processes behind exponential smoothing (Hyndman et al. 2008, Forecasting with Exponential
Smoothing), growth curves, steps, regimes, intermittent counts, and faults of sensors. All is drawn
from the generator that is passed, so a seed gives the same series again.
"""

import numpy as np

Random = np.random.Generator


def draw(random: Random, rows: int, length: int, season: np.ndarray) -> np.ndarray:
    """Draw series of one length.

    Args:
        random: source of all randomness.
        rows: number of series.
        length: steps of each.
        season: steps of the season of each series, 1 for none, shape `(rows,)`.

    Returns:
        float64, shape `(rows, length)`, without missing values.
    """
    trend = _by_group(random, rows, length, _TRENDS)
    trend += _years_of_days(random, length, season)
    pattern = seasonal(random, rows, length, season)
    noise = _noise(random, rows, length)
    has_trend = random.random(rows) < 0.9
    weights = np.stack(
        [
            has_trend * _log_uniform(random, rows, 0.1, 3.0),
            (season > 1) * (random.random(rows) < 0.9) * _log_uniform(random, rows, 0.1, 3.0),
            (random.random(rows) < 0.92) * _log_uniform(random, rows, 0.01, 1.0),
        ]
    )[..., None]
    parts = weights * np.stack([trend, pattern, noise])
    added = parts.sum(axis=0)
    # The other series grow and swing in proportion to their level.
    size = (random.uniform(0.1, 0.7, rows) / weights.sum(axis=0)[:, 0].clip(1e-6))[:, None]
    level = np.exp(np.clip(parts[0] * size, -4, 4))
    multiplied = level * (1 + np.tanh(parts[1] * size)) * (1 + np.tanh(parts[2] * size) * 0.7)
    pure = np.exp(np.clip(added * size, -4, 4))
    kind = random.choice(3, rows, p=(0.5, 0.35, 0.15))[:, None]
    values = np.where(kind == 0, added, np.where(kind == 1, multiplied, pure))
    return _finished(random, values, season)


def _finished(random: Random, values: np.ndarray, season: np.ndarray) -> np.ndarray:
    """Series with counts, spikes, steps, limits, and in units of their own."""
    rows, length = values.shape
    rest = values - values.min(axis=1, keepdims=True)
    rest = rest / rest.mean(axis=1, keepdims=True).clip(1e-9)
    if random.random() < 0.5:
        counts = random.random(rows) < 0.12
        mean = _log_uniform(random, rows, 0.1, 30.0)[:, None]
        values = np.where(counts[:, None], random.poisson(np.minimum(rest * mean, 1e6)), values)
        demand = random.random((rows, length)) < random.uniform(0.05, 0.6, (rows, 1))
        sparse = (random.random(rows) < 0.05)[:, None]
        values = np.where(sparse, demand * (1 + random.poisson(rest * mean / 3)), values)
    spread = values.std(axis=1, keepdims=True)
    spikes = random.random((rows, length)) < random.uniform(0, 0.02, (rows, 1))
    spikes &= (random.random(rows) < 0.1)[:, None]
    values = values + spikes * spread * random.standard_t(2, (rows, length)).clip(-20, 20) * 2
    regular = (random.random(rows) < 0.05) & (season > 1)  # a spike at one phase of each season
    phase = random.integers(0, season)[:, None]
    at_phase = (np.arange(length) % season[:, None]) == phase
    values = values + (regular[:, None] & at_phase) * spread * random.uniform(1, 5, (rows, 1))
    low, high = np.quantile(values, [0.15, 0.9], axis=1)[..., None]
    cut = random.random(rows)[:, None]
    values = np.where(cut < 0.04, np.maximum(values, low), values)
    values = np.where(cut > 0.97, np.minimum(values, high), values)
    rounded = (random.random(rows) < 0.1)[:, None]
    grid = spread.clip(1e-9) / random.uniform(3, 30, (rows, 1))
    values = np.where(rounded, np.round(values / grid) * grid, values)
    constant = (random.random(rows) < 0.01)[:, None]
    values = np.where(constant, values[:, :1], values)
    positive = random.random(rows) < 0.6
    floor = np.where(positive, -values.min(axis=1), 0.0)
    floor += positive * spread[:, 0] * random.choice((0.0, 0.2, 1.0, 3.0, 10.0), rows)
    flipped = np.where(random.random(rows) < 0.15, -1.0, 1.0)[:, None]
    return np.where(positive[:, None], values + floor[:, None], values * flipped)


def seasonal(random: Random, rows: int, length: int, season: np.ndarray) -> np.ndarray:
    """Patterns that repeat each season: waves, free shapes and pulses, some of them changing.

    A day of 24, 48, 96 or 144 steps may differ by the day of a week.

    Args:
        random, rows, length, season: see `draw`.

    Returns:
        float64, shape `(rows, length)`, standard deviation about 1.
    """
    most = int(season.max())
    place = np.arange(most)[None] / season[:, None]
    table = np.zeros((rows, most))
    for harmonic in range(1, 7):
        size = random.normal(size=(rows, 1)) / harmonic ** random.uniform(0.3, 2.0, (rows, 1))
        phase = random.uniform(0, 2 * np.pi, (rows, 1))
        table += size * np.sin(2 * np.pi * harmonic * place + phase)
    free = random.normal(size=(rows, most))
    bumps = np.exp(
        -np.square((place - random.random((rows, 1))) * random.uniform(2, 20, (rows, 1)))
    )
    blocks = (place < random.uniform(0.2, 0.8, (rows, 1))) * 2.0 - 1
    kind = random.choice(4, rows, p=(0.55, 0.25, 0.12, 0.08))[:, None]
    table = np.choose(kind, [table, free, bumps * 3, blocks])
    table = table - table.mean(axis=1, keepdims=True)
    table /= table.std(axis=1, keepdims=True).clip(1e-6)
    time = np.arange(length) + random.integers(0, season)[:, None]
    values = np.take_along_axis(table, time % season[:, None], axis=1)
    cycle = time // season[:, None]
    count = int(cycle.max()) + 1
    # The size of the season changes slowly, or its shape drifts toward another one.
    changing = (random.random(rows) < 0.4)[:, None] * random.uniform(0.02, 0.2, (rows, 1))
    sizes = np.exp(np.cumsum(random.normal(size=(rows, count)) * changing, axis=1).clip(-1.5, 1.5))
    values = values * np.take_along_axis(sizes, cycle, axis=1)
    if most >= 7:
        weekly = random.normal(size=(rows, 7)) * random.uniform(0.1, 0.6, (rows, 1))
        off = random.random((rows, 1)) < 0.5
        weekly = np.where(off, np.arange(7)[None] >= 5, weekly) * random.uniform(-1, 1, (rows, 1))
        week = np.take_along_axis(weekly, (cycle + random.integers(0, 7, (rows, 1))) % 7, axis=1)
        daily = (np.isin(season, (24, 48, 96, 144)) & (random.random(rows) < 0.5))[:, None]
        values = np.where(daily, values * (1 + week) + week, values)
    return values


def _years_of_days(random: Random, length: int, season: np.ndarray) -> np.ndarray:
    """A wave of a year for some of the series of days, whose season is a week."""
    size = (season == 7) * (random.random(len(season)) < 0.6) * random.uniform(0, 3, len(season))
    phase = random.uniform(0, 2 * np.pi, len(season))
    return size[:, None] * np.sin(2 * np.pi * np.arange(length) / 365.25 + phase[:, None])


def _noise(random: Random, rows: int, length: int) -> np.ndarray:
    """White noise with light or heavy tails, or noise that keeps a memory; unit deviation."""
    white = random.normal(size=(rows, length))
    heavy = random.standard_t(3, (rows, length)).clip(-12, 12) / 1.6
    memory = _recursive(white, random.uniform(0.1, 0.97, rows), np.zeros(rows))
    memory /= memory.std(axis=1, keepdims=True).clip(1e-9)
    loud = np.exp(
        0.7 * _recursive(random.normal(size=(rows, length)) * 0.3, np.full(rows, 0.95), 0)
    )
    kind = random.choice(4, rows, p=(0.45, 0.15, 0.3, 0.1))[:, None]
    return np.choose(kind, [white, heavy, memory, white * loud.clip(0, 5)])


def _recursive(shocks: np.ndarray, decay: np.ndarray, start) -> np.ndarray:
    """`y[t] = decay * y[t - 1] + shocks[t]` for each row."""
    result = np.empty_like(shocks)
    state = np.zeros(len(shocks)) + start
    for step in range(shocks.shape[1]):
        state = decay * state + shocks[:, step]
        result[:, step] = state
    return result


def _log_uniform(random: Random, rows: int, low: float, high: float) -> np.ndarray:
    return np.exp(random.uniform(np.log(low), np.log(high), rows))


def _by_group(random: Random, rows: int, length: int, kinds) -> np.ndarray:
    """Rows of several kinds of trend, in random order, centered and of unit deviation."""
    picked = random.choice(len(kinds), rows, p=[share for _, share in kinds])
    values = np.empty((rows, length))
    for index in np.unique(picked):
        where = np.flatnonzero(picked == index)
        values[where] = kinds[index][0](random, len(where), length)
    values -= values.mean(axis=1, keepdims=True)
    return values / values.std(axis=1, keepdims=True).clip(1e-9)


def _line(random: Random, rows: int, length: int) -> np.ndarray:
    """Straight lines, lines that level off, and lines with a few bends."""
    time = np.linspace(0, 1, length)[None]
    bent = np.zeros((rows, length))
    for _ in range(int(random.integers(0, 4))):
        bent += random.normal(size=(rows, 1)) * np.maximum(0, time - random.random((rows, 1)))
    damped = 1 - np.exp(-time * _log_uniform(random, rows, 0.3, 10.0)[:, None])
    slope = random.normal(size=(rows, 1))
    kind = random.integers(0, 3, (rows, 1))
    return np.choose(kind, [slope * time, slope * damped, slope * time + bent])


def _growth(random: Random, rows: int, length: int) -> np.ndarray:
    """Exponential and logistic growth or decline."""
    time = np.linspace(0, 1, length)[None] * np.where(random.random((rows, 1)) < 0.75, 1, -1)
    rate = _log_uniform(random, rows, 0.3, 5.0)[:, None]
    logistic = 1 / (1 + np.exp(-(time - random.uniform(0, 1.5, (rows, 1))) * rate * 3))
    return np.where(random.random((rows, 1)) < 0.6, np.exp(time * rate), logistic)


def _smoothed(random: Random, rows: int, length: int) -> np.ndarray:
    """Levels and slopes that both wander, the slopes with damping, as behind Holt's method."""
    damping = np.where(random.random(rows) < 0.5, 1.0, random.uniform(0.7, 0.99, rows))
    slope_noise = (
        random.normal(size=(rows, length)) * _log_uniform(random, rows, 1e-3, 0.2)[:, None]
    )
    start = random.normal(size=rows) * random.choice((0.0, 0.1, 0.5), rows)
    slope = _recursive(slope_noise, damping, start)
    return np.cumsum(slope + random.normal(size=(rows, length)) * 0.3, axis=1)


def _walk(random: Random, rows: int, length: int) -> np.ndarray:
    """Random walks, with or without drift, with light or heavy tails."""
    shocks = np.where(
        random.random((rows, 1)) < 0.7,
        random.normal(size=(rows, length)),
        random.standard_t(3, (rows, length)).clip(-15, 15),
    )
    return np.cumsum(shocks + random.normal(size=(rows, 1)) * random.choice((0, 0.1, 0.4)), axis=1)


def _returning(random: Random, rows: int, length: int) -> np.ndarray:
    """Processes that return to a mean, which switches between regimes in half of the rows."""
    decay = 1 - _log_uniform(random, rows, 1 / 300, 0.5)
    switches = random.random((rows, length)) < _log_uniform(random, rows, 1e-3, 0.05)[:, None]
    switches &= random.random((rows, 1)) < 0.5
    regime = np.cumsum(switches, axis=1) % 8
    means = np.take_along_axis(random.normal(size=(rows, 8)) * 3, regime, axis=1)
    shocks = random.normal(size=(rows, length)) * np.sqrt(1 - decay**2)[:, None]
    return _recursive(shocks + means * (1 - decay)[:, None], decay, random.normal(size=rows))


def _second_order(random: Random, rows: int, length: int) -> np.ndarray:
    """Cycles of irregular length: autoregressive processes of second order with complex roots."""
    radius = random.uniform(0.85, 0.999, rows)
    angle = 2 * np.pi / _log_uniform(random, rows, 4.0, max(8.0, length / 2))
    shocks = random.normal(size=(rows, length))
    result, one, two = np.empty((rows, length)), np.zeros(rows), random.normal(size=rows)
    for step in range(length):
        one, two = 2 * radius * np.cos(angle) * one - radius**2 * two + shocks[:, step], one
        result[:, step] = one
    return result


def _smooth_process(random: Random, rows: int, length: int) -> np.ndarray:
    """Gaussian processes with squared-exponential kernels of one or two scales, and products."""
    first, second = (_random_waves(random, rows, length) for _ in range(2))
    kind = random.integers(0, 3, (rows, 1))
    return np.choose(kind, [first, first + second, first * second])


def _random_waves(random: Random, rows: int, length: int, count: int = 10) -> np.ndarray:
    """A Gaussian process by random Fourier features (Rahimi & Recht 2007)."""
    scale = _log_uniform(random, rows, 0.02, 1.0)[:, None] * length
    values, time = np.zeros((rows, length)), np.arange(length)[None]
    for _ in range(count):
        frequency = random.normal(size=(rows, 1)) / scale
        values += np.cos(frequency * time + random.uniform(0, 2 * np.pi, (rows, 1)))
    return values / np.sqrt(count / 2)


def _steps(random: Random, rows: int, length: int) -> np.ndarray:
    """Levels that change at once, a few times."""
    changes = random.random((rows, length)) < _log_uniform(random, rows, 0.5, 8.0)[:, None] / length
    return np.cumsum(changes * random.normal(size=(rows, length)), axis=1)


_TRENDS = (
    (_line, 0.16),
    (_growth, 0.1),
    (_smoothed, 0.24),
    (_walk, 0.14),
    (_returning, 0.12),
    (_second_order, 0.06),
    (_smooth_process, 0.13),
    (_steps, 0.05),
)
