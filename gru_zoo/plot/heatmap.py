"""Pictures, on matplotlib. Each function draws on `axes` or a new figure and returns the axes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import matplotlib.axes

    from gru_zoo.base.seq2seq.results import Alignment
    from gru_zoo.tasks.summarization.results import Copies
from gru_zoo.plot.axes import axes_or_new, word_label


def attention(
    alignment: "Alignment", axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """Where the model looked: a row for each sub-word written, a column for each one read.

    Args:
        alignment: from `Translation.attention` or `Summarization.attention`.
        axes: where to draw.
    """
    rows, columns = alignment.weights.shape
    axes = axes_or_new(axes, figsize=(1.5 + 0.35 * columns, 1 + 0.3 * rows), layout="constrained")
    axes.imshow(alignment.weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(columns), [word_label(piece) for piece in alignment.source], rotation=90)
    axes.set_yticks(range(rows), [word_label(piece) for piece in alignment.target])
    axes.xaxis.tick_top()
    return axes


def copies(found: "Copies", axes: "matplotlib.axes.Axes | None" = None) -> "matplotlib.axes.Axes":
    """What was copied from where: a row for each sub-word written, a column for each one read.

    Only columns from which something was copied are shown; under `(written)` stands the share of
    each row that was not copied.

    Args:
        found: from `Summarization.copies`.
        axes: where to draw.
    """
    columns = [s for s in range(len(found.source)) if found.weights[:, s].max() > 0.05]
    written = 1 - found.weights.sum(axis=1)
    shown = [[share, *row[columns]] for share, row in zip(written, found.weights, strict=True)]
    labels = ["(written)", *(word_label(found.source[s]) for s in columns)]
    size = (1.5 + 0.35 * len(labels), 1 + 0.3 * len(shown))
    axes = axes_or_new(axes, figsize=size, layout="constrained")
    axes.imshow(shown, cmap="Greens", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(shown)), [word_label(piece) for piece in found.target])
    axes.xaxis.tick_top()
    return axes
