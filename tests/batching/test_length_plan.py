import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.batching.length_plan import bucket_indices, length_plan

LENGTHS = (4, 8, 16)


def plan_of(sizes, batch_size, seed=None):
    buckets = [bucket_indices([[0] * n for n in column], LENGTHS) for column in sizes]
    random = None if seed is None else np.random.default_rng(seed)
    return buckets, length_plan(buckets, batch_size, random)


def test_buckets_are_the_smallest_lengths_that_hold_a_sequence():
    found = bucket_indices([[], [1] * 4, [1] * 5, [1] * 16], LENGTHS)
    assert found.tolist() == [0, 0, 1, 2]


def test_without_a_generator_short_rows_come_first_and_the_remainder_too():
    _, plan = plan_of([[9, 2, 7, 3, 1]], 2)
    # The first batches of two shapes are moved to the front, here before [3, 4].
    assert [rows.tolist() for rows in plan] == [[1], [2, 0], [3, 4]]


def test_rows_are_sorted_by_the_first_input_then_the_second():
    _, plan = plan_of([[9, 2, 9, 2], [2, 9, 1, 1]], 4)
    assert plan[0].tolist() == [3, 1, 0, 2]


@given(st.lists(st.integers(0, 16), min_size=1, max_size=40), st.integers(0, 99))
def test_one_size_a_bucket_keeps_buckets_apart(sizes, seed):
    counts = (5, 3, 1)
    (bucket,), plan = plan_of([sizes], counts, seed)
    for rows in plan:
        assert len(set(bucket[rows])) == 1 and len(rows) <= counts[bucket[rows[0]]]
    assert sorted(np.concatenate(plan)) == list(range(len(sizes)))
    least = sum(-(-np.count_nonzero(bucket == i) // n) for i, n in enumerate(counts))
    assert len(plan) == least


@given(st.lists(st.integers(0, 16), min_size=1, max_size=40), st.integers(1, 7))
def test_a_generator_shuffles_rows_and_batches(sizes, batch_size):
    _, plan = plan_of([sizes], batch_size, seed=0)
    assert sorted(np.concatenate(plan)) == list(range(len(sizes)))
    _, again = plan_of([sizes], batch_size, seed=0)
    assert [rows.tolist() for rows in plan] == [rows.tolist() for rows in again]
