import chess
import numpy as np
import pytest

from gru_zoo.tasks.chess.boards import START, after, flip
from gru_zoo.tasks.chess.encoding import score_inputs, turn_of
from gru_zoo.tasks.chess.legal_moves import is_checked, legal_moves
from gru_zoo.tasks.chess.move_encoding import COUNT, ORIGINS, PROMOTIONS, TARGETS, number
from tests.tasks.chess.toy import random_boards

# Positions made to find faults of move generators, and how many lines of moves they have:
# https://www.chessprogramming.org/Perft_Results
PERFT = [
    (chess.STARTING_FEN, (20, 400, 8_902)),
    ("r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1", (48, 2_039, 97_862)),
    ("8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1", (14, 191, 2_812, 43_238)),
    ("r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1", (6, 264, 9_467)),
    ("rnbq1k1r/pp1Pbppp/2p5/8/2B5/8/PPP1NnPP/RNBQK2R w KQ - 1 8", (44, 1_486, 62_379)),
]


@pytest.mark.parametrize(("fen", "counts"), PERFT, ids=["start", "kiwipete", "3", "4", "5"])
def test_lines_of_moves_are_as_many_as_published(fen, counts):
    boards = turn_of(chess.Board(fen)).board[None]
    for count in counts:
        moves = legal_moves(boards)
        assert len(moves.row) == count
        boards = flip(after(boards, moves))


def test_boards_and_moves_are_those_of_python_chess():
    for seed in range(4):
        for board in random_boards(seed, 120)[::4]:
            _, moves = score_inputs(turn_of(board), (1500.0, 1500.0, 0.0, 0.0))
            assert sorted(m.uci() for m in moves) == sorted(m.uci() for m in board.legal_moves)
            row = turn_of(board).board[None]
            assert is_checked(row)[0] == board.is_check()


def test_the_start_is_that_of_python_chess():
    np.testing.assert_array_equal(turn_of(chess.Board()).board, START)


def test_every_move_has_a_number_of_its_own():
    fen = "r1n1k3/1P6/8/8/8/8/8/4K3 w - - 0 1"  # the pawn moves or takes to both sides, to 4 pieces
    moves = legal_moves(turn_of(chess.Board(fen)).board[None])
    numbers = number(moves)
    assert len(set(numbers)) == len(numbers) == 12 + 5 and numbers.max() < COUNT
    np.testing.assert_array_equal(ORIGINS[numbers], moves.origin)
    np.testing.assert_array_equal(TARGETS[numbers], moves.target)
    np.testing.assert_array_equal(PROMOTIONS[numbers], moves.promotion % 4)
