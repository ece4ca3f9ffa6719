"""Sounds that the demonstration and the golden outputs use."""

import numpy as np

from gru_zoo.audio.augmentation import pink_noise
from gru_zoo.audio.sound import Sound

NAMES = ("silence", "noise", "a rising whistle")

_RATE = 16_000  # samples per second


def samples() -> tuple[Sound, ...]:
    """A second of each sound of `NAMES`."""
    time = np.arange(_RATE) / _RATE
    noise = pink_noise(_RATE)
    whistle = 0.3 * np.hanning(_RATE) * np.sin(2 * np.pi * (600 + 700 * time) * time)
    waves = (np.zeros(_RATE), 0.05 * noise / noise.std(), whistle)
    return tuple(Sound(wave.astype("float32"), _RATE) for wave in waves)
