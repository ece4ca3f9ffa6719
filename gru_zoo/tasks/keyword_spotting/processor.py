"""Sounds to waveforms of the rate and length that a model takes."""

import dataclasses
import os
import pathlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import audio
from gru_zoo.audio.sound import Audio, Sound
from gru_zoo.base.settings_processor import SettingsProcessor
from gru_zoo.text.inputs import is_column

SILENCE = "silence"  # a class of this name needs no clips: training makes them of noise

UNKNOWN = "unknown"  # a class of this name stands for all other words


@dataclasses.dataclass(frozen=True)
class KeywordSpottingProcessor(SettingsProcessor):
    """Sounds to waveforms of the rate and length that a model takes.

    Args:
        rate: samples per second.
        seconds: length of a waveform, in seconds.
    """

    rate: int
    seconds: float

    @property
    def samples(self) -> int:
        """Length of a waveform, in samples."""
        return round(self.rate * self.seconds)

    def read(self, sound: Audio, rate: int | None = None) -> np.ndarray:
        """Read a whole sound at the rate of the model.

        Args:
            sound: path, bytes, array or `Sound`, see `gru_zoo.audio.read`.
            rate: samples per second if `sound` is an array, else None.

        Returns:
            Samples, float32, shape `(samples,)`.
        """
        return audio.resample(audio.read(sound, rate), self.rate)

    def encode(self, sound: Audio, rate: int | None = None) -> np.ndarray:
        """Read the middle of a sound, with silence on both sides if it is short.

        Args:
            sound: see `read`.
            rate: see `read`.

        Returns:
            Waveform, float32, shape `(rate * seconds,)`.
        """
        return crop_or_pad(self.read(sound, rate), self.samples)

    def encode_all(self, sounds: Sequence[Audio], rate: int | None = None) -> np.ndarray:
        """Encode sounds, see `encode`.

        Args:
            sounds: sounds, see `read`.
            rate: samples per second of sounds that are arrays.

        Returns:
            Waveforms, float32, shape `(sounds, rate * seconds)`.
        """
        waves = np.zeros((len(sounds), self.samples), "float32")
        for wave, sound in zip(waves, sounds, strict=True):
            wave[:] = self.encode(sound, rate)
        return waves


def crop_or_pad(samples: np.ndarray, length: int) -> np.ndarray:
    """The middle `length` samples; shorter sounds get zeros on both sides."""
    excess = max(0, len(samples) - length) // 2
    samples = samples[excess : excess + length]
    missing = length - len(samples)
    return np.pad(samples, (missing // 2, missing - missing // 2))


def is_list(sounds: Any) -> bool:
    """Whether an argument is a list of sounds. A `Sound` is a tuple, but one sound."""
    many = isinstance(sounds, (list, tuple)) and not isinstance(sounds, Sound)
    return many or is_column(sounds)


def as_list(sounds: Any) -> list:
    """A list of the sounds in an argument that is a sound or a list of sounds."""
    return list(sounds) if is_list(sounds) else [sounds]


def array_rate(sound: Audio, rate: int | None) -> int | None:
    """`rate` if the sound is an array of samples, None if it knows its own rate."""
    return rate if isinstance(sound, np.ndarray) else None


def decode_clips(
    clips: Sequence[Audio],
    processor: KeywordSpottingProcessor,
    rate: int | None = None,
    cache: str | os.PathLike | None = None,
    verbose: bool = False,
) -> np.ndarray:
    """Decode many clips to waveforms of 16-bit integers, which take half the memory of float32.

    Args:
        clips: clips, as `KeywordSpottingProcessor.encode` takes them.
        processor: processor of the model.
        rate: samples per second of the clips that are arrays.
        cache: file to keep the result in. If it exists, the result is read from it.
        verbose: whether to show a progress bar.

    Returns:
        int16, shape `(clips, samples)`.

    Raises:
        ValueError: if the cache has another number or length of clips. It is not compared which
            clips they are.
    """
    cache = None if cache is None else pathlib.Path(cache)
    shape = (len(clips), processor.samples)
    if cache is not None and cache.is_file():
        cached = np.load(cache, allow_pickle=False)
        if cached.shape != shape or cached.dtype != np.int16:
            raise ValueError(
                f"Expected int16 of shape {shape} in '{cache}'. Received: {cached.dtype} of shape "
                f"{cached.shape}, made from other clips. Remove the file."
            )
        return cached
    waves = np.zeros(shape, "int16")
    bar = keras.utils.Progbar(len(clips), unit_name="clip") if verbose else None
    for index, clip in enumerate(clips):
        wave = processor.encode(clip, array_rate(clip, rate))
        waves[index] = np.clip(np.round(wave * 32768.0), -32768, 32767)
        if bar:
            bar.add(1)
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        new = cache.with_name(f".{cache.stem}.new.npy")
        np.save(new, waves)
        os.replace(new, cache)
    return waves
