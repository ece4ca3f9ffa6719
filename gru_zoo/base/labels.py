"""Labels of a classifier."""

import dataclasses
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Label:
    """A class and its probability.

    Args:
        label: name of the class.
        score: probability of the class, from 0 to 1, rounded to 4 decimals.
    """

    label: str
    score: float

    def __str__(self) -> str:
        return f"{self.label} ({self.score:.2f})"


def new_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """Names of classes that a new output layer gets.

    Args:
        labels: names of the classes. A set is sorted.

    Raises:
        TypeError: a label is not a string.
        ValueError: there are fewer than two labels, or a label is repeated.
    """
    if isinstance(labels, str) or not all(isinstance(label, str) for label in labels):
        raise TypeError(f"Expected a list of labels, each a string. Received: {labels!r}.")
    if isinstance(labels, (set, frozenset)):  # whose order changes from run to run
        labels = sorted(labels)
    labels = tuple(map(str, labels))  # plain strings in place of those of NumPy
    repeated = sorted({label for label in labels if labels.count(label) > 1})
    if repeated:
        raise ValueError(
            "Expected two or more different labels. Received more than once: "
            f"{', '.join(repeated[:5])}."
        )
    if len(labels) < 2:
        raise ValueError(f"Expected two or more different labels. Received: {labels!r}.")
    return labels
