"""Turns of python-chess boards as inputs of the model."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gru_zoo.tasks.chess.arrays import Slices, model_inputs
from gru_zoo.tasks.chess.boards import PAWN, QUEEN, Moves, flip
from gru_zoo.tasks.chess.move_encoding import NO_MOVE, ORIGINS, PROMOTIONS, TARGETS, number
from gru_zoo.tasks.chess.move_features import FEATURES, planes
from gru_zoo.tasks.chess.rows import Rows, Turns, describe
from gru_zoo.tasks.chess.rules import chess

Arrays = tuple[np.ndarray, ...]


class Turn(NamedTuple):
    """A turn of a player.

    Args:
        board: in the view of the player, see `gru_zoo.tasks.chess.boards`.
        own: the player's own last move; None for none.
        other: the opponent's last move; None for none.
        number: number of the turn in the game, from 0.
        white: whether White is to move.
    """

    board: np.ndarray
    own: chess.Move | None
    other: chess.Move | None
    number: int
    white: bool


def turn_of(board: chess.Board) -> Turn:
    """The present turn of a board."""
    pieces = [
        board.pieces_mask(piece, color)
        for color in (chess.WHITE, chess.BLACK)
        for piece in chess.PIECE_TYPES
    ]
    passed = 0 if board.ep_square is None else chess.BB_SQUARES[board.ep_square]
    row = np.array([*pieces, board.clean_castling_rights(), passed], "uint64")
    stack = board.move_stack
    return Turn(
        row if board.turn else flip(row),
        stack[-2] if len(stack) > 1 else None,
        stack[-1] if stack else None,
        board.fullmove_number - 1,
        board.turn,
    )


def _moves(moves: Sequence[chess.Move | None], white: Sequence[bool]) -> Moves:
    """Moves in the view of the players who made them; `row` is -1 for none."""
    table = np.zeros((4, len(moves)), "int32")
    for column, move, is_white in zip(table.T, moves, white, strict=True):
        mirror = 0 if is_white else 56
        if move is None:
            column[0] = -1
        else:
            promotion = (move.promotion or 1) - 1
            column[1:] = move.from_square ^ mirror, move.to_square ^ mirror, promotion
    return Moves(table[0], *table[1:].astype("uint8"))


def _last_moves(turns: Sequence[Turn]) -> tuple[Moves, Moves]:
    """Own and other last moves of turns."""
    return (
        _moves([turn.own for turn in turns], [turn.white for turn in turns]),
        _moves([turn.other for turn in turns], [not turn.white for turn in turns]),
    )


def read_inputs(turns: Sequence[Turn], conditions: tuple[float, ...]) -> Arrays:
    """Planes, last moves and conditions of turns, see `gru_zoo.tasks.chess.model.build`."""
    boards = np.stack([turn.board for turn in turns])
    numbers = [np.where(m.row < 0, NO_MOVE, number(m)) for m in _last_moves(turns)]
    none = np.zeros(0, "uint8")
    described = Turns(
        planes(boards),
        np.stack(numbers, axis=1),
        counts=np.zeros(len(turns), "uint8"),
        numbers=none,
        pieces=none,
        bits=none.reshape(0, FEATURES // 8),
        chosen=np.zeros(len(turns), "uint8"),
    )
    return _inputs(described, turns, conditions)[:3]


def score_inputs(turn: Turn, conditions: tuple[float, ...]) -> tuple[Arrays, list[chess.Move]]:
    """Inputs of the model but the state, for the legal moves of a turn, and these moves."""
    described = describe(turn.board[None], *_last_moves([turn]), None)
    mirror = 0 if turn.white else 56
    moves = []
    for code, piece in zip(described.numbers, described.pieces, strict=True):
        promotion = int(PROMOTIONS[code])
        if piece == PAWN and TARGETS[code] >= 56 and not promotion:
            promotion = QUEEN
        kind = promotion + 1 if promotion else None
        moves.append(chess.Move(int(ORIGINS[code]) ^ mirror, int(TARGETS[code]) ^ mirror, kind))
    return _inputs(described, [turn], conditions), moves


def _inputs(described: Turns, turns: Sequence[Turn], conditions: tuple[float, ...]) -> Arrays:
    rows = Rows(
        described,
        lengths=np.array([len(turns)]),
        conditions=np.array([conditions], "float32"),
        results=np.array([-1], "int8"),
        starts=np.array([turns[0].number]),
        learned=np.array([False]),
    )
    slices = Slices(rows)
    return model_inputs(slices, [slices.part(0)])
