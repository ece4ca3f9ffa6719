"""Piano rolls."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.tasks.music.notes import Note

if TYPE_CHECKING:
    import matplotlib.axes


class NotesInBars(Protocol):
    """What `piano_roll` draws: notes, and the bars they lie in. A `Score` is one."""

    @property
    def notes(self) -> Sequence[Note]:
        """Notes with times in quarter notes."""

    @property
    def beats(self) -> float:
        """Length in quarter notes."""

    @property
    def beats_per_bar(self) -> int:
        """Quarter notes of a bar."""


def piano_roll(
    score: NotesInBars, axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """Plot notes as horizontal bars: pitch over time, darker if louder, with a grid of bars.

    Args:
        score: score, such as a result of `Music.compose`.
        axes: axes to draw on; None makes a new figure.
    """
    axes = axes_or_new(axes, figsize=(9, 3), layout="constrained")
    notes = score.notes
    for note in notes:
        shade = 0.3 + 0.7 * note.velocity / 127
        axes.barh(note.pitch, note.length, left=note.start, height=0.9, color="C0", alpha=shade)
    axes.set_xlim(0, max(score.beats, 1))
    axes.set_xticks(range(0, int(score.beats) + 1, score.beats_per_bar))
    octaves = sorted({12 * (note.pitch // 12 + up) for note in notes for up in (0, 1)})
    axes.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    axes.grid(axis="x", linewidth=0.5)
    axes.set_xlabel("quarter notes")
    axes.set_ylabel("pitch")
    return axes
