import numpy as np
import pytest

from gru_zoo.batching.padding import pad
from gru_zoo.tasks.recommendation.model import Config
from gru_zoo.tasks.recommendation.top_items import TopItems, likeliest
from gru_zoo.tasks.recommendation.vocabulary import learn_counts
from tests.tasks.recommendation.toy import counted_task

ITEMS = 700


@pytest.fixture(scope="module")
def model():
    """A model of many items, of which half were counted."""
    random = np.random.default_rng(0)
    built = type(counted_task()).build(Config(items=ITEMS, embedding_dim=6, units=5, neighbors=4))
    log = [random.integers(1, ITEMS // 2, 6).astype("int32") for _ in range(200)]
    learn_counts(built, log, 0.6)
    return built


@pytest.fixture(scope="module")
def histories():
    random = np.random.default_rng(1)
    return [random.integers(1, ITEMS + 1, length).astype("int32") for length in (1, 3, 8, 9, 16)]


@pytest.fixture(scope="module")
def probabilities(model, histories):
    """Those of all items, by the model."""
    return model.predict(pad(histories, (16,)), verbose=0)


@pytest.mark.parametrize("exclude_seen", [True, False])
@pytest.mark.parametrize("n", [1, 10, 2 * ITEMS])
def test_the_likeliest_are_those_of_all_probabilities_of_the_model(
    model, histories, probabilities, n, exclude_seen
):
    found = {}
    for rows, items, scores in TopItems(model)(histories, n, exclude_seen):
        found |= {row: (items[i], scores[i]) for i, row in enumerate(rows)}
    assert sorted(found) == [*range(len(histories))]
    for row, history in enumerate(histories):
        expected = probabilities[row].copy()
        expected[[0, *history] if exclude_seen else 0] = -np.inf
        items, scores = found[row]
        assert len(items) == len(set(items)) == min(n, ITEMS)
        np.testing.assert_allclose(scores, -np.sort(-expected)[: len(scores)], atol=1e-6)
        np.testing.assert_allclose(scores, expected[items], atol=1e-6)


def test_evidence_of_repeated_items_is_added_and_equal_items_keep_their_order():
    log_prior = np.log(np.full((2, 500), 1e-3, "float32"))
    log_prior[:, [0, 7]] = -np.inf
    ids = np.array([[400, 9, 400, 7], [0, 0, 0, 0]])
    counts = np.array([[1, 1.5, 1, 9], [0, 0, 0, 0]], "float32")
    items, scores = likeliest(log_prior, ids, counts, strength=2.0, n=4)
    assert items.tolist() == [[400, 9, 1, 2], [1, 2, 3, 4]]
    total = 12.5 + 2
    expected = [(2 + 0.002) / total, (1.5 + 0.002) / total, 0.002 / total, 0.002 / total]
    np.testing.assert_allclose(scores, [expected, [1e-3] * 4], rtol=1e-5)
