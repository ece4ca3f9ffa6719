"""Counts of which items follow which, from sequences."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse

# A pair counts in its order, and by this factor in the reverse order. Tuned on validation data.
_REVERSED = 0.3
_WINDOW = 16  # largest distance of a pair; at a decay of 0.7 a farther one counts below 0.4 %


def pair_counts(
    sequences: Sequence[np.ndarray], items: int, decay: float
) -> scipy.sparse.csr_array:
    """Count the pairs of items that occur in one sequence, near ones more than far ones.

    Args:
        sequences: item ids from 1 to `items`, integer, each of shape `(length,)`.
        items: number of items.
        decay: factor for each item that lies between the two, 0 to 1.

    Returns:
        Counts of the pairs (item, later item), float32, shape `(items + 1, items + 1)`. A pair of
        equal items does not count.
    """
    flat = np.concatenate([np.zeros(0, "int32"), *sequences])
    owner = np.repeat(np.arange(len(sequences)), [len(ids) for ids in sequences])
    shape = (items + 1, items + 1)
    total = scipy.sparse.csr_array(shape, dtype="float32")
    for distance in range(1, _WINDOW + 1):
        weight = decay ** (distance - 1)
        first, second = flat[:-distance], flat[distance:]
        kept = (owner[:-distance] == owner[distance:]) & (first != second)
        if not weight or not kept.any():
            break
        pair = (first[kept], second[kept])
        values = np.full(len(pair[0]), weight, "float32")
        total = total + scipy.sparse.coo_array((values, pair), shape).tocsr()
    return total


def successor_counts(
    pairs: scipy.sparse.csr_array, earlier: scipy.sparse.csr_array | None = None
) -> scipy.sparse.csr_array:
    """Counts of successors from those of pairs, of frequent items divided by more.

    An item that was counted n times has its counts divided by the square root of n, so that it
    adds sqrt(n) to the evidence of a history.

    Args:
        pairs: from `pair_counts`.
        earlier: counts of successors before the division, which are added; None for none.
    """
    both = pairs + _REVERSED * pairs.T
    both = scipy.sparse.csr_array(both if earlier is None else both + earlier)
    totals = np.maximum(both.sum(axis=1), 1e-9)
    return scipy.sparse.csr_array(scipy.sparse.diags_array(totals**-0.5) @ both)


def largest_of_rows(matrix: scipy.sparse.csr_array, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The largest values of each row of a sparse matrix.

    Args:
        matrix: shape `(rows, columns)`.
        count: number of values of a row.

    Returns:
        Columns, int32, and values, float32, both of shape `(rows, count)`, in the order of the
        columns; 0 where a row has fewer. Of equal values the first are kept.
    """
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.arange(len(order)) - matrix.indptr[rows[order]]
    kept = order[place < count]
    kept = kept[np.lexsort((matrix.indices[kept], rows[kept]))]
    starts = np.concatenate([[0], np.cumsum(np.minimum(np.diff(matrix.indptr), count))])
    place = np.arange(len(kept)) - starts[rows[kept]]
    columns = np.zeros((matrix.shape[0], count), "int32")
    values = np.zeros((matrix.shape[0], count), "float32")
    columns[rows[kept], place] = matrix.indices[kept]
    values[rows[kept], place] = matrix.data[kept]
    return columns, values
