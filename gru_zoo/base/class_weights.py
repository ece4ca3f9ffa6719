"""Weights of classes in the training of a classifier."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo.training import FitOptions

BALANCED = "balanced"


class ClassifierOptions(FitOptions, total=False):
    """Options that `fit` of every classifier takes, besides those of `FitOptions`.

    Args:
        class_weight: weight of each label in the loss, above 0, by label; those left out weigh 1.
            "balanced" weighs each label by the number of examples to train on, divided by the
            number of labels and by that of its own examples (King & Zeng 2001, Logistic
            Regression in Rare Events Data), so that rare labels count as much as frequent ones.
            None, the default, weighs all examples alike.

    Example:
        >>> import gru_zoo
        >>> task = gru_zoo.load("sentiment", labels=["bug", "feature"])
        >>> texts = [f"{text} {i}" for i in range(8) for text in ("Crash", "Error", "Add a menu")]
        >>> labels = ["bug", "bug", "feature"] * 8
        >>> _ = task.fit(texts, labels, epochs=1, class_weight="balanced", verbose=0)
    """

    class_weight: str | Mapping[str, float] | None


def check_class_weight(weights: Any, labels: Sequence[str]) -> None:
    """Check the weights of classes before the data are read.

    Args:
        weights: the option `class_weight`.
        labels: labels of the task.

    Raises:
        TypeError: it is neither "balanced" nor a dictionary nor None.
        ValueError: a label is unknown, or its weight is not a number above 0.
    """
    if weights is None or weights == BALANCED:
        return
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"Expected class_weight as '{BALANCED}' or a dictionary from labels to weights. "
            f"Received: class_weight={weights!r:.80}."
        )
    unknown = [label for label in weights if label not in labels]
    if unknown:
        raise ValueError(
            f"Expected class_weight with labels among {list(labels)}. Received: {unknown[:5]}."
        )
    for label, weight in weights.items():
        if not 0 < weight < float("inf"):
            raise ValueError(f"Expected weights above 0. Received: {weight!r} of {label!r}.")


def weights_of(weights: Any, labels: Sequence[str], targets: np.ndarray) -> dict[str, float]:
    """The weight of each label.

    Args:
        weights: the option `class_weight`, not None.
        labels: labels of the task.
        targets: one-hot targets of the examples to train on, shape `(examples, classes)`. A label
            without examples weighs 1.
    """
    if weights != BALANCED:
        return {label: float(weights.get(label, 1)) for label in labels}
    counts = np.asarray(targets).sum(axis=0)
    total = counts.sum() / np.count_nonzero(counts)
    pairs = zip(labels, counts, strict=True)
    return {label: float(total / count) if count else 1.0 for label, count in pairs}


def weighted_crossentropy(weights: Mapping[str, float], labels: Sequence[str]) -> keras.losses.Loss:
    """Cross-entropy of probabilities and one-hot targets, with a weight for each class.

    Args:
        weights: weight by label; those left out weigh 1.
        labels: the labels, in the order of the model's outputs.
    """
    alpha = [float(weights.get(label, 1)) for label in labels]
    # With this gamma it is no longer focal.
    return keras.losses.CategoricalFocalCrossentropy(alpha=alpha, gamma=0.0)
