"""Gates of a GRU over a text."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import matplotlib.axes

    from gru_zoo.tasks.text_generation.reader import GateActivity
from gru_zoo.plot.axes import axes_or_new, word_label


def gates(
    activity: "GateActivity", axes: "matplotlib.axes.Axes | None" = None, most: int = 40
) -> "matplotlib.axes.Axes":
    """How much of their state units kept over a text: a column for each piece, a row for a unit.

    Dark units hold on to what they know, light ones take in what is read.

    Args:
        activity: from `TextGeneration.gates`.
        axes: where to draw.
        most: units shown, those whose update gate changes most.
    """
    kept = activity.update.T
    shown = kept[sorted(kept.std(axis=1).argsort()[::-1][:most])]
    rows, columns = shown.shape
    axes = axes_or_new(axes, figsize=(1 + 0.2 * columns, 1 + 0.1 * rows), layout="constrained")
    image = axes.imshow(shown, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    labels = ["\u21b5" if piece == "\n" else word_label(piece) for piece in activity.pieces]
    axes.set_xticks(range(columns), labels)
    axes.set_yticks([])
    axes.set_ylabel("units")
    axes.figure.colorbar(image, ax=axes, label="share of the state that is kept")
    return axes
