"""Sounds: reading, resampling and augmentation."""

from gru_zoo.audio.sound import Audio, Sound, read

__all__ = ["Audio", "Sound", "read"]
