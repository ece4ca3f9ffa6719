"""A score: steps of pitches, and the notes, pictures and sounds that they make."""

import base64
import dataclasses
import io
import os
import pathlib

import numpy as np

from gru_zoo.tasks.music import key_finding as keys
from gru_zoo.tasks.music.notes import Note, quantize_to_grid


@dataclasses.dataclass(frozen=True)
class Score:
    """Music in equal steps.

    A pitch that sounds in steps one after the other is one held note, struck anew at each bar.

    Args:
        steps: the MIDI pitches that sound in each step.
        tempo: quarter notes a minute, above 0.
        steps_per_beat: steps of a quarter note.
        beats_per_bar: quarter notes of a bar.
    """

    steps: tuple[tuple[int, ...], ...]
    tempo: float = 90
    steps_per_beat: int = 1
    beats_per_bar: int = 4

    def __post_init__(self):
        steps = tuple(tuple(sorted({int(pitch) for pitch in step})) for step in self.steps)
        if any(step and not 0 <= step[0] <= step[-1] <= 127 for step in steps):
            raise ValueError("Expected MIDI pitches from 0 to 127. Received others.")
        # A tempo in MIDI is a whole number of microseconds in three bytes.
        if not 4 <= self.tempo <= 1_000:
            raise ValueError(f"Expected a tempo from 4 to 1,000. Received: tempo={self.tempo!r}.")
        object.__setattr__(self, "steps", steps)

    @property
    def bars(self) -> float:
        """Length in bars."""
        return len(self.steps) / (self.steps_per_beat * self.beats_per_bar)

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.steps) / self.steps_per_beat * 60 / self.tempo

    @property
    def notes(self) -> list[Note]:
        """The notes by start and pitch; the highest of a step is a little louder, as is a bar's
        first beat.
        """
        bar = self.steps_per_beat * self.beats_per_bar
        padded = ((), *self.steps, ())
        starts: dict[int, int] = {}
        found = []
        for t, (before, now) in enumerate(zip(padded, padded[1:], strict=False)):
            for pitch in before:
                if pitch not in now or t % bar == 0:
                    found.append(self._note(pitch, starts.pop(pitch), t))
            for pitch in now:
                starts.setdefault(pitch, t)
        return sorted(found, key=lambda note: (note.start, note.pitch))

    def _note(self, pitch: int, start: int, end: int) -> Note:
        top = pitch == self.steps[start][-1]
        accent = start % (self.steps_per_beat * self.beats_per_bar) == 0
        length = (end - start) / self.steps_per_beat
        return Note(pitch, start / self.steps_per_beat, length, 72 + 8 * top + 6 * accent)

    @property
    def piano_roll(self) -> np.ndarray:
        """Which pitches sound, boolean, shape `(steps, 128)`."""
        roll = np.zeros((len(self.steps), 128), bool)
        for row, step in zip(roll, self.steps, strict=True):
            row[list(step)] = True
        return roll

    def transposed(self, semitones: int) -> "Score":
        """The score so many semitones higher; notes that leave the range of MIDI are left out."""
        moved = tuple(
            tuple(pitch + semitones for pitch in step if 0 <= pitch + semitones <= 127)
            for step in self.steps
        )
        return dataclasses.replace(self, steps=moved)

    def in_c(self) -> "Score":
        """The score moved, by as little as can be, so that its key is C major or C minor."""
        return self.transposed(keys.semitones_to_c(keys.find_key(self.steps)))

    def within(self, lowest: int, highest: int) -> "Score":
        """The score without the notes outside a range of pitches, both ends in it."""
        steps = tuple(tuple(p for p in step if lowest <= p <= highest) for step in self.steps)
        return dataclasses.replace(self, steps=steps)

    def followed_by(self, other: "Score") -> "Score":
        """This score and then the steps of another of the same kind of steps."""
        if other.steps_per_beat != self.steps_per_beat:
            raise ValueError(
                f"Expected {self.steps_per_beat} steps a beat. Received: {other.steps_per_beat}."
            )
        return dataclasses.replace(self, steps=self.steps + other.steps)

    def with_steps_per_beat(self, count: int) -> "Score":
        """The score in other steps: a note lasts at least one, and starts at the nearest.

        The length stays, so what would start at the very end starts in the last step.
        """
        if count == self.steps_per_beat:
            return self
        size = -(-len(self.steps) * count // self.steps_per_beat)
        return dataclasses.replace(
            self, steps=quantize_to_grid(self.notes, count, size), steps_per_beat=count
        )

    def save(self, path: str | os.PathLike) -> pathlib.Path:
        """Write a MIDI file, see `gru_zoo.tasks.music.midi.write`."""
        from gru_zoo.tasks.music import midi

        return midi.write(self, path)

    def to_wav(
        self, path: str | os.PathLike, soundfont: str | os.PathLike | None = None
    ) -> pathlib.Path:
        """Write the sound, 16-bit mono.

        Args:
            path: of the WAV file.
            soundfont: a sound font for FluidSynth, which then has to be installed; None takes the
                plucked strings of `gru_zoo.tasks.music.synthesizer`.
        """
        from gru_zoo.tasks.music import synthesizer as synth

        return synth.write(self, path, soundfont)

    def __str__(self) -> str:
        notes = len(self.notes)
        best = keys.find_key(self.steps) if notes else "no key"
        return f"{self.bars:g} bars, {notes} notes, {best}, {self.seconds:.0f} s"

    def _repr_html_(self) -> str:
        """A picture and a player, for notebooks."""
        import matplotlib.figure

        from gru_zoo.tasks.music import synthesizer as synth
        from gru_zoo.tasks.music.plots import piano_roll

        picture, sound = io.BytesIO(), io.BytesIO()
        figure = matplotlib.figure.Figure(figsize=(9, 3), layout="constrained")
        piano_roll(self, figure.add_subplot())
        figure.savefig(picture, format="png")
        synth.write_wave(synth.render(self), sound)
        image, audio = (base64.b64encode(f.getvalue()).decode() for f in (picture, sound))
        return (
            f'<div>{self}</div><img src="data:image/png;base64,{image}" alt="piano roll">'
            f'<br><audio controls src="data:audio/wav;base64,{audio}"></audio>'
        )
