"""Reading, resampling and augmentation of sounds."""

from gru_zoo.audio.reading import labeled_files, read
from gru_zoo.audio.resampling import Resampler, resample
from gru_zoo.audio.sound import Audio, Sound, check_rate, mono

__all__ = ["Audio", "Resampler", "Sound", "check_rate", "labeled_files", "mono", "read", "resample"]
