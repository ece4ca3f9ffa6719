import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.metrics.classification import (
    accuracy,
    consistency,
    expected_calibration_error,
    macro_recall,
)
from gru_zoo.metrics.metric import Metric


def test_accuracy():
    measured = accuracy(["a", "b", "b", "c"], np.array(["a", "b", "c", "c"]))
    assert measured == Metric("accuracy", 0.75, "examples:4")


def test_accuracy_of_different_lengths_is_an_error():
    with pytest.raises(ValueError, match="Received: 2 labels and 1 predictions"):
        accuracy(["a", "b"], ["a"])


def test_accuracy_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="at least one example"):
        accuracy([], [])


def test_calibration_error_by_hand():
    # Two intervals: (0, 0.5] holds one example of confidence 0.5 that is right, (0.5, 1] holds
    # 0.9 (right), 0.8 (wrong) and 0.7 (right): |1 - 0.5| / 4 + 3 |2/3 - 0.8| / 4.
    probabilities = [[0.5, 0.5], [0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]
    measured = expected_calibration_error(probabilities, [0, 0, 1, 1], bins=2)
    assert measured.name == "expected_calibration_error"
    assert measured.value == pytest.approx(0.125 + 0.1)
    assert measured.signature == "bins:2|equal_width|examples:4"


@pytest.mark.parametrize("right, error", [(1.0, 0.0), (0.5, 0.5), (0.0, 1.0)])
def test_calibration_error_of_certainty_is_its_error_rate(right, error):
    probabilities = np.tile([1.0, 0.0, 0.0], (10, 1))
    labels = [0] * int(10 * right) + [2] * int(10 * (1 - right))
    assert expected_calibration_error(probabilities, labels).value == pytest.approx(error)


def test_calibrated_scores_have_little_error():
    random = np.random.default_rng(0)
    positive = random.uniform(size=20_000)
    labels = (random.uniform(size=20_000) < positive).astype(int)
    scores = np.stack([1 - positive, positive], axis=1)
    assert expected_calibration_error(scores, labels).value < 0.02


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=30),
    st.integers(1, 20),
)
def test_calibration_error_equals_its_definition(rows, bins):
    positive = np.array([score for score, _ in rows])
    probabilities = np.stack([1 - positive, positive], axis=1)
    labels = np.array([label for _, label in rows])
    confidence, guess = probabilities.max(axis=1), probabilities.argmax(axis=1)
    expected = 0.0
    for k in range(bins):
        inside = (np.ceil(confidence * bins) == k + 1) & (confidence > 0)
        if inside.any():
            gap = (guess == labels)[inside].mean() - confidence[inside].mean()
            expected += abs(gap) * inside.mean()
    measured = expected_calibration_error(probabilities, labels, bins).value
    assert measured == pytest.approx(expected)
    assert 0 <= measured <= 1


@pytest.mark.parametrize(
    "probabilities, labels, bins, message",
    [
        ([[0.5, 0.6]], [0], 15, "sum to 1; apply softmax.*row 0 is"),
        ([[0.5, 0.5], [np.nan, 0.5]], [0, 0], 15, "row 1 is .*nan"),
        ([[1.5, -0.5]], [0], 15, "row 0"),
        ([0.5, 0.5], [0, 1], 15, r"shape \(examples, classes\). Received: shape \(2,\)"),
        ([[0.5, 0.5]], [0, 1], 15, "2 labels and 1 predictions"),
        ([[0.5, 0.5]], [2], 15, "from 0 to 1. Received: 2"),
        ([[0.5, 0.5]], [-1], 15, "from 0 to 1. Received: -1"),
        ([[0.5, 0.5]], ["positive"], 15, "whole numbers"),
        ([[0.5, 0.5]], [[0]], 15, "whole numbers"),
        (np.zeros((0, 2)), [], 15, "at least one example"),
        ([[0.5, 0.5]], [0], 0, "bins=0"),
    ],
)
def test_calibration_error_refuses(probabilities, labels, bins, message):
    with pytest.raises(ValueError, match=message):
        expected_calibration_error(probabilities, labels, bins)


def test_macro_recall_weighs_classes_equally():
    result = macro_recall([0, 0, 0, 1, 2], [0, 0, 1, 1, 0])
    assert result.value == pytest.approx(100 * (2 / 3 + 1 + 0) / 3)
    assert result.signature == "percent|classes:3|examples:5"


def test_consistency_needs_both_of_a_pair():
    result = consistency([0, 1, 1, 0, 0, 1], [0, 1, 1, 1, 1, 0])
    assert result.value == pytest.approx(1 / 3) and result.signature == "pairs:3"
    with pytest.raises(ValueError, match="Expected pairs of examples. Received: 3"):
        consistency([0, 1, 1], [0, 1, 1])
