"""Which rows share a batch, so that sequences of similar length are padded together."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np


def bucket_indices(sequences: Sequence[Any], lengths: Sequence[int]) -> np.ndarray:
    """Index of the smallest of `lengths` that holds each sequence, shape `(sequences,)`.

    Args:
        sequences: sequences, none longer than the last of `lengths`.
        lengths: padded lengths, ascending.
    """
    return np.searchsorted(lengths, [len(sequence) for sequence in sequences])


def length_plan(
    buckets: Sequence[np.ndarray],
    batch_size: int | Sequence[int],
    random: np.random.Generator | None = None,
) -> list[np.ndarray]:
    """Rows of each batch: every row once, sorted by bucket, then cut into batches.

    Args:
        buckets: for each input of the model, the bucket of every row, shape `(rows,)`, see
            `bucket_indices`. Rows are sorted by the first input, then by the second, and so on.
        batch_size: rows of every batch but one, which holds the remainder. Or one number for each
            bucket of the first input: then all rows of a batch are of one such bucket.
        random: generator that shuffles rows and batches. With None, rows keep their order within a
            bucket, and short sequences come first.

    Returns:
        Row numbers of each batch, each of shape `(rows of the batch,)`.
    """
    order = np.arange(len(buckets[0]))
    if random is not None:
        random.shuffle(order)
    order = order[np.lexsort([bucket[order] for bucket in reversed(buckets)])]
    if isinstance(batch_size, Sequence):
        plan = []
        for bucket, size in enumerate(batch_size):
            rows = order[buckets[0][order] == bucket]
            plan += [rows[i : i + size] for i in range(0, len(rows), size)]
    else:
        remainder = len(order) % batch_size
        plan = np.split(order, np.arange(remainder or batch_size, len(order), batch_size))
    if random is not None:
        plan = [plan[i] for i in random.permutation(len(plan))]
    return _two_shapes_first(plan, buckets)


def _two_shapes_first(plan: list[np.ndarray], buckets: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The plan, with two batches of different padded lengths moved to the front.

    On TensorFlow, Keras infers from the first two batches of a training which axes vary, and fails
    on a later batch that differs where those two agree.
    """
    first_of_shape: dict[tuple[int, ...], int] = {}
    for index, rows in enumerate(plan):
        shape = tuple(int(bucket[rows].max()) for bucket in buckets)
        first_of_shape.setdefault(shape, index)
    varies = [len(set(sizes)) > 1 for sizes in zip(*first_of_shape, strict=True)]
    for a, b in itertools.combinations(first_of_shape, 2):
        if all(x != y for x, y, vary in zip(a, b, varies, strict=True) if vary):
            front = [first_of_shape[a], first_of_shape[b]]
            others = [rows for i, rows in enumerate(plan) if i not in front]
            return [plan[i] for i in front] + others
    return plan
