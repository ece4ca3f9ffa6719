"""Sets of squares as 64-bit integers, and which squares pieces attack, for many boards at once.

Bit 0 is a1, bit 7 is h1, bit 63 is h8. All functions take and return uint64 arrays of one shape.
"""

import numpy as np

Bits = np.ndarray

ONE = np.uint64(1)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
FILE_A = np.uint64(0x0101010101010101)
FILE_H = np.uint64(0x8080808080808080)
RANKS = tuple(np.uint64(0xFF << 8 * rank) for rank in range(8))
_NOT_A, _NOT_H = ~FILE_A, ~FILE_H
_NOT_AB = ~(FILE_A | FILE_A << ONE)
_NOT_GH = ~(FILE_H | FILE_H >> ONE)

# Steps of the sliding pieces: how many bits to the left (negative: to the right), and the squares
# that a step can end on.
_ORTHOGONAL = ((8, ALL), (-8, ALL), (1, _NOT_A), (-1, _NOT_H))
_DIAGONAL = ((9, _NOT_A), (7, _NOT_H), (-7, _NOT_A), (-9, _NOT_H))
_KNIGHT = (
    (17, _NOT_A),
    (15, _NOT_H),
    (10, _NOT_AB),
    (6, _NOT_GH),
    (-6, _NOT_AB),
    (-10, _NOT_GH),
    (-15, _NOT_A),
    (-17, _NOT_H),
)


def _shift(bits: Bits, step: int) -> Bits:
    return bits << np.uint64(step) if step > 0 else bits >> np.uint64(-step)


def _slide(pieces: Bits, empty: Bits, steps: tuple) -> Bits:
    """Squares that sliding pieces reach, the first occupied one of each line included.

    Each line is filled in three steps of doubled length (Kogge and Stone's parallel prefix).
    """
    reached = np.zeros_like(pieces)
    for step, allowed in steps:
        line, free = pieces, empty & allowed
        for length in (1, 2, 4):
            line = line | (free & _shift(line, step * length))
            if length < 4:
                free = free & _shift(free, step * length)
        reached |= _shift(line, step) & allowed
    return reached


def bishop_attacks(pieces: Bits, empty: Bits) -> Bits:
    """Squares that bishops attack, occupied ones included."""
    return _slide(pieces, empty, _DIAGONAL)


def rook_attacks(pieces: Bits, empty: Bits) -> Bits:
    """Squares that rooks attack, occupied ones included."""
    return _slide(pieces, empty, _ORTHOGONAL)


def queen_attacks(pieces: Bits, empty: Bits) -> Bits:
    """Squares that queens attack, occupied ones included."""
    return _slide(pieces, empty, _DIAGONAL) | _slide(pieces, empty, _ORTHOGONAL)


def knight_attacks(pieces: Bits) -> Bits:
    """Squares that knights attack."""
    reached = np.zeros_like(pieces)
    for step, allowed in _KNIGHT:
        reached |= _shift(pieces, step) & allowed
    return reached


def king_attacks(pieces: Bits) -> Bits:
    """Squares beside kings."""
    row = pieces | (pieces << ONE & _NOT_A) | (pieces >> ONE & _NOT_H)
    return (row | _shift(row, 8) | _shift(row, -8)) & ~pieces


def pawn_attacks(pieces: Bits, up: bool) -> Bits:
    """Squares that pawns attack; `up` for those that move to higher ranks."""
    row = (pieces << ONE & _NOT_A), (pieces >> ONE & _NOT_H)
    return _shift(row[0] | row[1], 8 if up else -8)


def square_bits(squares: np.ndarray) -> Bits:
    """The sets of single squares, numbered from 0 to 63."""
    return ONE << squares.astype("uint64")


def as_booleans(bits: Bits) -> np.ndarray:
    """Whether each square is in a set: bool, shape `(*bits.shape, 64)`."""
    packed = np.ascontiguousarray(bits, "<u8")[..., None].view("uint8")
    return np.unpackbits(packed, axis=-1, bitorder="little").view(bool)
