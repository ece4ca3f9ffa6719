"""Sheet of music: steps of pitches, with their notes, MIDI file, sound and piano roll."""

import base64
import dataclasses
import io
import os
import pathlib

import numpy as np

from gru_zoo.files import as_path, replacing_file
from gru_zoo.tasks.music import midi, synthesizer
from gru_zoo.tasks.music.key_finding import find_key, semitones_to_c
from gru_zoo.tasks.music.notes import Note, quantize_to_grid
from gru_zoo.tasks.music.plots import piano_roll


@dataclasses.dataclass(frozen=True)
class Score:
    """Music in equal steps.

    A pitch of consecutive steps is one long note. At the start of a bar it starts anew.

    Args:
        steps: MIDI pitches of each step, from 0 to 127.
        tempo: quarter notes a minute, from 4 to 1,000.
        steps_per_beat: steps of a quarter note.
        beats_per_bar: quarter notes of a bar.

    Raises:
        ValueError: a pitch or the tempo is out of range.

    Example:

    >>> score = Score(((60, 64), (60, 65), (), (60,)), tempo=120)
    >>> score.bars, score.seconds
    (1.0, 2.0)
    >>> [(note.pitch, note.start, note.length) for note in score.notes]
    [(60, 0.0, 2.0), (64, 0.0, 1.0), (65, 1.0, 1.0), (60, 3.0, 1.0)]
    >>> score.transposed(2).steps
    ((62, 66), (62, 67), (), (62,))
    """

    steps: tuple[tuple[int, ...], ...]
    tempo: float = 90
    steps_per_beat: int = 1
    beats_per_bar: int = 4

    def __post_init__(self) -> None:
        steps = tuple(tuple(sorted({int(pitch) for pitch in step})) for step in self.steps)
        pitches = [pitch for step in steps for pitch in step]
        if pitches and not 0 <= min(pitches) <= max(pitches) <= 127:
            raise ValueError(
                "Expected MIDI pitches from 0 to 127. Received: pitches from "
                f"{min(pitches)} to {max(pitches)}."
            )
        if not midi.MIN_TEMPO <= self.tempo <= midi.MAX_TEMPO:
            raise ValueError(f"Expected a tempo from 4 to 1,000. Received: tempo={self.tempo!r}.")
        object.__setattr__(self, "steps", steps)

    @classmethod
    def load(cls, path: str | os.PathLike, steps_per_beat: int = 4) -> "Score":
        """Read a MIDI file; see `gru_zoo.tasks.music.midi.read`.

        Silence before the first note and after the last one is removed.

        Args:
            path: path of the file.
            steps_per_beat: steps of a quarter note, to which notes are quantized.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file is not a MIDI file, is damaged, or has an unsupported format.
        """
        notes, tempo = midi.read(path)
        first = min((note.start for note in notes), default=0.0)
        # Whole steps are removed, so that the others stay where they are in the beat.
        first = int(first * steps_per_beat + 0.5) / steps_per_beat
        notes = [note._replace(start=max(0.0, note.start - first)) for note in notes]
        return cls(quantize_to_grid(notes, steps_per_beat), tempo, steps_per_beat)

    @property
    def beats(self) -> float:
        """Length in quarter notes."""
        return len(self.steps) / self.steps_per_beat

    @property
    def bars(self) -> float:
        """Length in bars."""
        return len(self.steps) / (self.steps_per_beat * self.beats_per_bar)

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.beats * 60 / self.tempo

    @property
    def notes(self) -> list[Note]:
        """Notes, sorted by start and pitch.

        The highest note of a step is a little louder, and so are notes on the first beat of a bar.
        """
        steps_per_bar = self.steps_per_beat * self.beats_per_bar
        padded = ((), *self.steps, ())
        starts: dict[int, int] = {}
        notes = []
        for t, (previous, current) in enumerate(zip(padded, padded[1:], strict=False)):
            for pitch in previous:
                if pitch not in current or t % steps_per_bar == 0:
                    notes.append(self._note(pitch, starts.pop(pitch), t))
            for pitch in current:
                starts.setdefault(pitch, t)
        return sorted(notes, key=lambda note: (note.start, note.pitch))

    def _note(self, pitch: int, start: int, end: int) -> Note:
        top = pitch == self.steps[start][-1]
        accent = start % (self.steps_per_beat * self.beats_per_bar) == 0
        length = (end - start) / self.steps_per_beat
        return Note(pitch, start / self.steps_per_beat, length, 72 + 8 * top + 6 * accent)

    @property
    def piano_roll(self) -> np.ndarray:
        """Whether each pitch sounds in each step, boolean, shape `(steps, 128)`."""
        roll = np.zeros((len(self.steps), 128), bool)
        for row, step in zip(roll, self.steps, strict=True):
            row[list(step)] = True
        return roll

    def transposed(self, semitones: int) -> "Score":
        """The score moved up by `semitones`; notes outside the MIDI range are removed."""
        steps = tuple(
            tuple(pitch + semitones for pitch in step if 0 <= pitch + semitones <= 127)
            for step in self.steps
        )
        return dataclasses.replace(self, steps=steps)

    def in_c(self) -> "Score":
        """The score transposed to C major or C minor, by at most six semitones."""
        return self.transposed(semitones_to_c(find_key(self.steps)))

    def within(self, lowest: int, highest: int) -> "Score":
        """The score with only the notes from pitch `lowest` to pitch `highest`, both included."""
        steps = tuple(tuple(p for p in step if lowest <= p <= highest) for step in self.steps)
        return dataclasses.replace(self, steps=steps)

    def followed_by(self, other: "Score") -> "Score":
        """The score extended by the steps of another.

        Raises:
            ValueError: the other score has other steps per beat.
        """
        if other.steps_per_beat != self.steps_per_beat:
            raise ValueError(
                f"Expected {self.steps_per_beat} steps a beat. Received: {other.steps_per_beat}. "
                "Convert one score by with_steps_per_beat."
            )
        return dataclasses.replace(self, steps=self.steps + other.steps)

    def with_steps_per_beat(self, count: int) -> "Score":
        """The score quantized to `count` steps a quarter note.

        A note starts at the nearest step and lasts at least one. The length of the score stays the
        same, so a note that would start at its very end starts in the last step.
        """
        if count == self.steps_per_beat:
            return self
        step_count = -(-len(self.steps) * count // self.steps_per_beat)
        return dataclasses.replace(
            self, steps=quantize_to_grid(self.notes, count, step_count), steps_per_beat=count
        )

    def save(self, path: str | os.PathLike) -> pathlib.Path:
        """Write a MIDI file of format 0 and return its path; an existing file is replaced."""
        return midi.write(path, self.notes, self.tempo, self.beats, self.beats_per_bar)

    def to_wav(
        self, path: str | os.PathLike, soundfont: str | os.PathLike | None = None
    ) -> pathlib.Path:
        """Write the sound as a 16-bit mono WAV file and return its path.

        Args:
            path: path of the file; an existing file is replaced.
            soundfont: path of a sound font for FluidSynth, which has to be installed. None takes
                the plucked strings of `gru_zoo.tasks.music.synthesizer`.

        Raises:
            FileNotFoundError: the sound font does not exist, or FluidSynth is not installed.
            ValueError: FluidSynth cannot read the sound font.
        """
        path, music = as_path(path), (self.notes, self.tempo, self.beats)
        with replacing_file(path) as temporary:
            if soundfont is None:
                with temporary.open("wb") as file:
                    synthesizer.write_wave(synthesizer.render(*music), file)
            else:
                synthesizer.render_with_fluidsynth(*music, temporary, soundfont)
        return path

    def __str__(self) -> str:
        notes = len(self.notes)
        key = find_key(self.steps) if notes else "no key"
        return f"{self.bars:g} bars, {notes} notes, {key}, {self.seconds:.0f} s"

    def _repr_html_(self) -> str:
        """Piano roll and player, for notebooks."""
        import matplotlib.figure

        picture, sound = io.BytesIO(), io.BytesIO()
        figure = matplotlib.figure.Figure(figsize=(9, 3), layout="constrained")
        piano_roll(self, figure.add_subplot())
        figure.savefig(picture, format="png")
        samples = synthesizer.render(self.notes, self.tempo, self.beats)
        synthesizer.write_wave(samples, sound)
        image, audio = (base64.b64encode(f.getvalue()).decode() for f in (picture, sound))
        return (
            f'<div>{self}</div><img src="data:image/png;base64,{image}" alt="piano roll">'
            f'<br><audio controls src="data:audio/wav;base64,{audio}"></audio>'
        )
