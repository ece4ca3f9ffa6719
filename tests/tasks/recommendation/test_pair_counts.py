import numpy as np
import scipy.sparse

from gru_zoo.tasks.recommendation.item_vectors import vectors_from_counts, vectors_of_new_items
from gru_zoo.tasks.recommendation.pair_counts import largest_of_rows, pair_counts, successor_counts

SEQUENCES = [np.array([1, 2, 3]), np.array([2, 2, 1]), np.array([4]), np.array([3, 4])]


def test_near_pairs_count_more_and_sequences_are_kept_apart():
    found = pair_counts(SEQUENCES, items=4, decay=0.5).toarray()
    expected = np.zeros((5, 5))
    expected[1, 2] = expected[2, 3] = expected[3, 4] = 1
    expected[1, 3] = 0.5
    expected[2, 1] = 1 + 0.5  # from both places of a repeated item, which is no pair by itself
    np.testing.assert_allclose(found, expected)


def test_without_decay_only_neighbors_count():
    found = pair_counts(SEQUENCES, items=4, decay=0.0)
    assert found.sum() == 4 and found.shape == (5, 5)
    assert pair_counts([np.array([3])], items=4, decay=0.5).nnz == 0


def test_counts_of_successors_are_divided_by_the_root_of_their_sum():
    pairs = pair_counts(SEQUENCES, items=4, decay=0.5)
    both = (pairs + 0.3 * pairs.T).toarray()
    sums = both.sum(axis=1, keepdims=True)
    expected = np.divide(both, np.sqrt(sums), out=np.zeros_like(both), where=sums > 0)
    np.testing.assert_allclose(successor_counts(pairs).toarray(), expected, rtol=1e-6)
    earlier = scipy.sparse.csr_array(both)  # counted twice, the sums are twice as large
    twice = successor_counts(pairs, earlier).toarray()
    np.testing.assert_allclose(twice, expected * np.sqrt(2), rtol=1e-5)


def test_the_largest_of_each_row_in_the_order_of_their_columns():
    matrix = scipy.sparse.csr_array([[0, 0, 0, 0], [5, 1, 3, 1], [0, 0, 2, 0], [1, 1, 1, 0]])
    columns, values = largest_of_rows(matrix, 2)
    assert columns.tolist() == [[0, 0], [0, 2], [2, 0], [0, 1]]
    assert values.tolist() == [[0, 0], [5, 3], [2, 0], [1, 1]]
    assert (columns.dtype, values.dtype) == (np.dtype("int32"), np.dtype("float32"))


def circle(items=30):
    """Sequences in which every item follows the one before it."""
    return [np.arange(start, start + 4) % items + 1 for start in range(items)] * 3


def test_vectors_of_items_that_are_counted_together_are_near():
    vectors = vectors_from_counts(pair_counts(circle(), 30, 0.5), 8, np.random.default_rng(0))
    assert vectors.shape == (31, 8) and vectors.dtype == np.float32
    unit = vectors[1:] / np.linalg.norm(vectors[1:], axis=1, keepdims=True)
    near = np.mean([unit[i] @ unit[(i + 1) % 30] for i in range(30)])
    far = np.mean([unit[i] @ unit[(i + 15) % 30] for i in range(30)])
    assert near > far + 0.5
    assert 0.8 < np.linalg.norm(vectors[1:], axis=1).mean() < 1.3


def test_vectors_without_pairs_or_with_fewer_items_than_features():
    nothing = pair_counts([np.array([1])], 3, 0.5)
    random = vectors_from_counts(nothing, 8, np.random.default_rng(0))
    assert random.shape == (4, 8) and np.ptp(random) > 0
    few = vectors_from_counts(pair_counts(SEQUENCES, 4, 0.5), 16, np.random.default_rng(0))
    assert few.shape == (5, 16) and np.isfinite(few).all()


def test_new_items_start_from_the_items_around_them():
    vectors = np.arange(10.0).reshape(5, 2)
    is_new = np.array([False, False, False, True, True])
    pairs = pair_counts([np.array([1, 3]), np.array([1, 3]), np.array([3, 2])], 4, 0.5)
    found = vectors_of_new_items(vectors, is_new, pairs)
    np.testing.assert_allclose(found[3], (2 * vectors[1] + vectors[2]) / 3)
    np.testing.assert_allclose(found[[0, 1, 2, 4]], vectors[[0, 1, 2, 4]])  # 4 was with no other
