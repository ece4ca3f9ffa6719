"""Recognition while a movement goes on."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from gru_zoo.base.labels import Label
from gru_zoo.tasks.action_recognition.processor import is_seen
from gru_zoo.tasks.action_recognition.recording import MAX_SECONDS, Recording, as_array

HOP = 0.2  # seconds
WINDOW = 8.0  # seconds: longer than each recording of the sets that the presets learned from


class ActionStream:
    """The action so far, as frames and samples arrive, see `ActionRecognition.stream`.

    The model reads in both directions, so it is computed anew from the frames of the window
    whenever a hop of time has passed. The last label is that of the whole recording: `predict`
    gives the same for the frames that the window holds.

    Args:
        predict: from a `Recording` to its label.
        rates: frames and samples per second of what is fed.
        hop: seconds of movement from one label to the next, above 0.
        window: seconds of movement that are kept, above `hop` and at most 20.

    Raises:
        ValueError: if the hop or the window is out of its range.

    Example:

        >>> stream = gru_zoo.load("action_recognition").stream()
        >>> for frame in camera:
        ...     for label in stream.feed(skeleton=frame[None]):
        ...         print(label)
        >>> stream.finish()
    """

    def __init__(
        self,
        predict: Callable[[Recording], Label],
        rates: tuple[float, float],
        hop: float = HOP,
        window: float = WINDOW,
    ):
        if not 0 < hop < window <= MAX_SECONDS:
            raise ValueError(
                f"Expected a hop above 0 s, below the window, which is at most {MAX_SECONDS} s. "
                f"Received: hop={hop!r}, window={window!r}."
            )
        self._predict, self._hop, self._window = predict, hop, window
        self._parts = {
            "skeleton": _Buffer(rates[0], window),
            "signals": _Buffer(rates[1], window),
        }
        self._next, self._last = hop, None
        self._finished = False

    def feed(self, skeleton: Any = None, signals: Any = None) -> list[Label]:
        """Labels of the moments that frames and samples complete.

        Args:
            skeleton: any number of frames, shape `(frames, joints, 3)`, or None.
            signals: any number of samples, shape `(samples, channels)`, or None.

        Returns:
            At most one label: of all that is known, if a hop has passed since the last one and
            anything was seen.

        Raises:
            ValueError: if the stream is finished, or what is fed is no part of a recording. What
                was fed before stays.
        """
        if self._finished:
            raise ValueError("Expected a movement before `finish`. Received: a part after it.")
        given = {"skeleton": skeleton, "signals": signals}
        new = {name: as_array(part, name) for name, part in given.items() if part is not None}
        parts = dict(self._parts)
        for name, part in new.items():
            parts[name] = parts[name].with_more(part)
        seconds = max(part.seconds for part in parts.values())
        due = seconds >= self._next and bool(_seen(parts))
        labels = [self._label(parts)] if due else []
        self._parts = parts
        if due:
            self._next = (seconds // self._hop + 1) * self._hop
        return labels

    def finish(self) -> Label:
        """The label of all that was fed, as `predict` gives it.

        Raises:
            ValueError: if nothing was fed, or too little.
        """
        self._finished = True
        return self._label(self._parts)

    def _label(self, parts: "dict[str, _Buffer]") -> Label:
        # A camera that has seen nobody is left out, unless there is nothing else.
        given = _seen(parts) or {k: v for k, v in parts.items() if v.values is not None}
        fields: dict[str, Any] = {name: part.values for name, part in given.items()}
        fields |= {f"{name}_rate": part.rate or None for name, part in given.items()}
        return self._predict(Recording(**fields))


def _seen(parts: "dict[str, _Buffer]") -> "dict[str, _Buffer]":
    """The parts of which anything was seen."""
    return {
        name: part
        for name, part in parts.items()
        if part.values is not None and is_seen(name, part.values)
    }


@dataclasses.dataclass(frozen=True)
class _Buffer:
    """The last seconds of a stream.

    Args:
        rate: frames per second.
        window: seconds that are kept.
        values: what is kept, or None if nothing came yet.
        count: number of frames that came.
    """

    rate: float
    window: float
    values: np.ndarray | None = None
    count: int = 0

    @property
    def seconds(self) -> float:
        """Length of what came, in seconds."""
        return self.count / self.rate if self.rate else 0.0

    def with_more(self, part: np.ndarray) -> "_Buffer":
        """The buffer after more frames, shape `(frames, ...)`."""
        if self.values is not None and part.shape[1:] != self.values.shape[1:]:
            raise ValueError(
                f"Expected frames of shape {self.values.shape[1:]}, as those before. Received: "
                f"{part.shape[1:]}."
            )
        values = part if self.values is None else np.concatenate([self.values, part])
        kept = max(1, round(self.window * self.rate))
        return dataclasses.replace(self, values=values[-kept:], count=self.count + len(part))
