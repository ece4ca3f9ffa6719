"""Probabilities of next items for many histories, and the best of them."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np

from gru_zoo.batching.padding import pad_batches
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.recommendation.metrics import ranks

_MAX_PROBABILITIES = 2**21  # of a batch: 8 MiB, which stay in the cache of a processor
_MAX_ROWS = 256
_BLOCK = 64  # items whose maximum is taken at once


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

    Only the blocks of a row with the largest maxima are searched: none of the largest scores lies
    in another block. Of equal scores the first come first.

    Args:
        scores: shape `(rows, items)`.
        count: number of indices, from 1 to `items`.

    Returns:
        Integer, shape `(rows, count)`.
    """
    rows, items = scores.shape
    blocks = -(-items // _BLOCK)
    if count >= blocks:
        return np.argsort(-scores, axis=1, kind="stable")[:, :count]
    whole = items // _BLOCK
    maxima = scores[:, : whole * _BLOCK].reshape(rows, whole, _BLOCK).max(axis=2)
    if whole < blocks:
        maxima = np.concatenate([maxima, scores[:, whole * _BLOCK :].max(axis=1)[:, None]], axis=1)
    chosen = np.sort(np.argsort(-maxima, axis=1, kind="stable")[:, :count], axis=1)
    places = (chosen[:, :, None] * _BLOCK + np.arange(_BLOCK)).reshape(rows, -1)
    inside = np.minimum(places, items - 1)
    candidates = np.where(places < items, np.take_along_axis(scores, inside, axis=1), -np.inf)
    order = np.argsort(-candidates, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(places, order, axis=1)
