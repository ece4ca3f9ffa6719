"""Sounds from files, bytes and folders."""

import io
import os
import pathlib

import numpy as np

from gru_zoo.audio.sound import Audio, Sound, check_finite, check_not_empty, check_rate, mono
from gru_zoo.files import as_path

MOST_SECONDS = 3_600  # damaged files claim years

_BLOCK = 1 << 16  # frames read at once, so that a false header reserves no memory

_SUFFIXES = {".aif", ".aiff", ".flac", ".mp3", ".ogg", ".opus", ".wav"}


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
        samples = check_not_empty(mono(audio.samples), "the array")
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
    return Sound(check_not_empty(check_finite(np.concatenate(blocks), name), name), rate)
