"""Series that the demonstration and the golden outputs use."""

import numpy as np

NAMES = ("a line", "a season of twelve steps", "a random walk")


def samples() -> tuple[np.ndarray, ...]:
    """A series of each of `NAMES`, float64, shape `(time,)`."""
    random = np.random.default_rng(0)
    time = np.arange(72)
    season = 10 + time / 12 + 3 * np.sin(2 * np.pi * time / 12) + random.normal(size=72) / 4
    return np.arange(1.0, 31.0), season, np.cumsum(random.normal(size=100))
