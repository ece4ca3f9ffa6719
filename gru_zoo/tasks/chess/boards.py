"""Boards as sets of squares in the view of the player to move, and what a move does to them.

A board is a row of `COLUMNS` uint64 numbers: the pawns, knights, bishops, rooks, queens and king of
the player to move, the same of the opponent, the rooks of both that may still castle, and the
square behind a pawn that has just moved two. Black's boards are mirrored, so that the
player to move always moves up.
"""

from typing import NamedTuple

import numpy as np

from gru_zoo.tasks.chess.bitboards import RANKS, Bits, square_bits

PAWN, KNIGHT, BISHOP, ROOK, QUEEN, KING = range(6)
OPPONENT = 6  # first column of the opponent's pieces
CASTLING, EN_PASSANT = 12, 13
COLUMNS = 14

_HOME = np.uint64(0x8100000000000081)  # squares of the rooks before a game
_FIRST = (0xFF00, 0x42, 0x24, 0x81, 0x08, 0x10)
START = np.array([*_FIRST, *(np.uint64(bits).byteswap() for bits in _FIRST), _HOME, 0], "uint64")


class Moves(NamedTuple):
    """Moves on some of many boards, arrays of one length.

    Args:
        row: number of the board, int32.
        origin, target: squares from 0 to 63 in the view of the player to move, uint8.
        promotion: piece that a pawn becomes, from `KNIGHT` to `QUEEN`; 0 for none, uint8.
    """

    row: np.ndarray
    origin: np.ndarray
    target: np.ndarray
    promotion: np.ndarray

    def take(self, index: np.ndarray | slice) -> "Moves":
        """The moves at an index, or where a mask is True."""
        return Moves(*(array[index] for array in self))


def occupied(boards: np.ndarray, side: int) -> Bits:
    """Squares of all pieces of a side, 0 or `OPPONENT`."""
    return np.bitwise_or.reduce(boards[..., side : side + 6], axis=-1)


def flip(boards: np.ndarray) -> np.ndarray:
    """The boards in the view of the other player."""
    own, other = boards[..., :OPPONENT], boards[..., OPPONENT:CASTLING]
    return np.concatenate([other, own, boards[..., CASTLING:]], axis=-1).byteswap()


def piece_at(boards: np.ndarray, bits: Bits, side: int) -> np.ndarray:
    """Type of the piece of a side on a square of each board; -1 for none, int8."""
    found = np.full(len(boards), -1, "int8")
    for piece in range(6):
        found[(boards[:, side + piece] & bits) != 0] = piece
    return found


def after(boards: np.ndarray, moves: Moves) -> np.ndarray:
    """The boards after legal moves, still in the view of the player who moved.

    Args:
        boards: shape `(boards, COLUMNS)`.
        moves: moves on them.

    Returns:
        Shape `(moves, COLUMNS)`.
    """
    new = boards[moves.row]
    origin, target = square_bits(moves.origin), square_bits(moves.target)
    pawns, king = (new[:, PAWN] & origin) != 0, (new[:, KING] & origin) != 0
    passed = pawns & (new[:, EN_PASSANT] == target)
    taken = np.where(passed, target >> np.uint64(8), target)
    new[:, OPPONENT:CASTLING] &= ~taken[:, None]
    for piece in range(6):
        moved = (new[:, piece] & origin) != 0
        new[:, piece] ^= np.where(moved, origin | target, np.uint64(0))
    promoted = np.nonzero(moves.promotion)[0]
    new[promoted, PAWN] ^= target[promoted]
    new[promoted, moves.promotion[promoted]] |= target[promoted]
    far = moves.target.astype("int8") - moves.origin.astype("int8")
    for step, rook in ((2, 0xA0), (-2, 0x09)):  # the rook's squares before and after castling
        new[:, ROOK] ^= np.where(king & (far == step), np.uint64(rook), np.uint64(0))
    home = np.where(king, RANKS[0], np.uint64(0))
    new[:, CASTLING] &= ~(origin | target | home)
    new[:, EN_PASSANT] = np.where(pawns & (far == 16), origin << np.uint64(8), np.uint64(0))
    return new
