"""Sheet of music: steps of pitches, with their notes, MIDI file, sound and piano roll."""

import dataclasses
import os
import pathlib
from collections.abc import Callable

import numpy as np

from gru_zoo.files import as_path, replacing_file
from gru_zoo.tasks.music import midi, synthesizer, timing
from gru_zoo.tasks.music.grid import find_steps_per_beat
from gru_zoo.tasks.music.html import player
from gru_zoo.tasks.music.key_finding import find_key, semitones_to_c
from gru_zoo.tasks.music.loading import score_arguments
from gru_zoo.tasks.music.notes import (
    Note,
    Steps,
    checked_steps,
    notes_of_steps,
    quantize_to_grid,
    struck_at_bars,
    warn_of_notes_left_out,
)
from gru_zoo.tasks.music.suffix import check_suffix
from gru_zoo.tasks.music.timing import Meter, MeterChanges, TempoChanges


@dataclasses.dataclass(frozen=True, repr=False)
class Score:
    """Music in equal steps.

    Args:
        steps: MIDI pitches of each step, from 0 to 127.
        tempo: quarter notes a minute at the start, from 4 to 1,000.
        steps_per_beat: steps of a quarter note.
        meter: time signature at the start, such as (3, 4) or (6, 8).
        tempo_changes: later tempos, as (quarter notes from the start, tempo).
        meter_changes: later meters, as (quarter notes from the start, meter). A change starts a
            bar.
        pickup: quarter notes before the first bar line, less than a bar.
        struck: pitches that are struck in each step; other pitches are held from the step before.
            None where that is unknown, as in what a model composes: a pitch of consecutive steps is
            then one long note, and starts anew at the start of a bar.
        remark: what was done to get this score, one sentence; it is shown with the score.

    Raises:
        ValueError: a pitch, a tempo, a meter or the pickup is out of range, or `struck` has another
            number of steps.

    Example:

    >>> score = Score(((60, 64), (60, 65), (), (60,)), tempo=120)
    >>> score
    <Score: 1 bars, 4 notes, C major, 2 s>
    >>> [(note.pitch, note.start, note.length) for note in score.notes]
    [(60, 0.0, 2.0), (64, 0.0, 1.0), (65, 1.0, 1.0), (60, 3.0, 1.0)]
    >>> score.transposed(2).steps
    ((62, 66), (62, 67), (), (62,))
    >>> Score(((60,), (60,)), struck=((60,), (60,))).notes[1].start
    1.0
    """

    steps: Steps
    tempo: float = 90
    steps_per_beat: int = 1
    meter: Meter = (4, 4)
    tempo_changes: TempoChanges = ()
    meter_changes: MeterChanges = ()
    pickup: float = 0.0
    struck: Steps | None = None
    remark: str = dataclasses.field(default="", compare=False)

    def __post_init__(self) -> None:
        steps = checked_steps(self.steps)
        tempo, meter = timing.check_tempo(self.tempo), timing.check_meter(self.meter)
        timing.check_pickup(self.pickup, meter)
        if self.struck is not None and len(self.struck) != len(steps):
            raise ValueError(
                f"Expected what is struck in {len(steps)} steps. Received: {len(self.struck)}."
            )
        tempos = timing.check_changes(self.tempo_changes, tempo, timing.check_tempo)
        meters = timing.check_changes(self.meter_changes, meter, timing.check_meter)
        struck = self.struck and checked_steps(self.struck)
        vars(self).update(steps=steps, meter=meter, struck=struck)
        vars(self).update(tempo_changes=tempos, meter_changes=meters)

    @classmethod
    def load(cls, path: str | os.PathLike, steps_per_beat: int | None = None) -> "Score":
        """Read a MIDI file; see `gru_zoo.tasks.music.midi.read`.

        Silence before the first note and after the last one is removed. Tempos, meters, and which
        notes are struck again are kept. Notes that lie between the steps of the grid are left out,
        and swung eighths are read as even ones, both with a warning.

        Args:
            path: path of the file.
            steps_per_beat: steps of a quarter note, to which notes are quantized. None finds the
                smallest number on which the notes start, such as 2 for eighths and 3 for triplets,
                and takes 4 if they are irregular.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file is not a MIDI file, is damaged, or has an unsupported format.
        """
        return cls(**score_arguments(path, steps_per_beat))

    @property
    def beats(self) -> float:
        """Length in quarter notes."""
        return len(self.steps) / self.steps_per_beat

    @property
    def beats_per_bar(self) -> float:
        """Quarter notes of a bar at the start."""
        return timing.quarters(self.meter)

    @property
    def bars(self) -> float:
        """Length in bars."""
        return timing.count_bars(self.beats, self.meter, self.meter_changes)

    @property
    def bar_lines(self) -> list[float]:
        """Quarter notes from the start to each start of a bar."""
        return timing.bar_lines(self.beats, self.meter, self.meter_changes, self.pickup)

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return timing.TempoMap(self.tempo, self.tempo_changes).seconds(self.beats)

    @property
    def key(self) -> str | None:
        """Key, such as "Eb major", see `find_key`; None if there are no notes."""
        return find_key(self.steps) if any(self.steps) else None

    @property
    def notes(self) -> list[Note]:
        """Notes, sorted by start and pitch.

        The highest note of a step is a little louder, and so are notes on the first beat of a bar.
        """
        struck = self.struck_at_bars() if self.struck is None else self.struck
        return notes_of_steps(self.steps, struck, self.steps_per_beat, self._bar_steps())

    def _bar_steps(self) -> set[int]:
        """The steps at which a bar starts."""
        return {round(beat * self.steps_per_beat) for beat in self.bar_lines}

    def struck_at_bars(self) -> Steps:
        """What is struck in each step if a pitch of consecutive steps is one note until the bar."""
        return struck_at_bars(self.steps, self._bar_steps())

    @property
    def piano_roll(self) -> np.ndarray:
        """Whether each pitch sounds in each step, boolean, shape `(steps, 128)`."""
        roll = np.zeros((len(self.steps), 128), bool)
        for row, step in zip(roll, self.steps, strict=True):
            row[list(step)] = True
        return roll

    def _with_pitches(self, change: Callable[[tuple[int, ...]], tuple[int, ...]]) -> "Score":
        """The score with the pitches of each step changed."""
        struck = self.struck if self.struck is None else tuple(map(change, self.struck))
        return dataclasses.replace(self, steps=tuple(map(change, self.steps)), struck=struck)

    def transposed(self, semitones: int) -> "Score":
        """The score moved up by `semitones`; notes outside the MIDI range are removed."""
        return self._with_pitches(
            lambda step: tuple(p + semitones for p in step if 0 <= p + semitones <= 127)
        )

    def in_c(self) -> "Score":
        """The score transposed to C major or C minor, by at most six semitones."""
        return self.transposed(semitones_to_c(find_key(self.steps)))

    def within(self, lowest: int, highest: int) -> "Score":
        """The score with only the notes from pitch `lowest` to pitch `highest`, both included."""
        return self._with_pitches(lambda step: tuple(p for p in step if lowest <= p <= highest))

    def followed_by(self, other: "Score") -> "Score":
        """The score extended by the steps, tempos and meters of another.

        Raises:
            ValueError: the other score has other steps per beat.
        """
        if other.steps_per_beat != self.steps_per_beat:
            raise ValueError(
                f"Expected {self.steps_per_beat} steps a beat. Received: {other.steps_per_beat}. "
                "Convert one score by with_steps_per_beat."
            )
        if not self.steps:
            return other
        tempos = ((0.0, other.tempo), *other.tempo_changes)
        meters = ((0.0, other.meter), *other.meter_changes)
        joined = dataclasses.replace(
            self,
            steps=self.steps + other.steps,
            tempo_changes=(*self.tempo_changes, *((self.beats + b, v) for b, v in tempos)),
            meter_changes=(*self.meter_changes, *((self.beats + b, v) for b, v in meters)),
            struck=None,
        )
        if self.struck is None and other.struck is None:
            return joined
        held = joined.struck_at_bars()
        count = len(self.steps)
        return dataclasses.replace(
            joined, struck=(self.struck or held[:count]) + (other.struck or held[count:])
        )

    def with_steps_per_beat(self, count: int) -> "Score":
        """The score quantized to `count` steps a quarter note.

        A note starts at the nearest step and lasts at least one. The length of the score stays the
        same, so a note that would start at its very end starts in the last step. Notes that lie
        between the steps are left out, with a warning.
        """
        if count == self.steps_per_beat:
            return self
        step_count = -(-len(self.steps) * count // self.steps_per_beat)
        notes = self.notes
        steps, struck, left_out = quantize_to_grid(notes, count, step_count)
        warn_of_notes_left_out(left_out, len(notes), "the score", count)
        return dataclasses.replace(
            self,
            steps=steps,
            steps_per_beat=count,
            struck=None if self.struck is None else struck,
        )

    def on_grid(self, count: int) -> "Score":
        """The score in `count` steps a quarter note, or in more if it has shorter notes.

        The number is the smallest on which the notes start, such as 2 for eighths and 3 for
        triplets, see `find_steps_per_beat`, if this does not divide `count`.
        """
        meters = [self.meter, *(meter for _, meter in self.meter_changes)]
        found = find_steps_per_beat(self.notes, meters) or self.steps_per_beat
        return self.with_steps_per_beat(found if count % found else count)

    def save(self, path: str | os.PathLike) -> pathlib.Path:
        """Write a MIDI file of format 0, or a WAV file, and return its path.

        Args:
            path: ends in .mid or .midi, or in .wav, see `to_wav`; an existing file is replaced. A
                piece with a pickup begins with the rest of its first bar in a MIDI file.

        Raises:
            ValueError: the path ends in anything else.
        """
        if check_suffix(path) == ".wav":
            return self.to_wav(path)
        return midi.write(
            path,
            self.notes,
            self.tempo,
            self.beats,
            self.meter,
            self.tempo_changes,
            self.meter_changes,
            rest=self.beats_per_bar - self.pickup if self.pickup else 0.0,
        )

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
            ValueError: FluidSynth cannot read the sound font, or the sound would last more than an
                hour.
        """
        music = self.notes, self.tempo, self.beats, self.tempo_changes
        with replacing_file(as_path(path)) as temporary:
            if soundfont is None:
                with temporary.open("wb") as file:
                    synthesizer.write_wave(synthesizer.render(*music), file)
            else:
                synthesizer.render_with_fluidsynth(*music, temporary, soundfont)
        return as_path(path)

    def __str__(self) -> str:
        found = f"{len(self.notes)} notes, {self.key or 'no key'}"
        return f"{self.bars:g} bars, {found}, {self.seconds:.0f} s"

    def __repr__(self) -> str:
        return f"<Score: {self}>"

    def _repr_html_(self) -> str:
        """Piano roll and player, for notebooks."""
        return player(self, f"{self}. {self.remark}" if self.remark else str(self))
