"""Probabilities of next items for many histories, and the best of them."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np

from gru_zoo.batching.padding import pad_batches
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.recommendation.metrics import ranks

_MAX_PROBABILITIES = 2**21  # of a batch: 8 MiB, which stay in the cache of a processor
_MAX_ROWS = 256
_BLOCK = 64  # items of a block, whose maximum says whether it is searched


def lengths_for(histories: Sequence[np.ndarray]) -> tuple[int, ...]:
    """Padded lengths, each twice the one before, of which the last holds the longest history."""
    longest = max(map(len, histories), default=1)
    return tuple(2**i for i in range(3, max(4, (longest - 1).bit_length() + 1)))


def probabilities(
    model: keras.Model, histories: Sequence[np.ndarray]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Probabilities of the next item, batch by batch, short histories first.

    Args:
        model: model from `gru_zoo.tasks.recommendation.model.build`.
        histories: item numbers, int32, each of shape `(length,)`.

    Yields:
        Indices into `histories`, shape `(rows,)`, and float32 of shape `(rows, items + 1)`, which
        may be changed.
    """
    for indices, ids in batches(histories, model.output_shape[-1]):
        scores = np.asarray(predict_on_batch(model, ids))[: len(indices)]
        yield indices, scores if scores.flags.writeable else scores.copy()


def batches(histories: Sequence[np.ndarray], items: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches of histories, as `pad_batches` makes them, of fewer rows if there are many items."""
    rows = min(_MAX_ROWS, max(1, _MAX_PROBABILITIES // items))
    return pad_batches(histories, rows, lengths_for(histories))


def find_ranks(
    model: keras.Model, histories: Sequence[np.ndarray], targets: np.ndarray
) -> np.ndarray:
    """Rank of each target after its history, see `gru_zoo.tasks.recommendation.metrics.ranks`."""
    found = np.zeros(len(histories), "int64")
    for rows, scores in probabilities(model, histories):
        found[rows] = ranks(scores, [histories[row] for row in rows], targets[rows])
    return found


def best(scores: np.ndarray, count: int) -> np.ndarray:
    """Indices of the largest scores of each row, the largest first.

    Items are put into blocks, and only blocks with a maximum as large as the `count` largest ones
    are searched: no other holds one of the largest scores. Of equal scores the first come first.

    Args:
        scores: shape `(rows, items)`, without NaN.
        count: number of indices, from 1 to `items`.

    Returns:
        Integer, shape `(rows, count)`.
    """
    rows, items = scores.shape
    blocks = items // _BLOCK
    if count > blocks:
        return np.argsort(-scores, axis=1, kind="stable")[:, :count]
    # Block b holds the items b, b + blocks, b + 2 * blocks ..., whose maxima need no inner loop.
    # The items behind the last block are all searched.
    maxima = scores[:, : blocks * _BLOCK].reshape(rows, _BLOCK, blocks).max(axis=1)
    least = np.partition(maxima, blocks - count, axis=1)[:, blocks - count]
    row, block = np.nonzero(maxima >= least[:, None])
    places = block[:, None] + blocks * np.arange(_BLOCK)
    rest = np.arange(blocks * _BLOCK, items)
    row = np.concatenate([np.repeat(row, _BLOCK), np.repeat(np.arange(rows), len(rest))])
    places = np.concatenate([places.ravel(), np.tile(rest, rows)])
    values = scores[row, places]
    kept = values >= least[row]
    row, places, values = row[kept], places[kept], values[kept]
    return places[first_of_rows(row, places, values, (rows, count))]


def first_of_rows(
    row: np.ndarray, item: np.ndarray, score: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """Indices of the entries with the highest scores of each row, of equal ones the first items.

    Args:
        row, item, score: row, item and score of each entry, all of shape `(entries,)`.
        shape: number of rows, and of entries of each; there are as many or more.

    Returns:
        Integer, of this shape.
    """
    order = np.lexsort((item, -score, row))
    starts = np.searchsorted(row[order], np.arange(shape[0]))
    return order[starts[:, None] + np.arange(shape[1])]
