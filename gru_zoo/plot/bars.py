"""Contributions of words as bars."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import matplotlib.axes

    from gru_zoo.tasks.sentiment.results import Explanation
from gru_zoo.plot.axes import axes_or_new


def explain(
    explanation: "Explanation", axes: "matplotlib.axes.Axes | None" = None, most: int = 30
) -> "matplotlib.axes.Axes":
    """Bars of what each word did for the predicted label, in reading order.

    Args:
        explanation: from `Sentiment.explain`.
        axes: where to draw.
        most: words shown; of longer texts, those with the largest contributions.
    """
    if not hasattr(explanation, "contributions"):
        raise TypeError(f"Expected what `explain` of a task returns. Received: {explanation!r}.")
    contributions = explanation.contributions
    ranked = sorted(range(len(contributions)), key=lambda i: -abs(contributions[i]))
    shown = sorted(ranked[:most])
    axes = axes_or_new(axes, figsize=(6, 1 + 0.22 * len(shown)), layout="constrained")
    values = [contributions[i] for i in shown]
    colours = ["tab:green" if value > 0 else "tab:red" for value in values]
    axes.barh(range(len(shown)), values, color=colours)
    axes.set_yticks(range(len(shown)), [explanation.words[i] for i in shown])
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel(f"change of the log-odds of '{explanation.label.label}'")
    axes.set_title(str(explanation.label))
    return axes
