"""Drawing of an answer and the sentences that it was found by."""

from typing import TYPE_CHECKING

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.plot.colors import foreground, palette
from gru_zoo.plot.token_axis import inches, label_ticks, literal
from gru_zoo.tasks.question_answering.results import Answer

if TYPE_CHECKING:
    import matplotlib.axes


def evidence(
    answer: Answer, axes: "matplotlib.axes.Axes | None" = None, max_sentences: int = 20
) -> "matplotlib.axes.Axes":
    """Plot how much each sentence was used for an answer, in reading order.

    Args:
        answer: result of `QuestionAnswering.answer`.
        axes: axes to draw on; None makes a new figure.
        max_sentences: maximum number of sentences. Of longer texts, those that were used most are
            drawn.

    Raises:
        TypeError: `answer` is not an answer.
        ValueError: no sentence was read for it.
    """
    if not isinstance(answer, Answer):
        raise TypeError(f"Expected a result of a task's `answer` method. Received: {answer!r:.80}.")
    if not answer.sentences:
        raise ValueError("Expected an answer with sentences. Received: one without any.")
    ranked = sorted(range(len(answer.sentences)), key=lambda i: -answer.weights[i])
    rows = sorted(ranked[:max_sentences])
    height = max(2.0, 1.3 + inches(len(rows)))
    axes = axes_or_new(axes, figsize=(8, height), layout="constrained")
    axes.barh(range(len(rows)), [answer.weights[i] for i in rows], color=palette(axes)[0])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    labels = [literal(_shortened(answer.sentences[i])) for i in rows]
    label_ticks(axes.yaxis, [(float(place), label) for place, label in enumerate(labels)])
    axes.axvline(0, color=foreground(axes), linewidth=0.8)
    axes.set_xlabel("how much the sentence was used")
    axes.set_ylabel("sentence")
    text = "no answer" if answer.text is None else literal(answer.text)
    axes.set_title(f"{text} ({answer.score:.2f})")
    return axes


def _shortened(sentence: str, length: int = 60) -> str:
    """A sentence of at most `length` characters."""
    flat = " ".join(sentence.split())
    return flat if len(flat) <= length else f"{flat[: length - 1]}…"
