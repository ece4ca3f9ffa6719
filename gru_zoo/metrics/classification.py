"""Metrics of classifiers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gru_zoo.metrics.metric import Metric, check_lengths


def accuracy(labels: Sequence[Any], predictions: Sequence[Any]) -> Metric:
    """Share of predictions that equal their label, from 0 to 1.

    Args:
        labels: true labels, of any type that compares with ==.
        predictions: predicted label of each example.

    Raises:
        ValueError: there are no examples, or `labels` and `predictions` differ in length.
    """
    labels, predictions = list(labels), list(predictions)
    check_lengths(len(labels), len(predictions))
    correct = sum(bool(label == guess) for label, guess in zip(labels, predictions, strict=True))
    return Metric("accuracy", correct / len(labels), f"examples:{len(labels)}")


def wilson_interval(correct: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Interval that holds the true share of right predictions, by default with 95 % confidence.

    Unlike the normal approximation it stays between 0 and 1 (Wilson 1927, Probable Inference, the
    Law of Succession, and Statistical Inference).

    Args:
        correct: number of right predictions.
        count: number of predictions, above 0.
        z: quantile of the normal distribution.

    Example:
        >>> low, high = wilson_interval(95, 100)
        >>> round(low, 3), round(high, 3)
        (0.888, 0.978)
    """
    share, spread = correct / count, z * z / count
    middle = share + spread / 2
    half = np.sqrt(spread * share * (1 - share) + spread * spread / 4)
    return float((middle - half) / (1 + spread)), float((middle + half) / (1 + spread))


def macro_recall(labels: Sequence[Any], predictions: Sequence[Any]) -> Metric:
    """Mean over the classes of the share of a class's examples that are found, from 0 to 100.

    SemEval ranks systems by it (Rosenthal et al. 2017, SemEval-2017 Task 4, section 5.1). Classes
    weigh equally, however many examples they have. Random guesses have 100 divided by the number of
    classes.

    Args:
        labels: true labels, of any type that compares with ==.
        predictions: predicted label of each example.

    Raises:
        ValueError: there are no examples, or `labels` and `predictions` differ in length.
    """
    check_lengths(len(labels), len(predictions))
    truth, guesses = np.asarray(labels), np.asarray(predictions)
    classes = np.unique(truth)
    recalls = [float(np.mean(guesses[truth == label] == label)) for label in classes]
    signature = f"percent|classes:{len(classes)}|examples:{len(truth)}"
    return Metric("macro_recall", 100 * sum(recalls) / len(recalls), signature)


def consistency(labels: Sequence[Any], predictions: Sequence[Any]) -> Metric:
    """Share of pairs of examples of which both are predicted right, from 0 to 1.

    A pair is a text and a text edited so that its label changes (Gardner et al. 2020, Evaluating
    Models' Local Decision Boundaries via Contrast Sets, section 3).

    Args:
        labels: true labels, in which the two members of a pair follow each other.
        predictions: predicted label of each example.

    Raises:
        ValueError: there are no examples, their number is odd, or `labels` and `predictions`
            differ in length.
    """
    check_lengths(len(labels), len(predictions))
    if len(labels) % 2:
        raise ValueError(f"Expected pairs of examples. Received: {len(labels)} examples.")
    right = np.equal(np.asarray(labels), np.asarray(predictions))
    both = right.reshape(-1, 2).all(axis=1)
    return Metric("consistency", float(both.mean()), f"pairs:{len(both)}")


def expected_calibration_error(
    probabilities: np.ndarray, labels: Sequence[int], bins: int = 15
) -> Metric:
    """Expected calibration error: mean gap between confidence and accuracy, from 0 to 1.

    The confidence of an example is its largest probability. Examples are grouped by confidence into
    `bins` intervals of equal width, open at the left. The error is the mean over examples of
    |accuracy - mean confidence| of their interval (Guo et al. 2017, On Calibration of Modern Neural
    Networks, equation 3); 0 means calibrated.

    Args:
        probabilities: shape `(examples, classes)`; each row sums to 1.
        labels: index of the true class of each example, integer, shape `(examples,)`.
        bins: number of intervals, 1 or more.

    Raises:
        ValueError: a shape is wrong, there are no examples, rows are not probabilities, or labels
            are not class indices.
    """
    scores = _probabilities(probabilities)
    check_lengths(len(labels), len(scores))
    truth = _class_indices(labels, scores.shape[1])
    if bins < 1:
        raise ValueError(f"Expected 1 bin or more. Received: bins={bins!r}.")
    confidence = scores.max(axis=1)
    correct = scores.argmax(axis=1) == truth
    interval = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(interval, weights=correct - confidence, minlength=bins)
    value = float(np.abs(gaps).sum() / len(truth))
    signature = f"bins:{bins}|equal_width|examples:{len(truth)}"
    return Metric("expected_calibration_error", value, signature)


def _probabilities(values: np.ndarray) -> np.ndarray:
    """Probabilities, float64, `(examples, classes)`; raises ValueError for other values."""
    probabilities = np.asarray(values, dtype="float64")
    if probabilities.ndim != 2 or probabilities.shape[1] == 0:
        raise ValueError(
            "Expected probabilities of shape (examples, classes). Received: shape "
            f"{probabilities.shape}."
        )
    # 1e-3 lets float16 scores of many classes pass. A comparison with nan is False.
    valid = (probabilities >= 0).all(axis=1) & (abs(probabilities.sum(axis=1) - 1) < 1e-3)
    if not valid.all():
        row = int(valid.argmin())
        raise ValueError(
            "Expected rows of probabilities that sum to 1; apply softmax to logits first. "
            f"Received: row {row} is {probabilities[row]}."
        )
    return probabilities


def _class_indices(labels: Sequence[int], classes: int) -> np.ndarray:
    """Labels as an array, `(examples,)`; raises ValueError unless they are class indices."""
    indices = np.asarray(labels)
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise ValueError(
            "Expected labels as class indices, whole numbers of shape (examples,). Received: "
            f"shape {indices.shape} and dtype {indices.dtype}."
        )
    outside = indices[(indices < 0) | (indices >= classes)]
    if outside.size:
        raise ValueError(
            f"Expected labels as class indices from 0 to {classes - 1}. Received: {outside[0]}."
        )
    return indices
