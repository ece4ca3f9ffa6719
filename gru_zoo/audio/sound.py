"""Sound files and arrays as one channel of samples, on soundfile and SciPy's polyphase filter."""

import io
import math
import os
import pathlib
from typing import NamedTuple

import numpy as np

from gru_zoo.files import as_path

MOST_SECONDS = 3_600  # damaged files claim years
_RATES = 1_000, 768_000
_BLOCK = 1 << 16  # frames read at once, so that a false header reserves no memory
_MOST_CHANNELS = 64
_LOUDEST = 16.0  # float samples reach 1; those far above were meant as whole numbers
_SUFFIXES = {".aif", ".aiff", ".flac", ".mp3", ".ogg", ".opus", ".wav"}


class Sound(NamedTuple):
    """Samples and how many of them are a second.

    Args:
        samples: as `mono` takes them; from `read` float32, shape `(samples,)`, from -1 to 1.
        rate: samples a second.
    """

    samples: np.ndarray
    rate: int


Audio = str | os.PathLike | bytes | np.ndarray | Sound


def labelled(folder: str | os.PathLike) -> tuple[list[pathlib.Path], list[str]]:
    """Sound files of a folder that has a folder of them for each word, and the word of each.

    Args:
        folder: holds `<word>/<any name>.wav`, or another suffix of sound files.

    Raises:
        FileNotFoundError: there is no such folder, or no sound file in folders of it.
    """
    folder = as_path(folder)
    paths = sorted(
        path for path in folder.glob("*/*") if path.suffix.lower() in _SUFFIXES and path.is_file()
    )
    if not paths:
        raise FileNotFoundError(
            f"Expected a folder with a folder of sound files for each word. Received: '{folder}', "
            f"which {'has none' if folder.is_dir() else 'does not exist'}."
        )
    return paths, [path.parent.name for path in paths]


def read(audio: Audio, rate: int | None = None) -> Sound:
    """One channel, the mean of all, of a sound.

    Args:
        audio: path of a file or its bytes, of any format that libsndfile reads; a `Sound`; or its
            samples alone, as `mono` takes them.
        rate: samples a second, where `audio` is an array, and only there.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no sound, holds no samples or some that are no numbers, is longer than an
            hour, or the rate is missing or out of range.
        TypeError: `audio` is none of these.
    """
    if isinstance(audio, np.ndarray):
        if rate is None:
            raise ValueError(
                "Expected the number of samples a second with an array. Received: rate=None. Pass "
                "rate=16000, or whatever it was recorded with."
            )
        audio, rate = Sound(audio, rate), None
    if rate is not None:
        raise ValueError(
            f"Expected a rate with arrays alone: others say theirs. Received: rate={rate!r} with "
            f"{type(audio).__name__}."
        )
    if isinstance(audio, Sound):
        samples = _not_empty(mono(audio.samples), "the array")
        return Sound(samples, check_rate(audio.rate, "the array"))
    if isinstance(audio, bytes):
        return _decoded(io.BytesIO(audio), f"the {len(audio):,} bytes")
    if not isinstance(audio, (str, os.PathLike)):
        raise TypeError(
            "Expected a path, the bytes of a sound file or an array of samples. Received: "
            f"{type(audio).__name__}."
        )
    path = as_path(audio)
    if not path.is_file():
        raise FileNotFoundError(f"Expected a sound file. There is none at '{path}'.")
    return _decoded(path, f"'{path}'")


def _decoded(source: io.BytesIO | pathlib.Path, name: str) -> Sound:
    import soundfile

    try:
        with soundfile.SoundFile(source) as file:
            rate, blocks, frames = check_rate(file.samplerate, name), [], 0
            while True:
                block = file.read(_BLOCK, dtype="float32", always_2d=True)
                blocks.append(block.mean(axis=1))
                frames += len(block)
                if frames > MOST_SECONDS * rate:
                    raise ValueError(
                        f"Expected at most {MOST_SECONDS:,} s of sound. Received: {name} with "
                        "more. Feed it piece by piece to `stream()`."
                    )
                if len(block) < _BLOCK:
                    break
    except (soundfile.SoundFileError, TypeError) as error:  # the latter of files without a header
        raise ValueError(
            f"Expected a sound file such as WAV, FLAC, Ogg or MP3. Received: {name}, which cannot "
            f"be read ({error})."
        ) from None
    return Sound(_not_empty(_finite(np.concatenate(blocks), name), name), rate)


def mono(samples: np.ndarray) -> np.ndarray:
    """The mean of all channels, float32, shape `(samples,)`.

    Args:
        samples: shape `(samples,)` or `(samples, channels)`; float from -1 to 1, or whole numbers
            over the whole range of their type: int16, int32, uint8 and so on.

    Raises:
        ValueError: another shape, or samples that are no numbers or out of range.
        TypeError: another type.
    """
    samples = np.asarray(samples)
    if samples.ndim not in (1, 2) or (samples.ndim == 2 and not samples.shape[1]):
        raise ValueError(
            "Expected samples of shape (samples,) or (samples, channels). Received: shape "
            f"{samples.shape}."
        )
    if samples.ndim == 2 and samples.shape[1] > _MOST_CHANNELS:
        raise ValueError(
            f"Expected at most {_MOST_CHANNELS} channels, shape (samples, channels). Received: "
            f"shape {samples.shape}. Where the channels come first, pass samples.T."
        )
    if samples.dtype.kind in "iu":
        half = 2.0 ** (8 * samples.dtype.itemsize - 1)
        centre = half if samples.dtype.kind == "u" else 0.0
        samples = ((samples - centre) / half).astype("float32")
    elif samples.dtype.kind != "f":
        raise TypeError(
            f"Expected samples as float or whole numbers. Received: dtype {samples.dtype}."
        )
    if samples.ndim == 2:
        samples = samples.mean(axis=1, dtype="float64")
    return _finite(samples, "the array").astype("float32")


def _finite(samples: np.ndarray, name: str) -> np.ndarray:
    if not np.isfinite(samples).all():
        raise ValueError(
            f"Expected samples that are numbers. Received: {name}, where "
            f"{int((~np.isfinite(samples)).sum()):,} are infinite or NaN."
        )
    loudest = float(np.abs(samples).max(initial=0.0))
    if loudest > _LOUDEST:
        raise ValueError(
            f"Expected float samples from -1 to 1. Received: {name}, which reaches {loudest:,.0f}. "
            "Keep whole numbers in their integer type, or divide by 32768."
        )
    return samples


def _not_empty(samples: np.ndarray, name: str) -> np.ndarray:
    if not len(samples):
        raise ValueError(f"Expected one sample or more. Received: {name}, without any.")
    return samples


def check_rate(rate: int, name: str) -> int:
    """The rate, or ValueError if nothing is recorded with it."""
    low, high = _RATES
    if not low <= rate <= high or rate != int(rate):
        raise ValueError(
            f"Expected a whole number of samples a second, from {low:,} to {high:,}. Received: "
            f"rate={rate!r} of {name}."
        )
    return int(rate)


class Resampler:
    """Sound at another rate, piece by piece; the pieces together are what the whole gives at once.

    A windowed sinc, its length ten periods of the lower rate to each side. Output sample k is at
    the time of input sample k * from_rate / to_rate.

    Args:
        from_rate: samples a second that come in.
        to_rate: samples a second that go out.
    """

    def __init__(self, from_rate: int, to_rate: int):
        common = math.gcd(from_rate, to_rate)
        self.up, self.down = to_rate // common, from_rate // common
        self.kept = np.zeros(0, "float32")
        self.skip = 0  # output samples of `kept` that are out already
        if self.up == self.down:
            return
        import scipy.signal

        longer = max(self.up, self.down)
        half = 10 * longer
        self.filter = scipy.signal.firwin(2 * half + 1, 1 / longer, window=("kaiser", 5.0))
        self.margin = math.ceil(half / self.up)  # input samples that an output sample looks ahead

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """The output samples that these, float32, shape `(samples,)`, make complete."""
        if self.up == self.down:
            return samples
        self.kept = np.concatenate([self.kept, samples])
        periods = max(0, len(self.kept) - self.margin) // self.down
        done = self._resampled(periods * self.up)
        # What is dropped is a whole number of periods, so that the phase stays.
        spare = max(0, periods - math.ceil(self.margin / self.down) - 1)
        self.kept = self.kept[spare * self.down :]
        self.skip = (periods - spare) * self.up
        return done

    def finish(self) -> np.ndarray:
        """The output samples at the end, behind which there is silence."""
        if self.up == self.down:
            return np.zeros(0, "float32")
        return self._resampled(math.ceil(len(self.kept) * self.up / self.down))

    def _resampled(self, stop: int) -> np.ndarray:
        if stop <= self.skip:
            return np.zeros(0, "float32")
        import scipy.signal

        whole = scipy.signal.resample_poly(self.kept, self.up, self.down, window=self.filter)
        return whole[self.skip : stop].astype("float32")


def resample(sound: Sound, rate: int) -> np.ndarray:
    """Samples at another rate, float32, shape `(ceil(samples * rate / sound.rate),)`."""
    resampler = Resampler(sound.rate, rate)
    return np.concatenate([resampler.feed(sound.samples), resampler.finish()])
