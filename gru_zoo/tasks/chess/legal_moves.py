"""Legal moves of many boards at once."""

from collections.abc import Iterator

import numpy as np

from gru_zoo.tasks.chess.bitboards import (
    RANKS,
    Bits,
    as_booleans,
    bishop_attacks,
    king_attacks,
    knight_attacks,
    pawn_attacks,
    queen_attacks,
    rook_attacks,
    square_bits,
)
from gru_zoo.tasks.chess.boards import (
    BISHOP,
    CASTLING,
    EN_PASSANT,
    KING,
    KNIGHT,
    OPPONENT,
    PAWN,
    QUEEN,
    ROOK,
    Moves,
    after,
    occupied,
)

_EIGHT = np.uint64(8)
# Castling to each side: the rook, the squares that must be empty, those that must not be attacked.
_CASTLING = ((6, 0x80, 0x60, 0x70), (2, 0x01, 0x0E, 0x1C))


def attacked(boards: np.ndarray, side: int, empty: Bits) -> Bits:
    """Squares that the pieces of a side attack, occupied ones included."""
    pieces = boards[:, side : side + 6].T
    return (
        pawn_attacks(pieces[PAWN], up=side == 0)
        | knight_attacks(pieces[KNIGHT])
        | bishop_attacks(pieces[BISHOP] | pieces[QUEEN], empty)
        | rook_attacks(pieces[ROOK] | pieces[QUEEN], empty)
        | king_attacks(pieces[KING])
    )


def legal_moves(boards: np.ndarray) -> Moves:
    """All legal moves of the players to move, in the order of the boards.

    Args:
        boards: shape `(boards, COLUMNS)`, see `gru_zoo.tasks.chess.boards`.
    """
    moves = _sorted(list(_pseudo_legal(boards)))
    new = after(boards, moves)
    safe = ~is_checked(new)
    return moves.take(safe)


def is_checked(boards: np.ndarray, side: int = 0) -> np.ndarray:
    """Whether the king of a side is attacked: bool, shape `(boards,)`."""
    king, them = boards[:, side + KING], boards[:, OPPONENT - side :].T
    empty = ~(occupied(boards, 0) | occupied(boards, OPPONENT))
    found = pawn_attacks(king, up=side == 0) & them[PAWN]
    found |= knight_attacks(king) & them[KNIGHT]
    found |= king_attacks(king) & them[KING]
    found |= bishop_attacks(king, empty) & (them[BISHOP] | them[QUEEN])
    found |= rook_attacks(king, empty) & (them[ROOK] | them[QUEEN])
    return found != 0


def _sorted(parts: list[Moves]) -> Moves:
    """All moves, ordered by board, origin, target and promotion."""
    together = Moves(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
    key = together.row.astype("int64") << 15
    key |= together.origin.astype("int64") << 9
    key |= together.target.astype("int64") << 3 | together.promotion
    return together.take(np.argsort(key, kind="stable"))


def _pseudo_legal(boards: np.ndarray) -> Iterator[Moves]:
    """Moves by the steps of the pieces, which may leave the king attacked."""
    own, other = occupied(boards, 0), occupied(boards, OPPONENT)
    empty = ~(own | other)
    for piece in (KNIGHT, BISHOP, ROOK, QUEEN, KING):
        rows, squares = np.nonzero(as_booleans(boards[:, piece]))
        one = square_bits(squares)
        if piece == KNIGHT:
            reached = knight_attacks(one)
        elif piece == KING:
            reached = king_attacks(one)
        else:
            slide = {BISHOP: bishop_attacks, ROOK: rook_attacks, QUEEN: queen_attacks}[piece]
            reached = slide(one, empty[rows])
        yield _expanded(rows, squares, reached & ~own[rows])
    yield from _pawn_moves(boards, empty, other)
    yield _castling(boards, empty)


def _expanded(rows: np.ndarray, squares: np.ndarray, reached: Bits) -> Moves:
    """A move for each square that each piece reaches."""
    index, targets = np.nonzero(as_booleans(reached))
    origins = squares[index].astype("uint8")
    return Moves(
        rows[index].astype("int32"), origins, targets.astype("uint8"), np.zeros_like(origins)
    )


def _pawn_moves(boards: np.ndarray, empty: Bits, other: Bits) -> Iterator[Moves]:
    rows, squares = np.nonzero(as_booleans(boards[:, PAWN]))
    one = square_bits(squares)
    steps = one << _EIGHT & empty[rows]
    twice = (steps & RANKS[2]) << _EIGHT & empty[rows]
    takes = pawn_attacks(one, up=True) & (other | boards[:, EN_PASSANT])[rows]
    moves = _expanded(rows, squares, steps | twice | takes)
    last = moves.target >= 56
    yield moves.take(~last)
    ending = moves.take(last)
    for piece in (KNIGHT, BISHOP, ROOK, QUEEN):
        yield ending._replace(promotion=np.full_like(ending.promotion, piece))


def _castling(boards: np.ndarray, empty: Bits) -> Moves:
    threatened = attacked(boards, OPPONENT, empty)
    rows, targets = [], []
    for target, rook, between, path in _CASTLING:
        free = (boards[:, CASTLING] & boards[:, ROOK] & np.uint64(rook)) != 0
        free &= (boards[:, KING] & np.uint64(0x10)) != 0
        free &= (~empty & np.uint64(between)) == 0
        free &= (threatened & np.uint64(path)) == 0
        rows.append(np.nonzero(free)[0].astype("int32"))
        targets.append(np.full(len(rows[-1]), target, "uint8"))
    row, to = np.concatenate(rows), np.concatenate(targets)
    return Moves(row, np.full_like(to, 4), to, np.zeros_like(to))
