"""Recordings to the arrays that a model takes."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gru_zoo.base.settings_processor import SettingsProcessor
from gru_zoo.tasks.action_recognition import skeleton
from gru_zoo.tasks.action_recognition.recording import Recording, checked
from gru_zoo.tasks.action_recognition.resampling import filled, resampled, smoothed

# Padded lengths: models compile for few shapes.
LENGTHS = (16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048, 4096)


class Movement(NamedTuple):
    """A recording at the rates of a model.

    Args:
        points: normalized joints, shape `(frames, 21, 3)`, see `skeleton.normalized`; without
            frames if there is no skeleton.
        signals: channels in units of their usual size, shape `(samples, channels)`; without samples
            if there are none.
    """

    points: np.ndarray
    signals: np.ndarray


@dataclasses.dataclass(frozen=True)
class ActionRecognitionProcessor(SettingsProcessor):
    """Recordings to the arrays that a model takes.

    Args:
        skeleton_rate: frames per second of skeletons; 0 for a model without them.
        signals_rate: samples per second of signals; 0 for a model without them.
        offsets: usual value of each channel of the signals, which is subtracted.
        scales: usual size of each channel, by which it is divided.
        smoothing: samples over which signals are averaged; 1 keeps them.
        vectors: whether each three channels are a vector, whose length is one more feature.
    """

    skeleton_rate: float
    signals_rate: float
    offsets: Sequence[float] = ()
    scales: Sequence[float] = ()
    smoothing: int = 1
    vectors: bool = False

    def __post_init__(self) -> None:
        if not (self.skeleton_rate or self.signals_rate):
            raise ValueError("Expected a rate of skeletons or of signals. Received: none.")
        if self.vectors and len(self.scales) % 3:
            raise ValueError(
                f"Expected three channels for each vector. Received: {len(self.scales)} channels."
            )

    @property
    def channels(self) -> int:
        """Number of channels of the signals."""
        return len(self.scales) if self.signals_rate else 0

    @property
    def signal_features(self) -> int:
        """Number of features of a sample."""
        return self.channels + (self.channels // 3 if self.vectors else 0)

    def read(self, recording: Recording) -> Movement:
        """Check a recording and bring it to the rates of the model.

        Args:
            recording: with a skeleton, signals, or both. What the model does not know is an error.

        Raises:
            ValueError: a stream has another shape, is empty or infinite, or there is none.
        """
        rates = {"skeleton": self.skeleton_rate, "signals": self.signals_rate}
        given = [name for name in rates if getattr(recording, name) is not None]
        known = [name for name in rates if rates[name]]
        if not given or not set(given) <= set(known):
            raise ValueError(
                f"Expected a recording with {' or '.join(known)}. Received: "
                f"{' and '.join(given) or 'nothing'}."
            )
        points = np.zeros((0, len(skeleton.JOINTS) + 1, 3), "float32")
        signals = np.zeros((0, self.channels), "float32")
        if recording.skeleton is not None:
            rate = recording.skeleton_rate or self.skeleton_rate
            shape = (len(skeleton.JOINTS), 3)
            joints = filled(checked(recording.skeleton, "skeleton", shape, rate))
            points = skeleton.normalized(resampled(joints, rate, self.skeleton_rate))
        if recording.signals is not None:
            rate = recording.signals_rate or self.signals_rate
            values = filled(checked(recording.signals, "signals", (self.channels,), rate))
            values = smoothed(resampled(values, rate, self.signals_rate), self.smoothing)
            usual = np.array([self.offsets, self.scales], "float32")
            signals = (values - usual[0]) / usual[1]
        return Movement(points, signals)

    def features(self, movement: Movement) -> tuple[np.ndarray, ...]:
        """Features of a movement for each input stream of the model.

        Returns:
            Of skeletons float32, shape `(frames, 186)`, and of signals float32, shape
            `(samples, signal_features)`; each if the model has it.
        """
        found = []
        if self.skeleton_rate:
            seen = len(movement.points) > 0
            empty = np.zeros((0, skeleton.FEATURES), "float32")
            found.append(skeleton.features(movement.points) if seen else empty)
        if self.signals_rate:
            signals = movement.signals
            if self.vectors:
                vectors = signals.reshape(len(signals), self.channels // 3, 3)
                signals = np.concatenate([signals, np.linalg.norm(vectors, axis=2) - 1], axis=1)
            found.append(np.nan_to_num(signals, nan=0.0).astype("float32"))
        return tuple(found)

    def batch(
        self, movements: Sequence[Movement], lengths: Sequence[int] | None = None
    ) -> list[np.ndarray]:
        """Padded features and masks, as the model takes them.

        Args:
            movements: one or more, from `read`.
            lengths: padded lengths of points and of signals; None for `padded_lengths`.

        Returns:
            For each stream of the model features, float32, shape `(movements, time, features)`, and
            a mask, bool, shape `(movements, time)`, False after the end of a movement.
        """
        known = bool(self.skeleton_rate), bool(self.signals_rate)
        lengths = padded_lengths(movements) if lengths is None else lengths
        rows = [self.features(movement) for movement in movements]
        streams = zip(*rows, strict=True)
        sizes = [length for length, wanted in zip(lengths, known, strict=True) if wanted]
        return [
            array
            for stream, size in zip(streams, sizes, strict=True)
            for array in _padded(stream, size)
        ]


def is_seen(name: str, values: np.ndarray) -> bool:
    """Whether a stream has what a model needs of it.

    Args:
        name: "skeleton" or "signals".
        values: shape `(time, joints, 3)` or `(time, channels)`.
    """
    if name == "skeleton" and values.shape[1:] == (len(skeleton.JOINTS), 3):
        return skeleton.is_placed(values)
    return not np.isnan(values).all()


def padded_lengths(movements: Sequence[Movement]) -> tuple[int, ...]:
    """The smallest of `LENGTHS` that hold the points and the signals of all movements."""
    longest = [max(map(len, stream)) for stream in zip(*movements, strict=True)]
    return tuple(LENGTHS[i] for i in np.searchsorted(LENGTHS, longest))


def _padded(stream: Sequence[np.ndarray], length: int) -> tuple[np.ndarray, np.ndarray]:
    """Features of several movements in one array, and the mask of what is not padding."""
    values = np.zeros((len(stream), length, stream[0].shape[1]), "float32")
    mask = np.zeros((len(stream), length), "bool")
    for row, kept, features in zip(values, mask, stream, strict=True):
        row[: len(features)], kept[: len(features)] = features, True
    return values, mask
