"""Reading of sounds from files, bytes and arrays, on soundfile."""

import io
import os
import pathlib

import numpy as np

from gru_zoo.audio.sound import Audio, Sound, check_finite, check_not_empty, check_rate, mono
from gru_zoo.files import as_path, find_files

MAX_SECONDS = 3_600  # damaged files claim years

_BLOCK = 1 << 16  # frames read at once: a damaged header reserves no memory for more

_SUFFIXES = {".aif", ".aiff", ".flac", ".mp3", ".ogg", ".opus", ".wav"}


def labeled_files(folder: str | os.PathLike) -> tuple[list[pathlib.Path], list[str]]:
    """Paths and labels of the sound files of a folder with one folder for each label.

    Hidden and system files are passed over, and files with other suffixes with a warning.

    Args:
        folder: contains `<label>/<any name>.wav`, or files with another suffix of sounds.

    Returns:
        Sorted paths, and the name of the folder that contains each.

    Raises:
        FileNotFoundError: there is no such folder, or its folders contain no sound files.
    """
    expected = "a folder with a folder of sound files for each label"
    paths = find_files(folder, "*/*", _SUFFIXES, expected)
    return paths, [path.parent.name for path in paths]


def read(audio: Audio, rate: int | None = None) -> Sound:
    """Read a sound as one channel, the mean of all channels.

    Args:
        audio: path or bytes of a file in any format that libsndfile reads, a `Sound`, or an array
            of samples as `mono` takes them.
        rate: samples per second. Required for an array, and not allowed otherwise.

    Returns:
        A `Sound` with samples float32, shape `(samples,)`, from -1 to 1.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not a sound or longer than an hour, there are no samples or some are
            not finite, or the rate is missing or out of range.
        TypeError: `audio` is none of these.

    Example:
        >>> read(np.zeros(8_000), rate=16_000).samples.shape
        (8000,)
    """
    if isinstance(audio, np.ndarray):
        if rate is None:
            raise ValueError(
                "Expected the samples per second of an array. Received: rate=None. Pass "
                "rate=16000, or whatever it was recorded with."
            )
        audio, rate = Sound(audio, rate), None
    if rate is not None:
        raise ValueError(
            "Expected a rate with arrays alone, since files have their own. Received: "
            f"rate={rate!r} with {type(audio).__name__}."
        )
    if isinstance(audio, Sound):
        samples = check_not_empty(mono(audio.samples), "the array")
        return Sound(samples, check_rate(audio.rate, "the array"))
    if isinstance(audio, bytes):
        return _decode(io.BytesIO(audio), f"the {len(audio):,} bytes")
    if not isinstance(audio, (str, os.PathLike)):
        raise TypeError(
            "Expected a path, the bytes of a sound file or an array of samples. Received: "
            f"{type(audio).__name__}."
        )
    path = as_path(audio)
    if not path.is_file():
        raise FileNotFoundError(f"Expected a sound file. Received: '{path}', which is no file.")
    return _decode(path, f"'{path}'")


def _decode(source: io.BytesIO | pathlib.Path, name: str) -> Sound:
    """Decode a file block by block; `name` is for error messages."""
    import soundfile

    try:
        with soundfile.SoundFile(source) as file:
            rate, blocks, frames = check_rate(file.samplerate, name), [], 0
            while True:
                block = file.read(_BLOCK, dtype="float32", always_2d=True)
                blocks.append(block.mean(axis=1))
                frames += len(block)
                if frames > MAX_SECONDS * rate:
                    raise ValueError(
                        f"Expected at most {MAX_SECONDS:,} s of sound. Received: {name} with "
                        "more. Feed it piece by piece to `stream()`."
                    )
                if len(block) < _BLOCK:
                    break
    except (soundfile.SoundFileError, TypeError) as error:  # TypeError: a file without a header
        raise ValueError(
            f"Expected a sound file such as WAV, FLAC, Ogg or MP3. Received: {name}, which cannot "
            f"be read ({error})."
        ) from None
    return Sound(check_not_empty(check_finite(np.concatenate(blocks), name), name), rate)
