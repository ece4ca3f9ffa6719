"""Report on a classifier: what it confuses, class by class."""

import dataclasses
import html
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

_LONGEST = 60  # characters of an input that are shown


class ClassMetrics(NamedTuple):
    """Metrics of one class, from 0 to 1; nan where nothing is divided by.

    Args:
        label: name of the class.
        precision: share of the class among the examples that were predicted to be of it.
        recall: share of the examples of the class that were predicted to be of it.
        f1: harmonic mean of both.
        support: number of examples of the class.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int


class Mistake(NamedTuple):
    """An example whose predicted label is wrong.

    Args:
        row: number of the example, from 0.
        input: the example.
        label: the true label.
        predicted: the predicted label.
        score: probability of the predicted label.
    """

    row: int
    input: Any
    label: str
    predicted: str
    score: float

    def __str__(self) -> str:
        text = f"{self.score:.2f} {self.predicted}, but is {self.label}: row {self.row}"
        return f"{text}, {_line(self.input)}".removesuffix(", ")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Report:
    """What a classifier gets right and wrong, see `Classifier.report`.

    Args:
        labels: names of the classes.
        confusion: number of examples of each true label, by row, with each predicted label, by
            column; int64, shape `(classes, classes)`.
        mistakes: wrong predictions, the surest first.

    Example:

        >>> import gru_zoo
        >>> task = gru_zoo.load("sentiment")
        >>> texts = ["A delight.", "A tedious mess.", "I wanted to love it."]
        >>> report = task.report(texts, ["positive", "negative", "negative"])
        >>> report.confusion.tolist()
        [[1, 0, 1], [0, 0, 0], [0, 0, 1]]
        >>> report.mistakes[0].input
        'I wanted to love it.'
    """

    labels: tuple[str, ...]
    confusion: np.ndarray
    mistakes: tuple[Mistake, ...]

    @property
    def classes(self) -> tuple[ClassMetrics, ...]:
        """Metrics of each class, in the order of `labels`."""
        right = self.confusion.diagonal()
        supports, predictions = self.confusion.sum(axis=1), self.confusion.sum(axis=0)
        return tuple(
            ClassMetrics(
                label,
                _ratio(hits, predicted),
                _ratio(hits, support),
                _ratio(2 * hits, predicted + support),
                int(support),
            )
            for label, hits, predicted, support in zip(
                self.labels, right, predictions, supports, strict=True
            )
        )

    @property
    def accuracy(self) -> float:
        """Share of the predictions that are right, from 0 to 1."""
        return _ratio(self.confusion.trace(), self.confusion.sum())

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that have examples or predictions, from 0 to 1."""
        return float(np.nanmean([row.f1 for row in self.classes]))

    def __repr__(self) -> str:
        width = max(map(len, ("label", *self.labels)))
        lines = [f"{'label':{width}}  precision  recall     F1  examples"]
        for row in self.classes:
            lines.append(
                f"{row.label:{width}}  {_number(row.precision):>9}  {_number(row.recall):>6}  "
                f"{_number(row.f1):>5}  {row.support:>8,}"
            )
        lines += ["", self._summary]
        return "\n".join(lines + [str(mistake) for mistake in self.mistakes[:5]])

    @property
    def _summary(self) -> str:
        wrong = len(self.mistakes)
        text = f"accuracy {self.accuracy:.3f}, macro F1 {self.macro_f1:.3f}, {wrong:,} mistake"
        text += "s" * (wrong != 1)
        return f"{text}, the surest:" if wrong > 1 else text

    def _repr_html_(self) -> str:
        """Tables of the classes and of the surest mistakes, for notebooks."""
        classes = [(row.label, *map(_number, row[1:4]), f"{row.support:,}") for row in self.classes]
        mistakes = [
            (m.row, f"{m.score:.2f}", m.predicted, m.label, _line(m.input))
            for m in self.mistakes[:10]
        ]
        return (
            _table(("label", "precision", "recall", "F1", "examples"), classes)
            + f"<p>{self._summary}</p>"
            + _table(("row", "score", "predicted", "label", "input"), mistakes) * bool(mistakes)
        )


def listed(inputs: Sequence) -> list:
    """Inputs of a report as a list; raises an error for a text and for no inputs."""
    if isinstance(inputs, str) or not len(inputs):
        kind = TypeError if len(inputs) else ValueError
        raise kind(f"Expected a list of one input or more. Received: {inputs!r}.")
    return list(inputs)


def report_of(
    scores: np.ndarray, targets: np.ndarray, labels: tuple[str, ...], inputs: Sequence
) -> Report:
    """Report on the probabilities of examples.

    Args:
        scores: probabilities, shape `(examples, classes)`.
        targets: one-hot targets, shape `(examples, classes)`.
        labels: names of the classes.
        inputs: the examples.
    """
    truth, best = targets.argmax(axis=1), scores.argmax(axis=1)
    confusion = np.zeros((len(labels), len(labels)), "int64")
    np.add.at(confusion, (truth, best), 1)
    mistakes = [
        Mistake(row, inputs[row], labels[right], labels[guess], round(float(scores[row, guess]), 4))
        for row, (right, guess) in enumerate(zip(truth, best, strict=True))
        if right != guess
    ]
    mistakes.sort(key=lambda mistake: -mistake.score)
    return Report(labels, confusion, tuple(mistakes))


def _line(given: Any) -> str:
    """The beginning of a text or a path in one line; nothing for an input of another kind."""
    if not isinstance(given, (str, os.PathLike)):
        return ""
    text = " ".join(str(given).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\u2026"


def _ratio(part: Any, whole: Any) -> float:
    return float(part) / float(whole) if whole else float("nan")


def _number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.2f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    cells = [("th", head), *(("td", row) for row in rows)]
    lines = [
        "<tr>" + "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in row) + "</tr>"
        for tag, row in cells
    ]
    return f"<table>{''.join(lines)}</table>"
