"""Sound files and arrays as one channel of samples, on soundfile and SciPy's polyphase filter."""

import os
from typing import NamedTuple

import numpy as np

_RATES = 1_000, 768_000

_MOST_CHANNELS = 64

_LOUDEST = 16.0  # float samples reach 1; those far above were meant as whole numbers


class Sound(NamedTuple):
    """Samples and how many of them are a second.

    Args:
        samples: as `mono` takes them; from `read` float32, shape `(samples,)`, from -1 to 1.
        rate: samples a second.
    """

    samples: np.ndarray
    rate: int


Audio = str | os.PathLike | bytes | np.ndarray | Sound


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
    return check_finite(samples, "the array").astype("float32")


def check_finite(samples: np.ndarray, name: str) -> np.ndarray:
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


def check_not_empty(samples: np.ndarray, name: str) -> np.ndarray:
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
