"""The result of a metric, and checks of examples that metrics share."""

import dataclasses
from collections.abc import Iterable, Sequence

from gru_zoo.text.inputs import as_column, is_column

References = Sequence[str | Sequence[str]]  # for each example, one reference or several


@dataclasses.dataclass(frozen=True)
class Metric:
    """Value of a metric, and how it was computed.

    Args:
        name: name of the metric, such as "accuracy".
        value: the value.
        signature: settings, versions and number of examples, from which it can be computed again.
    """

    name: str
    value: float
    signature: str


def as_references(references: References) -> list[tuple[str, ...]]:
    """The references of each example as a tuple; a single string is one example."""
    return [
        (texts,) if isinstance(texts, str) else tuple(texts) for texts in as_examples(references)
    ]


def as_examples(texts: Iterable) -> list:
    """Examples as a list; a single string is one example."""
    if is_column(texts):
        return as_column(texts, "texts")
    return [texts] if isinstance(texts, str) else list(texts)


def check_references(references: Sequence[Sequence[str]], guesses: Sequence[str]) -> None:
    """Raise ValueError unless there are examples, and references for each of them."""
    check_lengths(len(references), len(guesses))
    if not all(references):
        count = sum(not texts for texts in references)
        raise ValueError(
            f"Expected a reference for every example. Received: none for {count} of "
            f"{len(references)}."
        )


def check_lengths(labels: int, predictions: int) -> None:
    """Raise ValueError unless the numbers of labels and of predictions are equal and above 0."""
    if labels != predictions:
        raise ValueError(
            f"Expected as many predictions as labels. Received: {labels} labels and {predictions} "
            "predictions."
        )
    if labels == 0:
        raise ValueError("Expected at least one example. Received: none.")
