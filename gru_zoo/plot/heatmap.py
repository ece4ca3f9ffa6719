"""Heat maps of output tokens against source tokens."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gru_zoo.plot.axes import axes_or_new, token_label

if TYPE_CHECKING:
    import matplotlib.axes

_MIN_COPIED = 0.05  # a source token with less weight at every output token is left out


class TokenWeights(Protocol):
    """What the heat maps draw: weights of source tokens for each output token."""

    @property
    def source(self) -> Sequence[str]:
        """Source tokens, as text."""

    @property
    def target(self) -> Sequence[str]:
        """Output tokens, as text."""

    @property
    def weights(self) -> Any:
        """Weights from 0 to 1, NumPy array of shape `(target tokens, source tokens)`."""


def attention(
    alignment: TokenWeights, axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """Plot attention weights: one row an output token, one column a source token.

    Args:
        alignment: result of `Translation.attention` or `Summarization.attention`.
        axes: axes to draw on; None makes a new figure.
    """
    rows, columns = alignment.weights.shape
    axes = axes_or_new(axes, figsize=(1.5 + 0.35 * columns, 1 + 0.3 * rows), layout="constrained")
    return _heat_map(axes, alignment.weights, alignment.source, alignment.target, "Blues")


def copies(
    copied: TokenWeights, axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """Plot copy probabilities: one row an output token, one column a source token.

    Source tokens that were hardly copied are left out. The column `(written)` has the rest of each
    row: the probability that the token was generated from the vocabulary.

    Args:
        copied: result of `Summarization.copies`.
        axes: axes to draw on; None makes a new figure.
    """
    places = [s for s in range(len(copied.source)) if copied.weights[:, s].max() > _MIN_COPIED]
    generated = 1 - copied.weights.sum(axis=1)
    values = [[p, *row[places]] for p, row in zip(generated, copied.weights, strict=True)]
    source = ["(written)", *(copied.source[s] for s in places)]
    size = (1.5 + 0.35 * len(source), 1 + 0.3 * len(values))
    axes = axes_or_new(axes, figsize=size, layout="constrained")
    return _heat_map(axes, values, source, copied.target, "Greens")


def _heat_map(
    axes: "matplotlib.axes.Axes",
    values: Any,
    source: Sequence[str],
    target: Sequence[str],
    colors: str,
) -> "matplotlib.axes.Axes":
    """Draw weights from 0 to 1 with a label for each token."""
    axes.imshow(values, cmap=colors, vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(source)), [token_label(token) for token in source], rotation=90)
    axes.set_yticks(range(len(target)), [token_label(token) for token in target])
    axes.xaxis.tick_top()
    return axes
