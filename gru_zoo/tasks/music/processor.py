"""Pieces of music to chords of classes and back."""

import dataclasses
import json
import pathlib
from collections.abc import Iterable, Sequence

import numpy as np

from gru_zoo.files import read_settings

Step = Sequence[int]  # MIDI pitches that sound together

Piece = Sequence[Step]

Voices = dict[str, tuple[int, int]]  # name: (lowest pitch, highest pitch), the highest voice first

KIND = "music"  # "kind" of the settings in `processor.json`


@dataclasses.dataclass(frozen=True)
class MusicProcessor:
    """Steps of MIDI pitches to chords of classes.

    Class 1 is the lowest key, and class 0 ends a chord.

    Args:
        slots: maximum entries of a chord, its end included. Of a step with more notes, the lowest
            notes are left out.
        steps_per_beat: steps of a quarter note.
        lowest: MIDI pitch of class 1.
        keys: number of keys.
        beats_per_bar: quarter notes of a bar in generated pieces.
        voices: lowest and highest pitch of each voice, the highest voice first; None if steps do
            not consist of voices.
    """

    slots: int
    steps_per_beat: int
    lowest: int = 21
    keys: int = 88
    beats_per_bar: int = 4
    voices: Voices | None = None

    @property
    def steps_per_bar(self) -> int:
        """Steps of a bar."""
        return self.steps_per_beat * self.beats_per_bar

    def encode(self, piece: Piece) -> np.ndarray:
        """Encode a piece as chords, int32, shape `(steps, slots)`: descending classes, then zeros.

        Raises:
            ValueError: a pitch is not among the keys.
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

    def decode(self, classes: Iterable[int]) -> list[tuple[int, ...]]:
        """Decode classes to steps, each with its pitches in ascending order.

        Args:
            classes: the classes of all chords in one sequence; a 0 ends each chord.
        """
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
        settings = {"kind": KIND, **dataclasses.asdict(self)}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "MusicProcessor":
        """Read the settings that `save` wrote.

        Raises:
            FileNotFoundError: there is no `processor.json`.
            ValueError: the file is damaged, or belongs to another task.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        settings = read_settings(folder / "processor.json", KIND, names)
        if settings["voices"] is not None:
            settings["voices"] = {name: tuple(pair) for name, pair in settings["voices"].items()}
        return cls(**settings)
