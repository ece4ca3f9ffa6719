"""Numbers of moves: pairs of squares that a queen or a knight can join, and underpromotions."""

import numpy as np

from gru_zoo.tasks.chess.bitboards import (
    as_booleans,
    knight_attacks,
    queen_attacks,
    square_bits,
)
from gru_zoo.tasks.chess.boards import QUEEN, Moves

NO_MOVE = 0  # number of the move before the first


def _table() -> np.ndarray:
    """Number of each move by origin, target and promotion; 0 for none, int32."""
    all_squares = square_bits(np.arange(64))
    empty = np.full(64, 0xFFFFFFFFFFFFFFFF, "uint64")
    joined = as_booleans(queen_attacks(all_squares, empty) | knight_attacks(all_squares))
    origins, targets = np.nonzero(joined)
    table = np.zeros((64, 64, QUEEN), "int32")  # a queen has the number of the plain move
    table[origins, targets, 0] = 1 + np.arange(len(origins))
    beside = abs(targets % 8 - origins % 8) < 2
    steps = np.nonzero((origins // 8 == 6) & (targets // 8 == 7) & beside)[0]
    count = 1 + len(origins)
    for piece in range(1, QUEEN):
        table[origins[steps], targets[steps], piece] = count + np.arange(len(steps))
        count += len(steps)
    return table


_NUMBERS = _table()
COUNT = int(_NUMBERS.max()) + 1  # 1,859, with `NO_MOVE`


def number(moves: Moves) -> np.ndarray:
    """Numbers of moves in the view of the player who moves, from 1 to `COUNT - 1`, int32."""
    return _NUMBERS[moves.origin, moves.target, moves.promotion % QUEEN]


def _moves() -> np.ndarray:
    """Origin, target and promotion of each number: int32, shape `(3, COUNT)`."""
    table = np.zeros((3, COUNT), "int32")
    found = np.nonzero(_NUMBERS)
    table[:, _NUMBERS[found]] = found
    return table


# A promotion to a queen has the number of the plain move, and so 0 as promotion.
ORIGINS, TARGETS, PROMOTIONS = _moves()
