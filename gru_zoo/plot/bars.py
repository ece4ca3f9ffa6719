"""Bar chart of word contributions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.plot.colors import foreground, palette
from gru_zoo.plot.token_axis import inches, label_ticks, literal, token_labels

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

    Blue bars point to the right, for the label; red ones to the left, against it.

    Args:
        explanation: result of `Sentiment.explain`.
        axes: axes to draw on; None makes a new figure, at most 11.3 inches high.
        max_words: maximum number of words. Of longer texts, those with the largest contributions
            are drawn.

    Raises:
        TypeError: `explanation` is not a result of `explain`.
    """
    if not hasattr(explanation, "contributions"):
        raise TypeError(
            f"Expected a result of a task's `explain` method. Received: {explanation!r}."
        )
    contributions, words = explanation.contributions, explanation.words
    ranked = sorted(range(len(words)), key=lambda i: -abs(contributions[i]))
    rows = sorted(ranked[:max_words])
    height = max(2.0, 1.3 + inches(len(rows)))
    axes = axes_or_new(axes, figsize=(6, height), layout="constrained")
    values = [contributions[i] for i in rows]
    supports, opposes = palette(axes)[:2]
    colors = [supports if value > 0 else opposes for value in values]
    axes.barh(range(len(rows)), values, color=colors)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    label_ticks(axes.yaxis, token_labels([words[i] for i in rows]))
    axes.axvline(0, color=foreground(axes), linewidth=0.8)
    label = literal(str(explanation.label.label))
    axes.set_xlabel(f"change of the log-odds of '{label}'\n\u2190 against     for \u2192")
    title = literal(str(explanation.label))
    axes.set_title(
        title if len(rows) == len(words) else f"{title}: {len(rows)} of {len(words)} words"
    )
    return axes
