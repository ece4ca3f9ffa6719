"""Heat map of the update gates of a GRU over a text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gru_zoo.plot.axes import axes_or_new, token_label

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

    Dark units keep their state; light units replace it by the new candidate.

    Args:
        activity: result of `TextGeneration.gates`.
        axes: axes to draw on; None makes a new figure.
        max_units: maximum number of units. Those whose update gate varies most are drawn.
    """
    update = activity.update.T
    varied = update[sorted(update.std(axis=1).argsort()[::-1][:max_units])]
    rows, columns = varied.shape
    axes = axes_or_new(axes, figsize=(1 + 0.2 * columns, 1 + 0.1 * rows), layout="constrained")
    image = axes.imshow(varied, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    labels = ["\u21b5" if token == "\n" else token_label(token) for token in activity.pieces]
    axes.set_xticks(range(columns), labels)
    axes.set_yticks([])
    axes.set_ylabel("units")
    axes.figure.colorbar(image, ax=axes, label="share of the state that is kept")
    return axes
