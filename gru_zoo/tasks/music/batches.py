"""Batches of pieces of music."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.batching.dataset import LengthGroupedDataset
from gru_zoo.batching.padding import check_batch_size

# Padded numbers of steps; the longest published piece has 3,857.
STEP_COUNTS = (32, 64, 96, 112, 128, 144, 160, 192, 256, 512, 1024, 2048, 4096)


def pad_chords(pieces: Sequence[np.ndarray], lengths: Sequence[int] = STEP_COUNTS) -> np.ndarray:
    """Chords of several pieces in one array, padded at the right with -1.

    Args:
        pieces: one or more pieces, each of shape `(steps, slots)`.
        lengths: padded numbers of steps, ascending. Longer pieces are padded to the longest.

    Returns:
        Int32, shape `(pieces, steps, slots)`.
    """
    longest = max(map(len, pieces))
    place = int(np.searchsorted(lengths, longest))
    steps = lengths[place] if place < len(lengths) else longest
    padded = np.full((len(pieces), steps, pieces[0].shape[1]), -1, "int32")
    for row, chords in zip(padded, pieces, strict=True):
        row[: len(chords)] = chords
    return padded


class PieceBatches(LengthGroupedDataset):
    """Padded batches of pieces; long pieces are cut into parts, elsewhere in every epoch.

    A batch is `(chords, zeros, weights)`: chords of shape `(batch, steps, slots)`, zeros in place
    of targets and weights, both of shape `(batch, steps)`. A part begins with the last `lead` steps
    of the part before it. They give the model its context and, like padding, have weight 0, so
    every step counts once an epoch.

    Args:
        pieces: chords of each piece, shape `(steps, slots)`.
        batch_size: parts of a batch, 1 or more.
        part: approximate steps of a part; None leaves pieces whole.
        lead: steps of context before a part.
        seed: seed of the order and the cuts.
        shuffle: False keeps order and cuts the same in every epoch, short parts first.

    Raises:
        ValueError: there are no pieces, or the batch size is below 1.
    """

    def __init__(
        self,
        pieces: Sequence[np.ndarray],
        *,
        batch_size: int,
        part: int | None = None,
        lead: int = 16,
        seed: int = 0,
        shuffle: bool = True,
    ):
        if not len(pieces):
            raise ValueError("Expected one piece or more. Received: none.")
        self._pieces, self._lead = pieces, lead
        self._parts = [
            (number, index, count)
            for number, chords in enumerate(pieces)
            for count in [1 if part is None else -(-len(chords) // part)]
            for index in range(count)
        ]
        # Parts are grouped by their mean length: cuts move it a little from epoch to epoch.
        sizes = [len(pieces[number]) // count + lead * (i > 0) for number, i, count in self._parts]
        bucket = np.searchsorted([n for n in STEP_COUNTS if n < max(map(len, pieces))], sizes)
        super().__init__([bucket], check_batch_size(batch_size), seed=seed, shuffle=shuffle)

    def _batch(self, index: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        parts = [self._cut(*self._parts[row]) for row in rows]
        chords = pad_chords([part for part, _ in parts])
        weights = (chords[:, :, 0] >= 0).astype("float32")
        for row, (_, lead) in zip(weights, parts, strict=True):
            row[:lead] = 0
        return chords, np.zeros_like(weights), weights

    def _cut(self, number: int, index: int, count: int) -> tuple[np.ndarray, int]:
        """Chords of part `index` of `count` of a piece, and how many of its steps are its lead."""
        chords = self._pieces[number]
        bounds = np.arange(count + 1) * len(chords) / count
        if self._shuffle:
            random = np.random.default_rng((self.seed, self.epoch, number))
            bounds[1:-1] += (random.random() - 0.5) / 2 * len(chords) / count
        start, end = bounds.astype(int)[index : index + 2]
        lead = min(start, self._lead)
        return chords[start - lead : end], int(lead)
