"""Rows as the padded arrays that the model takes."""

from typing import NamedTuple

import numpy as np

from gru_zoo.tasks.chess.bitboards import as_booleans
from gru_zoo.tasks.chess.move_encoding import NO_MOVE, ORIGINS, TARGETS
from gru_zoo.tasks.chess.rows import Rows

LENGTHS = (1, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 128, 192, 320)  # padded numbers of turns
_MOVES = 128  # padded numbers of legal moves are multiples of it
_TURNS_A_UNIT = 40  # the number of a turn is given in this unit, up to 3 of it


class Part(NamedTuple):
    """A part of a row, to its end.

    Args:
        turns: its turns.
        moves: their legal moves.
        row: number of the row.
        start: number of its first turn in the row, from 0.
    """

    turns: slice
    moves: slice
    row: int
    start: int

    @property
    def length(self) -> int:
        """Number of turns."""
        return self.turns.stop - self.turns.start


class Slices:
    """Where the turns and the moves of each row lie.

    Args:
        rows: the rows.
    """

    def __init__(self, rows: Rows):
        self.rows = rows
        counts = rows.turns.counts.astype("int64")
        self._ends = np.concatenate([[0], np.cumsum(counts)])
        self._first = np.cumsum(rows.lengths) - rows.lengths
        self.moves = self._ends[self._first + rows.lengths] - self._ends[self._first]

    def part(self, row: int, start: int = 0) -> Part:
        """The part of a row from a turn on."""
        first, last = int(self._first[row]) + start, int(self._first[row] + self.rows.lengths[row])
        moves = slice(int(self._ends[first]), int(self._ends[last]))
        return Part(slice(first, last), moves, int(row), start)

    def played(self, part: Part) -> np.ndarray:
        """Place of each played move among all legal moves of all rows."""
        return self._ends[part.turns] + self.rows.turns.chosen[part.turns]


def padded(count: int) -> int:
    """The smallest of `LENGTHS` that holds a count; beyond the last, the next multiple of that."""
    if count > LENGTHS[-1]:
        return -(-count // LENGTHS[-1]) * LENGTHS[-1]
    return LENGTHS[int(np.searchsorted(LENGTHS, count))]


def targets(slices: Slices, parts: list[Part]) -> np.ndarray:
    """Targets of parts, see `gru_zoo.tasks.chess.batches.GameBatches`."""
    table = np.full((len(parts), padded(max(part.length for part in parts)), 3), -1, "int32")
    for row, part in zip(table, parts, strict=True):
        played = slices.played(part)
        row[: part.length, 0] = played - part.moves.start
        row[: part.length, 1] = slices.rows.turns.numbers[played]
        row[: part.length, 2] = slices.rows.results[part.row]
    return table


def model_inputs(slices: Slices, parts: list[Part]) -> tuple[np.ndarray, ...]:
    """Inputs of the model for parts of rows, see `gru_zoo.tasks.chess.model.build`.

    The first turn of a part that does not begin with its row has no last moves.
    """
    rows, turns = slices.rows, slices.rows.turns
    count, time = len(parts), padded(max(part.length for part in parts))
    moves = max(1, max(part.moves.stop - part.moves.start for part in parts))
    width = -(-moves // _MOVES) * _MOVES
    planes = np.zeros((count, time, turns.planes.shape[1]), "uint64")
    last = np.full((count, time, 2), NO_MOVE, "int32")
    conditions = np.zeros((count, time, 6), "float32")
    owners = np.full((count, width), -1, "int32")
    numbers = np.zeros((count, width), "int32")
    pieces = np.zeros((count, width), "int32")
    bits = np.zeros((count, width, turns.bits.shape[1]), "uint8")
    for i, part in enumerate(parts):
        length, size = part.length, part.moves.stop - part.moves.start
        planes[i, :length] = turns.planes[part.turns]
        last[i, :length] = turns.last[part.turns]
        if part.start:
            last[i, 0] = NO_MOVE
        conditions[i, :length, 0] = 1
        conditions[i, :length, 1:5] = rows.conditions[part.row]
        number = (rows.starts[part.row] + part.start + np.arange(length)) / _TURNS_A_UNIT
        conditions[i, :length, 5] = np.minimum(number, 3)
        owners[i, :size] = np.repeat(np.arange(length), turns.counts[part.turns])
        numbers[i, :size] = turns.numbers[part.moves]
        pieces[i, :size] = turns.pieces[part.moves]
        bits[i, :size] = turns.bits[part.moves]
    squares = np.stack([ORIGINS[numbers], TARGETS[numbers]], axis=-1)
    return (
        as_booleans(planes).reshape(count, time, -1).view("uint8"),
        last,
        conditions,
        owners,
        numbers,
        64 * pieces[..., None] + squares,
        np.unpackbits(bits, axis=-1, bitorder="little"),
    )
