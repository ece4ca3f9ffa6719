"""Batches of item sequences to train on."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.batching.dataset import LengthGroupedDataset
from gru_zoo.batching.padding import check_batch_size, pad

WINDOW = 50  # items of a part that are predicted; long sequences are cut
LENGTHS = (5, 9, 13, 17, 25, 33, WINDOW + 1)  # padded lengths; one item more than are predicted


def cut(sequences: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Parts of sequences, of at most `WINDOW + 1` items.

    Every item but the first of a sequence follows another in one part. A sequence of one item has
    no part.
    """
    return [
        ids[start : start + WINDOW + 1]
        for ids in sequences
        for start in range(0, len(ids) - 1, WINDOW)
    ]


class SequenceBatches(LengthGroupedDataset):
    """Padded batches of item sequences, those of similar length together.

    A batch is `(ids, zeros, weights)`: ids of shape `(batch, length)`, padded with 0 at the right;
    zeros in place of targets, and weights, 0 where there is no next item, both of shape
    `(batch, length - 1)`.

    Args:
        sequences: item numbers, int32, each of shape `(length,)`, of at most `WINDOW + 1` items.
        batch_size: sequences of a batch, 1 or more.
        seed: seed of the order.
        shuffle: False keeps the order the same in every epoch, short sequences first.

    Raises:
        ValueError: there are no sequences, or the batch size is below 1.
    """

    def __init__(
        self,
        sequences: Sequence[np.ndarray],
        *,
        batch_size: int,
        seed: int = 0,
        shuffle: bool = True,
    ):
        if not len(sequences):
            raise ValueError(
                "Expected one sequence of two items or more. Received: none, so that no item "
                "follows another."
            )
        self._sequences = sequences
        buckets = np.searchsorted(LENGTHS, [len(ids) for ids in sequences])
        super().__init__([buckets], check_batch_size(batch_size), seed=seed, shuffle=shuffle)

    def _batch(self, index: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        ids = pad([self._sequences[row] for row in rows], LENGTHS)
        weights = (ids[:, 1:] != 0).astype("float32")
        return ids, np.zeros_like(weights), weights
