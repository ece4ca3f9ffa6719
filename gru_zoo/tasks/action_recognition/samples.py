"""Movements that the demonstration and the golden outputs use, made by formulas."""

from typing import NamedTuple

import numpy as np

from gru_zoo.tasks.action_recognition.recording import Recording


class Sample(NamedTuple):
    """A recording with a name.

    Args:
        name: what it shows.
        recording: the recording.
    """

    name: str
    recording: Recording


_STANDING = (
    (0.0, 0.72, 0.0),  # head
    (0.0, 0.5, 0.0),  # shoulder center
    (0.0, 0.08, 0.0),  # spine
    (0.0, 0.0, 0.0),  # hip center
    (-0.18, 0.42, 0.0),  # left shoulder
    (-0.22, 0.15, 0.0),
    (-0.23, -0.08, 0.0),
    (-0.23, -0.15, 0.0),
    (0.18, 0.42, 0.0),  # right shoulder
    (0.24, 0.18, -0.05),
    (0.3, 0.42, -0.1),
    (0.31, 0.5, -0.1),
    (-0.08, -0.05, 0.0),  # left hip
    (-0.1, -0.48, 0.0),
    (-0.1, -0.85, 0.0),
    (-0.12, -0.9, -0.08),
    (0.08, -0.05, 0.0),  # right hip
    (0.1, -0.48, 0.0),
    (0.1, -0.85, 0.0),
    (0.12, -0.9, -0.08),
)


def waving(seconds: float = 2.0, rate: float = 30.0) -> np.ndarray:
    """A person who waves with the right hand, three meters away.

    Args:
        seconds: length of the movement.
        rate: frames per second.

    Returns:
        Joints in meters, shape `(frames, 20, 3)`.
    """
    time = np.arange(round(seconds * rate)) / rate
    frames = np.repeat(np.array([_STANDING]), len(time), axis=0)
    swing = np.sin(2 * np.pi * 1.5 * time)
    frames[:, 10, 0] += 0.1 * swing
    frames[:, 11, 0] += 0.15 * swing
    return frames + [0.1, 0.0, 3.0]


def resting(channels: int, seconds: float = 3.0, rate: float = 50.0) -> np.ndarray:
    """A sensor that lies still, its first axis upwards.

    Args:
        channels: number of channels.
        seconds: length of the recording.
        rate: samples per second.

    Returns:
        Shape `(samples, channels)`.
    """
    signals = np.zeros((round(seconds * rate), channels))
    signals[:, 0] = -1.0
    return signals


def samples(skeleton_rate: float, signals_rate: float, channels: int) -> tuple[Sample, ...]:
    """A recording of each kind that a model takes.

    Args:
        skeleton_rate: frames per second; 0 for a model without skeletons.
        signals_rate: samples per second; 0 for a model without signals.
        channels: number of channels of the signals.
    """
    found = []
    if skeleton_rate:
        points = waving(rate=skeleton_rate)
        found.append(Sample("a wave of the right hand", Recording(points)))
    if signals_rate:
        signals = resting(channels, rate=signals_rate)
        found.append(Sample("a sensor at rest", Recording(signals=signals)))
    if len(found) == 2:
        found.append(Sample("both", Recording(points, signals)))
    return tuple(found)
