"""Sounds: reading, resampling and augmentation."""

from gru_zoo.audio.reading import labelled, read
from gru_zoo.audio.resampling import Resampler, resample
from gru_zoo.audio.sound import Audio, Sound, check_rate, mono

__all__ = ["Audio", "Resampler", "Sound", "check_rate", "labelled", "mono", "read", "resample"]
