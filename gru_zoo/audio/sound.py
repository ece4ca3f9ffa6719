"""Sounds as samples of one channel, and checks of samples and rates."""

import os
from typing import NamedTuple

import numpy as np

_MIN_RATE, _MAX_RATE = 1_000, 768_000  # samples per second

_MAX_CHANNELS = 64  # of an array with more, the axes are probably exchanged

_MAX_LEVEL = 16.0  # float samples reach 1; those far above were meant as whole numbers


class Sound(NamedTuple):
    """Samples and their rate.

    Args:
        samples: as `mono` takes them; from `read`, float32, shape `(samples,)`, from -1 to 1.
        rate: samples per second.
    """

    samples: np.ndarray
    rate: int


Audio = str | os.PathLike | bytes | np.ndarray | Sound


def mono(samples: np.ndarray) -> np.ndarray:
    """Mean of all channels, float32, shape `(samples,)`.

    Args:
        samples: shape `(samples,)` or `(samples, channels)`; floating-point from -1 to 1, or
            integers over the whole range of their dtype, such as int16 or uint8.

    Raises:
        ValueError: the shape is another, or samples are not finite or out of range.
        TypeError: the dtype is neither floating-point nor integer.
    """
    samples = np.asarray(samples)
    if samples.ndim not in (1, 2) or (samples.ndim == 2 and not samples.shape[1]):
        raise ValueError(
            "Expected samples of shape (samples,) or (samples, channels). Received: shape "
            f"{samples.shape}."
        )
    if samples.ndim == 2 and samples.shape[1] > _MAX_CHANNELS:
        raise ValueError(
            f"Expected at most {_MAX_CHANNELS} channels, shape (samples, channels). Received: "
            f"shape {samples.shape}. Where the channels come first, pass samples.T."
        )
    if samples.dtype.kind in "iu":
        half = 2.0 ** (8 * samples.dtype.itemsize - 1)
        center = half if samples.dtype.kind == "u" else 0.0
        samples = ((samples - center) / half).astype("float32")
    elif samples.dtype.kind != "f":
        raise TypeError(
            f"Expected samples as float or whole numbers. Received: dtype {samples.dtype}."
        )
    if samples.ndim == 2:
        samples = samples.mean(axis=1, dtype="float64")
    return check_finite(samples, "the array").astype("float32")


def check_finite(samples: np.ndarray, name: str) -> np.ndarray:
    """The samples; raises ValueError if some are not finite or far above 1.

    Args:
        samples: floating-point samples.
        name: what is read, for the error message.
    """
    if not np.isfinite(samples).all():
        raise ValueError(
            f"Expected finite samples. Received: {name}, where "
            f"{int((~np.isfinite(samples)).sum()):,} are infinite or NaN."
        )
    loudest = float(np.abs(samples).max(initial=0.0))
    if loudest > _MAX_LEVEL:
        raise ValueError(
            f"Expected float samples from -1 to 1. Received: {name}, which reaches {loudest:,.0f}. "
            "Keep whole numbers in their integer type, or divide by 32768."
        )
    return samples


def check_not_empty(samples: np.ndarray, name: str) -> np.ndarray:
    """The samples; raises ValueError if there is no sample. `name` is for the message."""
    if not len(samples):
        raise ValueError(f"Expected one sample or more. Received: {name}, without any.")
    return samples


def check_rate(rate: int, name: str) -> int:
    """The rate as an int; raises ValueError if no sound is recorded with it.

    Args:
        rate: samples per second.
        name: what is read, for the error message.
    """
    if not _MIN_RATE <= rate <= _MAX_RATE or rate != int(rate):
        raise ValueError(
            f"Expected a whole number of samples per second, from {_MIN_RATE:,} to {_MAX_RATE:,}. "
            f"Received: rate={rate!r} of {name}."
        )
    return int(rate)
