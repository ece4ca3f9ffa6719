"""Pieces of music: to chords of classes and back, and to batches for a model over steps."""

import dataclasses
import json
import pathlib
from collections.abc import Sequence

import numpy as np

from gru_zoo.files import read_json

Step = Sequence[int]

Piece = Sequence[Step]

Voices = dict[str, tuple[int, int]]


@dataclasses.dataclass(frozen=True)
class MusicProcessor:
    """Steps of MIDI pitches to chords of classes, from 1 for the lowest key; 0 ends a chord.

    Args:
        slots: entries of a chord, its end counted; of a step with more notes the lowest go.
        steps_per_beat: steps of a quarter note.
        lowest: MIDI pitch of class 1.
        keys: number of keys.
        beats_per_bar: quarter notes of a bar, as pieces are written.
        voices: lowest and highest pitch of each voice, the highest voice first, where steps
            consist of voices.
    """

    slots: int
    steps_per_beat: int
    lowest: int = 21
    keys: int = 88
    beats_per_bar: int = 4
    voices: Voices | None = None

    @property
    def steps_per_bar(self) -> int:
        return self.steps_per_beat * self.beats_per_bar

    def encode(self, piece: Piece) -> np.ndarray:
        """The chords of a piece, int32, shape `(steps, slots)`: descending classes, then zeros.

        Raises:
            ValueError: a pitch is none of the keys.
        """
        chords = np.zeros((len(piece), self.slots), "int32")
        for chord, step in zip(chords, piece, strict=True):
            classes = sorted({pitch - self.lowest + 1 for pitch in step}, reverse=True)
            if classes and not 1 <= classes[-1] <= classes[0] <= self.keys:
                raise ValueError(
                    f"Expected pitches from {self.lowest} to {self.lowest + self.keys - 1}. "
                    f"Received: {sorted(step)}."
                )
            chord[: min(len(classes), self.slots - 1)] = classes[: self.slots - 1]
        return chords

    def decode(self, classes: Sequence[int]) -> list[tuple[int, ...]]:
        """Steps, each its pitches ascending, of classes one after the other, 0 behind each step."""
        steps: list[tuple[int, ...]] = []
        pitches: list[int] = []
        for number in classes:
            if number:
                pitches.append(int(number) + self.lowest - 1)
            else:
                steps.append(tuple(sorted(pitches)))
                pitches = []
        return steps

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json`."""
        settings = {"kind": "music", **dataclasses.asdict(self)}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "MusicProcessor":
        """Read what `save` wrote."""
        settings = read_json(folder / "processor.json")
        del settings["kind"]
        if settings["voices"] is not None:
            settings["voices"] = {name: tuple(pair) for name, pair in settings["voices"].items()}
        return cls(**settings)
