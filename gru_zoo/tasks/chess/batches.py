"""Batches of chess games to train on."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.batching.length_plan import length_plan
from gru_zoo.tasks.chess.arrays import Slices, model_inputs, padded, targets
from gru_zoo.tasks.chess.rows import Rows

_MOVES_A_BUCKET = 1.15  # ratio of the numbers of moves of two buckets
_CUT = 0.15  # share of the rows that begin in the middle, as positions without a history do


class GameBatches(SeededDataset):
    """Padded batches of rows, those with similar numbers of turns and legal moves together.

    A batch is `(inputs, targets)`: the inputs of the model, see `gru_zoo.tasks.chess.model.build`,
    and int32 of shape `(batch, time, 3)`: the place of the played move among the moves of the row,
    its number, and the result; all -1 for padding, and the result -1 where it is unknown.

    Args:
        parts: games in parts. Each epoch has the next of them, from the first on after the last,
            and as many batches as the first epoch: of a larger part some are left out, and of a
            smaller one some come twice.
        positions: turns of a batch, padding included, 1 or more.
        seed: seed of the order.
        shuffle: False keeps the order the same in every epoch, short games first.

    Raises:
        ValueError: a part has no moves, or `positions` is below 1.
    """

    def __init__(
        self, parts: Sequence[Rows], *, positions: int, seed: int = 0, shuffle: bool = True
    ):
        if positions < 1:
            raise ValueError(f"Expected positions of 1 or more. Received: {positions}.")
        self._parts, self._positions, self._shuffle = parts, positions, shuffle
        super().__init__(seed)

    def _plan_epoch(self, random: np.random.Generator) -> list[np.ndarray]:
        rows = self._parts[self.epoch % len(self._parts)]
        self._slices = Slices(rows)
        self._rows = np.nonzero((rows.lengths > 0) & rows.learned)[0]
        if not len(self._rows):
            raise ValueError("Expected a game with a move. Received: none.")
        turns = np.array([padded(int(length)) for length in rows.lengths[self._rows]])
        moves = np.log(self._slices.moves[self._rows]) // np.log(_MOVES_A_BUCKET)
        lengths = np.unique(turns)
        sizes = [max(1, self._positions // int(length)) for length in lengths]
        buckets = [np.searchsorted(lengths, turns), moves.astype(int)]
        plan = length_plan(buckets, sizes, random if self._shuffle else None)
        # Keras counts the batches of the first epoch and expects as many of every other one.
        self._batches = getattr(self, "_batches", len(plan))
        return [plan[index % len(plan)] for index in range(self._batches)]

    def rows_of_batch(self, index: int) -> np.ndarray:
        """Numbers of the rows of a batch of the current epoch."""
        return self._rows[self._plan[index]]

    def _batch(self, index: int, rows: np.ndarray) -> tuple:
        random = np.random.default_rng((self.seed, self.epoch, index))
        cut = random.random(len(rows)) < (_CUT if self._shuffle else 0)
        parts = []
        for row, is_cut in zip(self._rows[rows], cut, strict=True):
            length = int(self._slices.rows.lengths[row])
            parts.append(self._slices.part(row, int(random.integers(length)) if is_cut else 0))
        return model_inputs(self._slices, parts), targets(self._slices, parts)
