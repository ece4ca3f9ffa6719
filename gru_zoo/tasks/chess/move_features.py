"""What can be seen of a move on the board: what it takes, attacks, defends and leaves hanging."""

from typing import NamedTuple

import numpy as np

from gru_zoo.tasks.chess.bitboards import (
    Bits,
    bishop_attacks,
    king_attacks,
    knight_attacks,
    pawn_attacks,
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
    flip,
    occupied,
    piece_at,
)
from gru_zoo.tasks.chess.legal_moves import legal_moves

FEATURES = 80  # bits of a move, a multiple of 8
PLANES = 20  # sets of squares that describe a board
_VALUES = np.array([1, 3, 3, 5, 9, 20, 0], "int8")  # of the pieces; the last for no piece
_GAINS = (-9, -5, -3, -1, 0, 1, 3, 5, 9)
_NO = np.uint64(0)


class Attacks(NamedTuple):
    """Squares that each kind of piece of one side attacks, the least valuable first."""

    pawn: Bits
    minor: Bits
    rook: Bits
    queen: Bits
    king: Bits

    @property
    def any(self) -> Bits:
        return self.pawn | self.minor | self.rook | self.queen | self.king

    @classmethod
    def of(cls, boards: np.ndarray, side: int, empty: Bits) -> "Attacks":
        """Those of a side of each board."""
        pieces = boards[:, side : side + 6].T
        return cls(
            pawn_attacks(pieces[PAWN], up=side == 0),
            knight_attacks(pieces[KNIGHT]) | bishop_attacks(pieces[BISHOP], empty),
            rook_attacks(pieces[ROOK], empty),
            bishop_attacks(pieces[QUEEN], empty) | rook_attacks(pieces[QUEEN], empty),
            king_attacks(pieces[KING]),
        )


def hanging(boards: np.ndarray, side: int, attacks: Attacks, defended: Bits) -> tuple[Bits, ...]:
    """Pieces of a side that can be taken with a gain: pawns, minor pieces, rooks and queens.

    Those that a less valuable piece attacks, and those that are attacked and not defended.

    Args:
        boards: shape `(boards, COLUMNS)`.
        side: 0 or `OPPONENT`.
        attacks: those of the other side.
        defended: squares that the side defends.
    """
    pieces = boards[:, side : side + 6].T
    loose = attacks.any & ~defended
    minor = loose | attacks.pawn
    rook = minor | attacks.minor
    return (
        pieces[PAWN] & loose,
        (pieces[KNIGHT] | pieces[BISHOP]) & minor,
        pieces[ROOK] & rook,
        pieces[QUEEN] & (rook | attacks.rook),
    )


def _empty(boards: np.ndarray) -> Bits:
    return ~(occupied(boards, 0) | occupied(boards, OPPONENT))


def planes(boards: np.ndarray) -> np.ndarray:
    """Sets of squares that describe boards: uint64, shape `(boards, PLANES)`.

    The pieces, castling rights and en passant; what each side attacks, with pawns and at all; and
    what each side has hanging.
    """
    empty = _empty(boards)
    own, other = Attacks.of(boards, 0, empty), Attacks.of(boards, OPPONENT, empty)
    sets = [own.pawn, own.any, other.pawn, other.any]
    for side, attacks, defended in ((0, other, own.any), (OPPONENT, own, other.any)):
        sets.append(np.bitwise_or.reduce(hanging(boards, side, attacks, defended)))
    return np.concatenate([boards, np.stack(sets, axis=1)], axis=1)


def move_features(
    boards: np.ndarray, moves: Moves, last_target: np.ndarray, own_last: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Features of legal moves.

    Args:
        boards: shape `(boards, COLUMNS)`.
        moves: legal moves on them.
        last_target: square that the opponent's last move went to, in the view of the player to
            move, for each board; -1 for none, int8.
        own_last: origin and target of the player's own last move, -1 for none; int8, shape
            `(boards, 2)`.

    Returns:
        Bits, uint8, shape `(moves, FEATURES / 8)`, see `numpy.unpackbits`; and the type of the
        piece that moves, int8, shape `(moves,)`.
    """
    before = boards[moves.row]
    origin, target = square_bits(moves.origin), square_bits(moves.target)
    piece = piece_at(before, origin, 0)
    taken = piece_at(before, target, OPPONENT)
    passed = (piece == PAWN) & (before[:, EN_PASSANT] == target)
    taken[passed] = PAWN
    new = after(boards, moves)
    names = _Columns(len(piece))
    names.one_hot(piece, 6)
    names.one_hot(taken, 5)
    names.one_hot(moves.promotion.astype("int8") - 1, 4)
    far = moves.target.astype("int8") - moves.origin.astype("int8")
    names.add((piece == KING) & (far == 2), (piece == KING) & (far == -2), passed)
    _exchange(names, boards, moves, new, (origin, target), (piece, taken))
    _relations(names, moves, last_target[moves.row], own_last[moves.row])
    _shape(names, moves)
    return names.packed.T, piece


class _Columns:
    """Columns of features, as they are added."""

    def __init__(self, rows: int):
        self.packed = np.zeros((FEATURES // 8, rows), "uint8")
        self.count = 0

    def add(self, *columns: np.ndarray) -> None:
        for column in columns:
            self.packed[self.count // 8] |= column.view("uint8") << np.uint8(self.count % 8)
            self.count += 1

    def sets(self, *sets: Bits) -> None:
        """Whether sets of squares have any square."""
        self.add(*(bits != _NO for bits in sets))

    def one_hot(self, numbers: np.ndarray, count: int) -> None:
        self.add(*(numbers == value for value in range(count)))


def _exchange(
    names: _Columns,
    boards: np.ndarray,
    moves: Moves,
    new: np.ndarray,
    squares: tuple[Bits, Bits],
    pieces: tuple[np.ndarray, np.ndarray],
) -> None:
    """Attacks before and after the moves: what may be lost and won."""
    (origin, target), (piece, taken) = squares, pieces
    row, empty = moves.row, _empty(boards)
    threats = Attacks(*(bits[row] for bits in Attacks.of(boards, OPPONENT, empty)))
    support = Attacks.of(boards, 0, empty).any[row]
    names.sets(*(bits & origin for bits in threats), support & origin)

    empty = _empty(new)
    own, other = Attacks.of(new, 0, empty), Attacks.of(new, OPPONENT, empty)
    names.sets(*(bits & target for bits in other), *(bits & target for bits in own))
    value = _VALUES[np.where(moves.promotion > 0, moves.promotion, piece)]
    lesser = np.zeros(len(value), bool)
    for kind, bits in zip((1, 3, 5, 9), other[:4], strict=True):
        lesser |= ((bits & target) != 0) & (value > kind)
    loose = (other.any & target & ~own.any) != 0
    gain = _VALUES[taken].astype("int16")
    gain += np.where(moves.promotion > 0, value - 1, 0)
    gain -= np.where(lesser | loose, np.minimum(value, 9), 0)
    names.one_hot(np.searchsorted(_GAINS, gain).astype("int8"), 9)
    names.add(lesser, loose)

    mine = hanging(new, 0, other, own.any)
    names.sets(*(bits & ~target for bits in mine))
    yours = hanging(new, OPPONENT, own, other.any)
    names.sets(*yours)
    check = own.any & new[:, OPPONENT + KING]
    names.sets(check)
    mate = np.zeros(len(piece), bool)
    checking = np.nonzero(check)[0]
    if len(checking):
        replies = legal_moves(flip(new[checking]))
        mate[checking] = np.bincount(replies.row, minlength=len(checking)) == 0
    names.add(mate)
    _moved_piece(names, new, target, empty, other)


def _moved_piece(
    names: _Columns, new: np.ndarray, target: Bits, empty: Bits, other: Attacks
) -> None:
    """What the piece attacks from its new square."""
    moved = new.copy()
    moved[:, :OPPONENT] &= target[:, None]
    reach = Attacks.of(moved, 0, empty).any
    victims = new[:, OPPONENT:CASTLING].T
    minor = victims[KNIGHT] | victims[BISHOP]
    names.sets(*(reach & kind for kind in (victims[PAWN], minor, victims[ROOK], victims[QUEEN])))
    big = reach & (minor | victims[ROOK] | victims[QUEEN] | victims[KING])
    names.sets(big & (big - np.uint64(1)), big & ~other.any)
    names.sets(king_attacks(victims[KING]) & target, king_attacks(victims[KING]) & reach)


def _relations(
    names: _Columns, moves: Moves, last_target: np.ndarray, own_last: np.ndarray
) -> None:
    """How a move relates to the last move of each player."""
    origin, target = moves.origin.astype("int8"), moves.target.astype("int8")
    names.add(target == last_target, origin == own_last[:, 1])
    names.add((origin == own_last[:, 1]) & (target == own_last[:, 0]))
    for square, other in ((target, last_target), (origin, last_target), (target, own_last[:, 1])):
        distance = np.maximum(abs(square // 8 - other // 8), abs(square % 8 - other % 8))
        names.add((distance == 1) & (other >= 0), (distance == 2) & (other >= 0))


def _shape(names: _Columns, moves: Moves) -> None:
    """Direction and length of a move."""
    origin, goal = moves.origin.astype("int8"), moves.target.astype("int8")
    rise, side = goal // 8 - origin // 8, abs(goal % 8 - origin % 8)
    length = np.maximum(abs(rise), side)
    names.add(rise > 0, rise < 0, length == 1, length == 2, length >= 4)
