"""What a metric is, and the checks that all metrics share."""

import dataclasses
from collections.abc import Iterable, Sequence

References = Sequence[str | Sequence[str]]


@dataclasses.dataclass(frozen=True)
class Metric:
    """A measured number.

    Args:
        name: as in a card, such as "accuracy".
        value: the number.
        signature: settings and sample size, enough to compute it again.
    """

    name: str
    value: float
    signature: str


def as_references(references: References) -> list[tuple[str, ...]]:
    """The references of each example, of one or of many an example; a string is one example."""
    return [
        (texts,) if isinstance(texts, str) else tuple(texts)
        for texts in counted_examples(references)
    ]


def counted_examples(texts: Iterable) -> list:
    return [texts] if isinstance(texts, str) else list(texts)


def check_references(references: Sequence[Sequence[str]], guesses: Sequence[str]) -> None:
    check_lengths(len(references), len(guesses))
    if not all(references):
        raise ValueError("Expected a reference for every example. Received: none for some.")


def check_lengths(labels: int, predictions: int) -> None:
    if labels != predictions:
        raise ValueError(
            f"Expected as many predictions as labels. Received: {labels} labels and {predictions} "
            "predictions."
        )
    if labels == 0:
        raise ValueError("Expected at least one example. Received: none.")
