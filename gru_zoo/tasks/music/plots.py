"""Piano rolls."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import matplotlib.axes

    from gru_zoo.tasks.music.score import Score
from gru_zoo.plot.axes import axes_or_new


def piano_roll(
    score: "Score", axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """The notes of a score as bars over time, the louder the darker, with lines between the bars.

    Args:
        score: such as `Music.compose` returns.
        axes: where to draw.
    """
    axes = axes_or_new(axes, figsize=(9, 3), layout="constrained")
    for note in score.notes:
        shade = 0.3 + 0.7 * note.velocity / 127
        axes.barh(note.pitch, note.length, left=note.start, height=0.9, color="C0", alpha=shade)
    beats = len(score.steps) / score.steps_per_beat
    axes.set_xlim(0, max(beats, 1))
    axes.set_xticks(range(0, int(beats) + 1, score.beats_per_bar))
    octaves = sorted({12 * (note.pitch // 12 + up) for note in score.notes for up in (0, 1)})
    axes.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    axes.grid(axis="x", linewidth=0.5)
    axes.set_xlabel("quarter notes")
    axes.set_ylabel("pitch")
    return axes
