"""Pieces of music: to chords of classes and back, and to batches for a model over steps."""

import dataclasses
import json
import pathlib
from collections.abc import Sequence

import numpy as np

from gru_zoo.batching.dataset import Batches
from gru_zoo.files import read_json

# Padded numbers of steps; the longest published piece has 3,857.
LENGTHS = (32, 64, 96, 112, 128, 144, 160, 192, 256, 512, 1024, 2048, 4096)

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


def pad_chords(pieces: Sequence[np.ndarray], lengths: Sequence[int] = LENGTHS) -> np.ndarray:
    """Chords of several pieces in one array, int32, `(pieces, steps, slots)`, padded with -1."""
    longest = max(map(len, pieces))
    place = int(np.searchsorted(lengths, longest))
    steps = lengths[place] if place < len(lengths) else longest
    padded = np.full((len(pieces), steps, pieces[0].shape[1]), -1, "int32")
    for row, chords in zip(padded, pieces, strict=True):
        row[: len(chords)] = chords
    return padded


class PieceBatches(Batches):
    """Padded batches of pieces; long ones in parts that are cut anew in every epoch.

    A batch is `(chords, nothing, weights)`: chords as the model takes them, zeros and weights of
    shape `(batch, steps)`. A part begins with `lead` steps of the part before it, from which the
    model learns what goes on and which, like padding, have weight 0; so every step counts once an
    epoch. All else is as in `Batches`.

    Args:
        pieces: chords of each piece, shape `(steps, slots)`.
        batch_size: parts a batch.
        part: about how many steps a part has; None leaves pieces whole.
        lead: see above.
        seed: of the order and the cuts.
        shuffle: False keeps order and cuts the same in every epoch.
    """

    def __init__(
        self,
        pieces: Sequence[np.ndarray],
        *,
        batch_size: int,
        part: int | None = None,
        lead: int = 16,
        seed: int = 0,
        shuffle: bool = True,
    ):
        self._pieces, self._lead = pieces, lead
        self._parts = [
            (number, index, count)
            for number, chords in enumerate(pieces)
            for count in [1 if part is None else -(-len(chords) // part)]
            for index in range(count)
        ]
        # `Batches` is to sort the parts by about how long they are.
        sizes = [len(pieces[number]) // count + lead * (i > 0) for number, i, count in self._parts]
        longest = max(map(len, pieces), default=0)
        lengths = [n for n in LENGTHS if n < longest] + [longest + lead + 1]
        super().__init__(
            [np.ones(size, "int32") for size in sizes],
            batch_size=batch_size,
            seed=seed,
            shuffle=shuffle,
            lengths=lengths,
        )

    def _batch(self, rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(chords, nothing, weights)."""
        parts = [self._cut(*self._parts[row]) for row in rows]
        chords = pad_chords([part for part, _ in parts])
        weights = (chords[:, :, 0] >= 0).astype("float32")
        for row, (_, lead) in zip(weights, parts, strict=True):
            row[:lead] = 0
        return chords, np.zeros_like(weights), weights

    def _cut(self, number: int, index: int, count: int) -> tuple[np.ndarray, int]:
        """Part `index` of `count` of a piece, and how many of its steps are its lead."""
        chords = self._pieces[number]
        bounds = np.arange(count + 1) * len(chords) / count
        if self._shuffle:
            random = np.random.default_rng((self.seed, self.epoch, number))
            bounds[1:-1] += (random.random() - 0.5) / 2 * len(chords) / count
        start, end = bounds.astype(int)[index : index + 2]
        lead = min(start, self._lead)
        return chords[start - lead : end], int(lead)
