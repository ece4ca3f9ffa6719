import numpy as np
import pytest

from gru_zoo.tasks.recommendation.metrics import MISS, ranking_metrics, ranks
from gru_zoo.tasks.recommendation.scoring import best, lengths_for

SCORES = np.array([[9, 0.5, 0.4, 0.3, 0.2]])


@pytest.mark.parametrize(
    ("scores", "seen", "target", "rank"),
    [
        (SCORES, [], 1, 1),
        (SCORES, [], 4, 4),
        (SCORES, [1, 2], 4, 2),  # seen items are left out
        (SCORES, [4], 4, MISS),
        (SCORES, [], 0, MISS),  # unknown
        (np.full((1, 5), 0.2), [], 3, 4),  # of equal scores the right one is the last
        (np.full((1, 5), 0.2), [1], 3, 3),
    ],
)
def test_ranks(scores, seen, target, rank):
    found = ranks(scores.astype("float32"), [np.array(seen, "int64")], np.array([target]))
    assert found.tolist() == [rank]


def test_metrics_of_ten():
    gain, hit = ranking_metrics(np.array([1, 10, 11, MISS]), items=1_000)
    assert (gain.name, hit.name) == ("ndcg_10", "hit_rate_10")
    assert hit.value == 0.5
    assert gain.value == pytest.approx((1 + 1 / np.log2(11)) / 4)
    assert gain.signature.startswith("full ranking of 1,000 items") and "n = 4" in hit.signature


@pytest.mark.parametrize("items", [5, 255, 256, 257, 3_000, 5_120])
@pytest.mark.parametrize("count", [1, 4])
def test_best_is_that_of_a_whole_sort(items, count):
    random = np.random.default_rng(items)
    scores = np.round(random.random((7, items)), 2).astype("float32")  # many are equal
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    np.testing.assert_array_equal(best(scores, count), expected)


def test_best_of_all_items():
    scores = np.random.default_rng(0).random((2, 300)).astype("float32")
    np.testing.assert_array_equal(best(scores, 300), np.argsort(-scores, axis=1, kind="stable"))


@pytest.mark.parametrize(("longest", "last"), [(0, 8), (8, 8), (9, 16), (3_000, 4_096)])
def test_lengths(longest, last):
    assert lengths_for([np.zeros(longest, "int32")])[-1] == last
