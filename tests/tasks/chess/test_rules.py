import chess
import chess.variant
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_zoo.data.examples import ChessGame
from gru_zoo.tasks.chess.rules import read_position
from tests.tasks.chess.toy import random_boards

FEN = "rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq - 0 1"
PGN = '[Event "x"]\n[WhiteElo "1200"]\n\n1. e4 {good} e5 (1... c5) 2. Nf3 $1 *\n'


@pytest.mark.parametrize(
    "text",
    [
        "e2e4 e7e5 g1f3",
        "1. e4 e5 2. Nf3",
        "1.e4 e5 2.Nf3 *",
        "e4 e7e5 Nf3",
        ("e2e4", "e5", "Nf3"),
        PGN,
        f"{FEN} moves e7e5 Nf3",
        ChessGame(("e2e4", "e7e5", "g1f3")),
    ],
)
def test_a_position_can_be_given_in_many_ways(text):
    board, _ = read_position(text)
    placed = "rnbqkbnr/pppp1ppp/8/4p3/4P3/5N2/PPPP1PPP/RNBQKB1R"
    assert board.board_fen() == placed and board.move_stack[-1].uci() == "g1f3"


def test_headers_of_a_pgn_are_read():
    assert read_position(PGN)[1]["WhiteElo"] == "1200"


def test_a_board_is_copied_with_its_moves():
    board = random_boards(1, 9)[-1]
    copy, _ = read_position(board)
    assert copy is not board and copy.move_stack == board.move_stack


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ("e2e5", "Move 1: Expected a legal move"),
        ("e4 e5 Ke3", "Move 3: Expected a legal move"),
        ("hello", "Expected a legal move"),
        ("0000", "Expected a legal move"),
        (FEN.replace(" b ", " x "), "Expected a FEN"),
        ("8/8/8/8/8/8/8/8 w - - 0 1", "no white king"),
        ("k7/8/8/8/8/8/8/KR6 w - - 0 1 moves b1b8 a8b8 a1a2 b8a8 a2a9", "Move 5"),
        ("kk6/8/8/8/8/8/8/K7 w - - 0 1", "too many kings"),
        ('[Variant "Atomic"]\n\n1. e4 *', "a game of Atomic"),
        ('[Event "x"]\n\n1. e4 Ke4 *', "without errors"),
        (chess.variant.AtomicBoard(), "a board of AtomicBoard"),
        (chess.Board.from_chess960_pos(1), "a board of Chess960"),
        (" ".join(["g1f3 g8f6 f3g1 f6g8"] * 600), "at most 2000 moves"),
    ],
)
def test_what_is_no_position_is_an_error(given_, message):
    with pytest.raises(ValueError, match=message):
        read_position(given_)


@pytest.mark.parametrize("given_", [None, 3, b"e4", ["e4"], {"fen": FEN}])
def test_what_is_no_text_is_an_error(given_):
    with pytest.raises(TypeError, match="Expected a position"):
        read_position(given_)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text('abcdefgh12345678KQRBNx+#=O-. []"/', max_size=60),
        st.text(max_size=20).map(lambda text: f'[Event "{text}"]\n\n{text}'),
        st.text("pnbrqkPNBRQK12345678/ wb-", max_size=60).map(
            lambda text: f"{text}/8/8/8/8/8/8/8 w"
        ),
    )
)
def test_any_text_is_a_position_or_a_value_error(text):
    try:
        board, _ = read_position(text)
    except ValueError as error:
        assert "Received" in str(error)
    else:
        assert board.is_valid()
