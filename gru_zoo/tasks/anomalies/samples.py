"""Series that the demonstration and the golden outputs use."""

import numpy as np

NAMES = ("a load with a spike at step 200", "a daily wave that stays low from step 170 on")
SEASONS = (1, 24)


def samples() -> tuple[np.ndarray, ...]:
    """A series of each of `NAMES`, float64, shape `(240,)`."""
    random = np.random.default_rng(0)
    load = 20 + random.normal(size=240)
    load[200] += 15
    wave = 10 + 4 * np.sin(2 * np.pi * np.arange(240) / 24) + random.normal(size=240) / 5
    wave[170:190] = 6
    return load, wave
