"""Heat map of the update gates of a GRU over a text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.plot.colors import shades
from gru_zoo.plot.token_axis import inches, label_ticks, word_labels, word_starts

if TYPE_CHECKING:
    import matplotlib.axes


class UpdateGates(Protocol):
    """What `gates` draws: the tokens of a text, and the update gate of each unit at each token."""

    @property
    def pieces(self) -> Sequence[str]:
        """Tokens of the text, as text."""

    @property
    def update(self) -> Any:
        """Update gates from 0 to 1, NumPy array of shape `(tokens, units)`."""


def gates(
    activity: UpdateGates, axes: "matplotlib.axes.Axes | None" = None, max_units: int = 40
) -> "matplotlib.axes.Axes":
    """Plot the update gates of a GRU over a text: one column a token, one row a unit.

    The columns of a word lie between two ticks.
    Units in full color keep their state; units in the color of the background replace it by the
    new candidate.

    Args:
        activity: result of `TextGeneration.gates`.
        axes: axes to draw on; None makes a new figure, of at most 12 by 10 inches.
        max_units: maximum number of units. Those whose update gate varies most are drawn.
    """
    update = activity.update.T
    varied = update[sorted(update.std(axis=1).argsort()[::-1][:max_units])]
    rows, columns = varied.shape
    size = (max(4.5, 2 + inches(columns)), max(3.0, 1 + inches(rows, cell=0.1, most=9.0)))
    axes = axes_or_new(axes, figsize=size, layout="constrained")
    image = axes.imshow(varied, cmap=shades(axes), vmin=0, vmax=1, aspect="auto")
    label_ticks(axes.xaxis, word_labels(activity.pieces))
    axes.set_xticks([start - 0.5 for start in word_starts(activity.pieces)], minor=True)
    axes.tick_params(axis="x", which="major", length=0)
    axes.tick_params(axis="x", which="minor", length=4)
    axes.set_xlabel("tokens")
    axes.set_yticks([])
    total = len(update)
    axes.set_ylabel(f"{rows} units of {total}" if rows < total else f"{total} units")
    axes.figure.colorbar(image, ax=axes, label="update gate (share of the state kept)", pad=0.02)
    return axes
