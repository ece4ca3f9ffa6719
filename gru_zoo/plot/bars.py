"""Bar chart of word contributions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gru_zoo.plot.axes import axes_or_new

if TYPE_CHECKING:
    import matplotlib.axes


class WordContributions(Protocol):
    """What `explain` draws: the words of a text, and what each contributed to the label."""

    @property
    def words(self) -> Sequence[str]:
        """Words in reading order."""

    @property
    def contributions(self) -> Any:
        """Change of the label's log-odds by each word, one number a word."""

    @property
    def label(self) -> Any:
        """The predicted label, with its name in `label.label`."""


def explain(
    explanation: WordContributions,
    axes: "matplotlib.axes.Axes | None" = None,
    max_words: int = 30,
) -> "matplotlib.axes.Axes":
    """Plot the contribution of each word to the predicted label, in reading order.

    Args:
        explanation: result of `Sentiment.explain`.
        axes: axes to draw on; None makes a new figure.
        max_words: maximum number of words. Of longer texts, those with the largest contributions
            are drawn.

    Raises:
        TypeError: `explanation` is not a result of `explain`.
    """
    if not hasattr(explanation, "contributions"):
        raise TypeError(
            f"Expected a result of a task's `explain` method. Received: {explanation!r}."
        )
    contributions = explanation.contributions
    ranked = sorted(range(len(contributions)), key=lambda i: -abs(contributions[i]))
    rows = sorted(ranked[:max_words])
    axes = axes_or_new(axes, figsize=(6, 1 + 0.22 * len(rows)), layout="constrained")
    values = [contributions[i] for i in rows]
    colors = ["tab:green" if value > 0 else "tab:red" for value in values]
    axes.barh(range(len(rows)), values, color=colors)
    axes.set_yticks(range(len(rows)), [explanation.words[i] for i in rows])
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel(f"change of the log-odds of '{explanation.label.label}'")
    axes.set_title(str(explanation.label))
    return axes
