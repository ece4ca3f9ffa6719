"""Batches of pieces."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.batching.dataset import BucketedBatches

# Padded numbers of steps; the longest published piece has 3,857.
LENGTHS = (32, 64, 96, 112, 128, 144, 160, 192, 256, 512, 1024, 2048, 4096)


def pad_chords(pieces: Sequence[np.ndarray], lengths: Sequence[int] = LENGTHS) -> np.ndarray:
    """Chords of several pieces in one array, int32, `(pieces, steps, slots)`, padded with -1."""
    longest = max(map(len, pieces))
    place = int(np.searchsorted(lengths, longest))
    steps = lengths[place] if place < len(lengths) else longest
    padded = np.full((len(pieces), steps, pieces[0].shape[1]), -1, "int32")
    for row, chords in zip(padded, pieces, strict=True):
        row[: len(chords)] = chords
    return padded


class PieceBatches(BucketedBatches):
    """Padded batches of pieces; long ones in parts that are cut anew in every epoch.

    A batch is `(chords, nothing, weights)`: chords as the model takes them, zeros and weights of
    shape `(batch, steps)`. A part begins with `lead` steps of the part before it, from which the
    model learns what goes on and which, like padding, have weight 0; so every step counts once an
    epoch. All else is as in `BucketedBatches`.

    Args:
        pieces: chords of each piece, shape `(steps, slots)`.
        batch_size: parts a batch.
        part: about how many steps a part has; None leaves pieces whole.
        lead: see above.
        seed: of the order and the cuts.
        shuffle: False keeps order and cuts the same in every epoch.
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
        self._pieces, self._lead = pieces, lead
        self._parts = [
            (number, index, count)
            for number, chords in enumerate(pieces)
            for count in [1 if part is None else -(-len(chords) // part)]
            for index in range(count)
        ]
        # `BucketedBatches` is to sort the parts by about how long they are.
        sizes = [len(pieces[number]) // count + lead * (i > 0) for number, i, count in self._parts]
        longest = max(map(len, pieces), default=0)
        lengths = [n for n in LENGTHS if n < longest] + [longest + lead + 1]
        super().__init__(
            [np.ones(size, "int32") for size in sizes],
            batch_size=batch_size,
            seed=seed,
            shuffle=shuffle,
            lengths=lengths,
        )

    def _batch(self, rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(chords, nothing, weights)."""
        parts = [self._cut(*self._parts[row]) for row in rows]
        chords = pad_chords([part for part, _ in parts])
        weights = (chords[:, :, 0] >= 0).astype("float32")
        for row, (_, lead) in zip(weights, parts, strict=True):
            row[:lead] = 0
        return chords, np.zeros_like(weights), weights

    def _cut(self, number: int, index: int, count: int) -> tuple[np.ndarray, int]:
        """Part `index` of `count` of a piece, and how many of its steps are its lead."""
        chords = self._pieces[number]
        bounds = np.arange(count + 1) * len(chords) / count
        if self._shuffle:
            random = np.random.default_rng((self.seed, self.epoch, number))
            bounds[1:-1] += (random.random() - 0.5) / 2 * len(chords) / count
        start, end = bounds.astype(int)[index : index + 2]
        lead = min(start, self._lead)
        return chords[start - lead : end], int(lead)
