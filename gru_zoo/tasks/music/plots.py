"""Piano rolls."""

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.plot.colors import PALETTE, palette
from gru_zoo.tasks.music.notes import Note
from gru_zoo.tasks.music.timing import TempoChanges

if TYPE_CHECKING:
    import matplotlib.axes


_ROUNDING = 1e-6  # quarter notes
_OCTAVE = 12  # semitones
_TEMPOS = 12  # that are written above a plot, evenly chosen


class NotesInBars(Protocol):
    """What `piano_roll` draws: notes, and the bars they lie in. A `Score` is one."""

    @property
    def notes(self) -> Sequence[Note]:
        """Notes with times in quarter notes."""

    @property
    def beats(self) -> float:
        """Length in quarter notes."""

    @property
    def bar_lines(self) -> Sequence[float]:
        """Quarter notes from the start to each start of a bar."""

    @property
    def tempo(self) -> float:
        """Quarter notes a minute at the start."""

    @property
    def tempo_changes(self) -> TempoChanges:
        """Later tempos."""


def piano_roll(
    score: NotesInBars, axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """Plot notes as horizontal bars: pitch over time, one color a voice, stronger if louder.

    Voices are found from the notes, see `voices_of`. From the sixth on they share one color. Tempos
    stand above the plot if there are several.

    Args:
        score: score, such as a result of `Music.compose`.
        axes: axes to draw on; None makes a new figure, of at most 14 by 3 inches.
    """
    bars = max(1, len(score.bar_lines))
    width = min(14.0, max(9.0, 0.35 * bars))
    axes = axes_or_new(axes, figsize=(width, 3), layout="constrained")
    notes, last = score.notes, len(PALETTE) - 1
    every_voice = voices_of(notes)
    voices = [min(voice, last) for voice in every_voice]
    names = [f"voice {number + 1}" + " (top)" * (number == 0) for number in range(len(PALETTE))]
    if max(every_voice, default=0) > last:
        names[last] = f"voices {last + 1} to {max(every_voice) + 1}"
    for voice in sorted(set(voices)):
        own = [note for note, number in zip(notes, voices, strict=True) if number == voice]
        axes.barh(
            [note.pitch for note in own],
            [note.length for note in own],
            left=[note.start for note in own],
            height=0.9,
            color=[(palette(axes)[voice], 0.6 + 0.4 * note.velocity / 127) for note in own],
            label=names[voice],
        )
    if len(set(voices)) > 1:  # beside the axes, where no note is hidden
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    axes.set_xlim(0, max(score.beats, 1))
    every = next(count for count in (1, 2, 4, 8, 16, 32, 64, 128, bars) if bars <= 16 * count)
    lines = list(enumerate(score.bar_lines, start=1))[::every]
    axes.set_xticks([beat for _, beat in lines], [str(bar) for bar, _ in lines])
    if score.tempo_changes:
        tempos = ((0.0, score.tempo), *score.tempo_changes)
        for beat, tempo in tempos[:: -(-len(tempos) // _TEMPOS)]:
            axes.annotate(f"♩={tempo:.3g}", (beat, 1), xycoords=("data", "axes fraction"))
    octaves = sorted({12 * (note.pitch // 12 + up) for note in notes for up in (0, 1)})
    axes.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    axes.grid(linewidth=0.5, alpha=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel("bar")
    axes.set_ylabel("pitch")
    return axes


def voices_of(notes: Sequence[Note]) -> list[int]:
    """Voice of each note, 0 for the highest.

    There are as many voices as notes sound at once. Notes that begin together go, from the top, to
    free voices in order, so that these move as few semitones as they can; to cross a voice that
    sounds, or to begin a voice, counts as much as an octave.

    Args:
        notes: notes, sorted by start.
    """
    voices = [0] * len(notes)
    sounding: list[int] = []
    chords = []  # at each start: the notes that sound on, and those that begin
    for start, group in itertools.groupby(range(len(notes)), key=lambda i: notes[i].start):
        sounding = [i for i in sounding if notes[i].start + notes[i].length > start + _ROUNDING]
        begun = sorted(group, key=lambda i: -notes[i].pitch)
        chords.append((sounding, begun))
        sounding = [*sounding, *begun]
    count = max((len(held) + len(begun) for held, begun in chords), default=0)
    pitches: list[int | None] = [None] * count
    for held, begun in chords:
        taken = {voices[i]: notes[i].pitch for i in held}
        chord = [notes[i].pitch for i in begun]
        for i, voice in zip(begun, _nearest(chord, pitches, taken), strict=True):
            voices[i], pitches[voice] = voice, notes[i].pitch
    return voices


def _nearest(
    chord: Sequence[int], pitches: Sequence[int | None], taken: Mapping[int, int]
) -> tuple[int, ...]:
    """The voices, in order, that reach the notes of a chord at the lowest cost.

    Args:
        chord: pitches, from the top.
        pitches: last pitch of every voice, from the top; None before its first note.
        taken: voices that sound, and their pitches.
    """
    # For each number of notes from the top: the cost, and the voices among those seen so far.
    best: list[tuple[float, tuple[int, ...]]] = [(0, ()), *[(float("inf"), ())] * len(chord)]
    for voice in range(len(pitches)):
        if voice in taken:
            continue
        for count in range(len(chord), 0, -1):
            cost, chosen = best[count - 1]
            pitch = chord[count - 1]
            crossed = sum((at > pitch) != (other < voice) for other, at in taken.items())
            last = pitches[voice]
            cost += _OCTAVE * crossed + (_OCTAVE if last is None else abs(pitch - last))
            best[count] = min(best[count], (cost, (*chosen, voice)))
    return best[-1][1]
