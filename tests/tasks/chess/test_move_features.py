import chess
import numpy as np
import pytest

from gru_zoo.tasks.chess.boards import OPPONENT
from gru_zoo.tasks.chess.encoding import score_inputs, turn_of
from gru_zoo.tasks.chess.legal_moves import attacked, legal_moves
from gru_zoo.tasks.chess.move_features import _empty, move_features, planes
from tests.tasks.chess.toy import random_boards

# Columns of the features.
CAPTURED, PROMOTION, CASTLES, GAIN = 6, 11, 15, 34
HANGING_QUEEN, CHECK, MATE, RECAPTURES = 48, 53, 54, 63


def features(board: chess.Board) -> dict[str, np.ndarray]:
    """Features of each legal move by its notation."""
    inputs, moves = score_inputs(turn_of(board), (1500.0, 1500.0, 0.0, 0.0))
    return {move.uci(): row for move, row in zip(moves, inputs[-1][0], strict=False)}


def test_checks_captures_and_mates_are_those_of_python_chess():
    for seed in range(2):
        for board in random_boards(seed, 100)[::5]:
            for uci, row in features(board).items():
                move = chess.Move.from_uci(uci)
                assert row[CHECK] == board.gives_check(move), (board.fen(), uci)
                victim = board.piece_type_at(move.to_square)
                victim = chess.PAWN if board.is_en_passant(move) else victim
                expected = [victim == piece for piece in range(1, 6)]
                assert row[CAPTURED:PROMOTION].tolist() == expected
                board.push(move)
                assert row[MATE] == board.is_checkmate(), (board.fen(), uci)
                board.pop()


def test_attacked_squares_are_those_of_python_chess():
    for board in random_boards(5, 80)[::5]:
        row = turn_of(board).board[None]
        mirror = 0 if board.turn else 56
        for side, color in ((0, board.turn), (OPPONENT, not board.turn)):
            bits = int(attacked(row, side, _empty(row))[0])
            for square in chess.SQUARES:
                assert bool(bits >> (square ^ mirror) & 1) == board.is_attacked_by(color, square)


def test_gains_castling_and_promotion():
    board = chess.Board("r3k2r/1P6/8/3q4/4P3/8/8/R3K2R w KQkq - 0 1")
    found = features(board)
    gains = {uci: int(np.argmax(row[GAIN : GAIN + 9])) for uci, row in found.items()}
    assert gains["e4d5"] == 8  # takes a queen
    assert gains["h1h8"] == 7  # takes a rook, and nothing takes back
    assert found["e1g1"][CASTLES] and not found["e1f1"][CASTLES]
    assert found["b7a8q"][PROMOTION + 3] and found["b7b8n"][PROMOTION]


def test_a_move_that_leaves_the_queen_hanging_says_so():
    board = chess.Board("4k3/8/2n5/4Q3/8/8/8/4K2R w K - 0 1")
    found = features(board)
    assert found["h1h2"][HANGING_QUEEN - 1] or found["h1h2"][HANGING_QUEEN]
    assert not found["e5e4"][HANGING_QUEEN - 1] and not found["e5e4"][HANGING_QUEEN]


def test_a_recapture_is_seen():
    board = chess.Board()
    for move in ("e4", "d5", "exd5"):
        board.push_san(move)
    rows = features(board)
    assert rows["d8d5"][RECAPTURES] and not rows["g8f6"][RECAPTURES]


def test_features_do_not_depend_on_the_color():
    board = chess.Board("r1bqkb1r/pppp1ppp/2n2n2/4p3/2B1P3/5N2/PPPP1PPP/RNBQK2R w KQkq - 4 4")
    mirrored = board.mirror()
    one, other = turn_of(board).board[None], turn_of(mirrored).board[None]
    np.testing.assert_array_equal(planes(one), planes(other))
    none, no_move = np.full(1, -1, "int8"), np.full((1, 2), -1, "int8")
    for a, b in zip(
        move_features(one, legal_moves(one), none, no_move),
        move_features(other, legal_moves(other), none, no_move),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("fen", ["8/8/8/8/8/5k2/6q1/7K w - - 0 1", "7k/5Q2/8/8/8/8/8/K7 b - - 0 1"])
def test_positions_without_moves_have_none(fen):
    assert len(legal_moves(turn_of(chess.Board(fen)).board[None]).row) == 0
