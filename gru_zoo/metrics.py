"""Metrics: a value together with the signature that says how it was computed."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np


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


def accuracy(labels: Sequence[Any], predictions: Sequence[Any]) -> Metric:
    """Share of predictions that equal their label, from 0 to 1.

    Args:
        labels: the true labels, of any type that compares with ==.
        predictions: as many predicted labels.

    Raises:
        ValueError: different lengths, or no examples.
    """
    labels, predictions = list(labels), list(predictions)
    _check_lengths(len(labels), len(predictions))
    correct = sum(bool(label == guess) for label, guess in zip(labels, predictions, strict=True))
    return Metric("accuracy", correct / len(labels), f"examples:{len(labels)}")


def expected_calibration_error(
    probabilities: np.ndarray, labels: Sequence[int], bins: int = 15
) -> Metric:
    """How far confidence is from accuracy, from 0 (calibrated) to 1.

    The confidence of an example is its largest probability. Confidences fall into `bins` intervals
    of equal width, open at the left; the error is the mean over examples of
    |accuracy - mean confidence| of their interval (Guo et al. 2017, On Calibration of Modern Neural
    Networks, equation 3).

    Args:
        probabilities: shape (examples, classes), rows sum to 1.
        labels: index of the true class of each example, shape (examples,).
        bins: number of intervals, 1 or more.

    Raises:
        ValueError: wrong shapes, no examples, numbers that are no probabilities, or labels that are
            no class indices.
    """
    probabilities = np.asarray(probabilities, dtype="float64")
    labels = np.asarray(labels)
    _check_probabilities(probabilities)
    _check_lengths(len(labels), len(probabilities))
    classes = probabilities.shape[1]
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not _within(labels, classes):
        raise ValueError(
            f"Expected labels as class indices from 0 to {classes - 1}, shape (examples,). "
            f"Received: {labels!r}."
        )
    if bins < 1:
        raise ValueError(f"Expected 1 bin or more. Received: bins={bins!r}.")
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    interval = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(interval, weights=correct - confidence, minlength=bins)
    value = float(np.abs(gaps).sum() / len(labels))
    return Metric(
        "expected_calibration_error", value, f"bins:{bins}|equal_width|examples:{len(labels)}"
    )


def _check_lengths(labels: int, predictions: int) -> None:
    if labels != predictions:
        raise ValueError(
            f"Expected as many predictions as labels. Received: {labels} labels and {predictions} "
            "predictions."
        )
    if labels == 0:
        raise ValueError("Expected at least one example. Received: none.")


def _check_probabilities(probabilities: np.ndarray) -> None:
    if probabilities.ndim != 2:
        raise ValueError(
            f"Expected probabilities of shape (examples, classes). Received: shape "
            f"{probabilities.shape}."
        )
    wrong = ~(probabilities >= 0).all(axis=1) | ~(abs(probabilities.sum(axis=1) - 1) < 1e-3)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"Expected rows of probabilities that sum to 1; apply softmax to logits first. "
            f"Received: row {row} is {probabilities[row]}."
        )


def _within(labels: np.ndarray, classes: int) -> bool:
    return bool(((labels >= 0) & (labels < classes)).all())
