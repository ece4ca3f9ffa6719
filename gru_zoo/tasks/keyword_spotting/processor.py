"""Clips of sound: to waveforms of one length, and to batches that vary from epoch to epoch."""

import dataclasses
import json
import os
import pathlib
from collections.abc import Sequence

import keras
import numpy as np

from gru_zoo import audio
from gru_zoo.audio.sound import Audio
from gru_zoo.files import read_settings

SILENCE = "silence"  # a class of this name needs no clips: it is noise alone

UNKNOWN = "unknown"  # and this one is all other words


@dataclasses.dataclass(frozen=True)
class KeywordSpottingProcessor:
    """Sounds to waveforms of the rate and length that a model takes.

    Args:
        rate: samples a second.
        seconds: length of a waveform.
    """

    rate: int
    seconds: float

    @property
    def samples(self) -> int:
        """Length of a waveform."""
        return round(self.rate * self.seconds)

    def read(self, sound: Audio, rate: int | None = None) -> np.ndarray:
        """All of a sound at the model's rate, float32, shape `(samples,)`.

        Args:
            sound: as `gru_zoo.audio.read` takes it.
            rate: as there.
        """
        return audio.resample(audio.read(sound, rate), self.rate)

    def encode(self, sound: Audio, rate: int | None = None) -> np.ndarray:
        """The middle of a sound, with silence around it where it is short, float32.

        Args:
            sound: as for `read`.
            rate: as for `read`.

        Returns:
            Shape `(rate * seconds,)`.
        """
        return fitted(self.read(sound, rate), self.samples)

    def save(self, folder: pathlib.Path) -> None:
        (folder / "processor.json").write_text(json.dumps(dataclasses.asdict(self), indent=2))

    @classmethod
    def load(cls, folder: pathlib.Path) -> "KeywordSpottingProcessor":
        """The processor of a preset's folder.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: a file is damaged.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        settings = read_settings(folder / "processor.json", None, names)
        return cls(**{name: settings[name] for name in names})


def fitted(samples: np.ndarray, length: int) -> np.ndarray:
    """The middle `length` samples, or all between as many zeros on both sides."""
    spare = max(0, len(samples) - length) // 2
    samples = samples[spare : spare + length]
    lack = length - len(samples)
    return np.pad(samples, (lack // 2, lack - lack // 2))


def rate_of(sound: Audio, rate: int | None) -> int | None:
    """`rate` for an array of samples, None for a sound that knows its own."""
    return rate if isinstance(sound, np.ndarray) else None


def decoded(
    clips: Sequence[Audio],
    processor: KeywordSpottingProcessor,
    rate: int | None = None,
    cache: str | os.PathLike | None = None,
    verbose: bool = False,
) -> np.ndarray:
    """Waveforms of many clips as 16-bit numbers, half the memory of float32.

    Args:
        clips: as `KeywordSpottingProcessor.encode` takes them.
        processor: of the model.
        rate: samples a second, where the clips are arrays.
        cache: file that keeps the result, and from which it is read if it is there.
        verbose: whether to show a progress bar.

    Returns:
        int16, shape `(clips, samples)`.

    Raises:
        ValueError: the cache is of another number or length of clips. Which clips they are is not
            compared.
    """
    cache = None if cache is None else pathlib.Path(cache)
    shape = (len(clips), processor.samples)
    if cache is not None and cache.is_file():
        kept = np.load(cache, allow_pickle=False)
        if kept.shape != shape or kept.dtype != np.int16:
            raise ValueError(
                f"Expected int16 of shape {shape} in '{cache}'. Received: {kept.dtype} of shape "
                f"{kept.shape}. Remove the file: it is of other clips."
            )
        return kept
    waves = np.zeros(shape, "int16")
    bar = keras.utils.Progbar(len(clips), unit_name="clip") if verbose else None
    for index, clip in enumerate(clips):
        wave = processor.encode(clip, rate_of(clip, rate))
        waves[index] = np.clip(np.round(wave * 32768.0), -32768, 32767)
        if bar:
            bar.add(1)
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        fresh = cache.with_name(f".{cache.stem}.new.npy")
        np.save(fresh, waves)
        os.replace(fresh, cache)
    return waves
