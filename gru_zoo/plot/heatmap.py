"""Heat maps of output tokens against source tokens."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.plot.colors import foreground, shades
from gru_zoo.plot.token_axis import inches, label_ticks, token_labels, word_labels

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

    A dot stands before sub-words that go on with a word. Where there is no room for a label a
    sub-word, words are labelled.

    Args:
        alignment: result of `Translation.attention` or `Summarization.attention`.
        axes: axes to draw on; None makes a new figure, of at most 12 by 10 inches.
    """
    axes = _heat_map(axes, alignment.weights, alignment.source, alignment.target, "attention")
    label_ticks(axes.xaxis, token_labels(alignment.source), word_labels(alignment.source))
    return axes


def copies(
    copied: TokenWeights, axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """Plot copy probabilities: one row an output token, one column a source token.

    Source tokens that were hardly copied are left out. The column `(written)` has the rest of each
    row: the probability that the token was generated from the vocabulary.

    Args:
        copied: result of `Summarization.copies`.
        axes: axes to draw on; None makes a new figure, of at most 12 by 10 inches.
    """
    places = [s for s in range(len(copied.source)) if copied.weights[:, s].max() > _MIN_COPIED]
    generated = 1 - copied.weights.sum(axis=1)
    values = [[p, *row[places]] for p, row in zip(generated, copied.weights, strict=True)]
    source = ["(written)", *(copied.source[s] for s in places)]
    axes = _heat_map(axes, values, source, copied.target, "probability")
    axes.axvline(0.5, color=foreground(axes), linewidth=0.8)
    # Neighbors need not be neighbors in the text, so they are not joined to words.
    label_ticks(axes.xaxis, token_labels(source))
    axes.set_xlabel("source tokens that were copied")
    return axes


def _heat_map(
    axes: "matplotlib.axes.Axes | None",
    values: Any,
    source: Sequence[str],
    target: Sequence[str],
    quantity: str,
) -> "matplotlib.axes.Axes":
    """Draw weights from 0 to 1 with a row of labels for the output tokens."""
    size = (max(4.5, 2 + inches(len(source))), max(3.0, 1 + inches(len(target), most=9.0)))
    axes = axes_or_new(axes, figsize=size, layout="constrained")
    image = axes.imshow(values, cmap=shades(axes), vmin=0, vmax=1, aspect="auto")
    axes.figure.colorbar(image, ax=axes, label=quantity, pad=0.02)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("source tokens")
    axes.set_ylabel("output tokens")
    label_ticks(axes.yaxis, token_labels(target), word_labels(target))
    return axes
