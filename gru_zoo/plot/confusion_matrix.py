"""Heat map of a confusion matrix."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.plot.colors import foreground, is_light, luminance, shades
from gru_zoo.plot.token_axis import (
    SMALLEST,
    font_size,
    inches,
    label_text,
    label_ticks,
    length_in_points,
)

if TYPE_CHECKING:
    import matplotlib.axes

_DIGIT = 0.65  # width of a digit, in font sizes


class Confusions(Protocol):
    """What `confusion` draws: how often each label was predicted for each."""

    @property
    def labels(self) -> Sequence[str]:
        """Names of the classes."""

    @property
    def confusion(self) -> Any:
        """Numbers of examples, NumPy array of shape `(true labels, predicted labels)`."""


def confusion(
    report: Confusions, axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """Plot a confusion matrix: one row a true label, one column a predicted label.

    The color is the share of the examples of the row. The numbers are counts, which are left out
    where they have no room.

    Args:
        report: result of `Sentiment.report` or `KeywordSpotting.report`.
        axes: axes to draw on; None makes a new figure, of at most 10.5 by 9 inches.
    """
    counts, labels = report.confusion, report.labels
    shares = counts / counts.sum(axis=1, keepdims=True).clip(1)
    side = max(2.5, inches(len(labels), cell=0.5, most=8.0))
    axes = axes_or_new(axes, figsize=(side + 2.5, side + 1), layout="constrained")
    image = axes.imshow(shares, cmap=shades(axes), vmin=0, vmax=1, aspect="auto")
    names = [(float(i), label_text(label)) for i, label in enumerate(labels)]
    label_ticks(axes.xaxis, names)
    label_ticks(axes.yaxis, names)
    axes.set_xlabel("predicted label")
    axes.set_ylabel("true label")
    axes.figure.colorbar(image, ax=axes, label="share of the true label", pad=0.02)
    _write_counts(axes, counts, image.cmap(shares))
    return axes


def _write_counts(axes: "matplotlib.axes.Axes", counts: Any, colors: Any) -> None:
    """Write the numbers into the cells, unless they would be too small to be read."""
    widest = max((len(f"{count:,}") for count in counts.ravel()), default=1)
    room = length_in_points(axes.xaxis) / len(counts)
    size = min(font_size("font.size"), room / (_DIGIT * (widest + 1)))
    if size < SMALLEST:
        return
    dark, light = sorted((foreground(axes), axes.get_facecolor()), key=luminance)
    for row, numbers in enumerate(counts):
        for column, count in enumerate(numbers):
            color = dark if is_light(colors[row, column]) else light
            place = {"ha": "center", "va": "center", "size": size, "color": color}
            axes.text(column, row, f"{count:,}", **place)
