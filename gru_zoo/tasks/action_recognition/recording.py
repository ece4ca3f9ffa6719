"""Recordings of movements: what is accepted as one, and how it is checked."""

import dataclasses
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from gru_zoo.tasks.action_recognition.files import read_file
from gru_zoo.text.inputs import is_column

MAX_SECONDS = 20  # of a recording, which holds one action


@dataclasses.dataclass(frozen=True)
class Recording:
    """A movement, seen by a camera, by a sensor, or by both.

    The two may begin and end at different moments.

    Args:
        skeleton: positions of joints in meters, shape `(frames, joints, 3)`: to the right, up and
            away, as a camera sees them. NaN where a joint is not seen. None if there are none.
        signals: channels of a sensor, shape `(samples, channels)`. NaN where a value is missing.
            None if there are none.
        skeleton_rate: frames per second; None for the rate that the model was trained on.
        signals_rate: samples per second; None for the rate that the model was trained on.

    Example:

        >>> import numpy as np
        >>> from gru_zoo.tasks.action_recognition.recording import Recording
        >>> recording = Recording(signals=np.zeros((200, 6)), signals_rate=100)
    """

    skeleton: Any = None
    signals: Any = None
    skeleton_rate: float | None = None
    signals_rate: float | None = None


def as_recording(motion: Any, rate: float | None = None) -> Recording:
    """Anything that `ActionRecognition.predict` takes as a `Recording`.

    Args:
        motion: a `Recording`, an array of three axes (joints) or of two (channels), nested lists
            of numbers, or the path of a file, see `gru_zoo.tasks.action_recognition.files`.
        rate: frames or samples per second of an array, or of a file without times.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a file is no recording, or an array has another number of axes.
        TypeError: `motion` is none of these, or a `Recording` comes with a rate.
    """
    if isinstance(motion, Recording):
        if rate is not None:
            raise TypeError(
                f"Expected no rate with a Recording, which has its own. Received: rate={rate!r}."
            )
        return motion
    if isinstance(motion, (str, os.PathLike)):
        parts = read_file(motion)
        for name in ("skeleton", "signals"):
            if parts.get(name) is not None and rate is not None:
                parts.setdefault(f"{name}_rate", rate)
        return Recording(**parts)
    if not isinstance(motion, (np.ndarray, list, tuple)):
        raise TypeError(
            "Expected a recording: an array of shape (frames, joints, 3) or (samples, channels), a "
            f"Recording, or the path of a file. Received: {type(motion).__name__}."
        )
    values = as_array(motion, "a recording")
    if values.ndim == 3:
        return Recording(skeleton=values, skeleton_rate=rate)
    if values.ndim == 2:
        return Recording(signals=values, signals_rate=rate)
    raise ValueError(
        "Expected an array of shape (frames, joints, 3) or (samples, channels). Received: shape "
        f"{values.shape}."
    )


def is_list(motions: Any) -> bool:
    """Whether an argument is a list of recordings, not one."""
    if is_column(motions):
        return True
    if not isinstance(motions, (list, tuple)):
        return False
    # Nested lists of numbers are one recording.
    return not (motions and isinstance(motions[0], (list, tuple)) and _is_table(motions[0]))


def _is_table(row: Sequence) -> bool:
    """Whether a row of a list is a row of numbers, or of points, which are three numbers."""
    first = row[0] if len(row) else None
    if isinstance(first, (list, tuple)):
        return len(first) == 3 and not isinstance(first[0], (list, tuple, np.ndarray))
    return isinstance(first, (int, float))


def as_array(values: Any, name: str) -> np.ndarray:
    """Numbers as float32.

    Args:
        values: an array or nested lists.
        name: what they are, for the error.

    Raises:
        ValueError: they are no numbers, or rows have different lengths.
    """
    try:
        return np.asarray(values).astype("float32", casting="same_kind", copy=False)
    except (TypeError, ValueError):
        pass
    try:
        array = np.asarray(values)
        if array.dtype.kind in "biu":
            return array.astype("float32")
        kind = f"{array.dtype} of shape {array.shape}"
    except ValueError:
        kind = "rows of different lengths"
    raise ValueError(f"Expected {name} as an array of numbers. Received: {kind}.")


def checked(values: Any, name: str, shape: tuple[int, ...], rate: float) -> np.ndarray:
    """The values of a stream, float32.

    Args:
        values: array of shape `(time, *shape)`.
        name: "skeleton" or "signals", for the errors.
        shape: expected shape of a frame.
        rate: frames per second.

    Raises:
        ValueError: the shape is another one, the stream is empty or too long, a value is infinite,
            all are missing, or the rate is out of its range.
    """
    values = as_array(values, f"the {name}")
    wanted = ", ".join(map(str, ("time", *shape)))
    if values.ndim != 1 + len(shape) or values.shape[1:] != shape:
        hint = " Set a channel or joint that is not recorded to NaN." if values.ndim > 1 else ""
        raise ValueError(
            f"Expected {name} of shape ({wanted}). Received: shape {values.shape}.{hint}"
        )
    if not (isinstance(rate, (int, float, np.number)) and 1 <= rate <= 10_000):
        raise ValueError(f"Expected a rate from 1 to 10,000 per second. Received: {rate!r}.")
    if len(values) < 2:
        raise ValueError(
            f"Expected {name} of two time steps or more. Received: shape {values.shape}."
        )
    if len(values) > MAX_SECONDS * rate:
        raise ValueError(
            f"Expected a recording of one action, at most {MAX_SECONDS} s. Received: "
            f"{len(values) / rate:.0f} s of {name}. Cut it, or feed it to `stream()`."
        )
    if np.isinf(values).any():
        raise ValueError(
            f"Expected finite {name}, or NaN where a value is missing. Received: "
            f"{int(np.isinf(values).sum())} infinite values."
        )
    if np.isnan(values).all():
        raise ValueError(f"Expected {name} with values. Received: NaN alone.")
    return values
