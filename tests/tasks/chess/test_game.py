import chess
import numpy as np
import pytest

from tests.tasks.chess.toy import random_boards, toy_task


@pytest.fixture(scope="module")
def task():
    return toy_task()


def scores(prediction):
    return {move.uci: move.score for move in prediction}


def test_a_game_move_by_move_is_the_whole_game(task):
    board = random_boards(2, 13)[-1]
    game = task.game(elo=1300, opponent_elo=2100)
    for number, move in enumerate(board.move_stack):
        if number % 3:  # some turns are predicted, others are read later
            game.predict()
        game.push(move)
    ratings = (1300, 2100) if board.turn else (2100, 1300)
    whole = task.predict(board, *ratings)
    assert scores(game.predict()) == pytest.approx(scores(whole), abs=2e-4)
    assert game.predict().outcome.draw == pytest.approx(whole.outcome.draw, abs=2e-4)


def test_a_position_read_from_batches_is_that_of_a_game(task):
    """Training and evaluation describe whole games at once, and play a turn at a time."""
    from gru_zoo.tasks.chess.scoring import judge
    from tests.tasks.chess.toy import random_game

    record = random_game(3, 11)
    judged = judge(task.model, [record])
    game = task.game(elo=1400, opponent_elo=1800)
    for ply, move in enumerate(record.moves):
        (row,) = np.nonzero(judged.ply == ply)[0]
        assert scores(game.predict())[move] == pytest.approx(np.exp(-judged.nats[row]), abs=2e-4)
        game.push(move)


def test_the_probabilities_are_those_of_all_legal_moves(task):
    for board in random_boards(4, 40)[::8]:
        prediction = task.predict(board)
        assert sorted(scores(prediction)) == sorted(move.uci() for move in board.legal_moves)
        assert sum(scores(prediction).values()) == pytest.approx(1, abs=0.01)
        assert all(board.san(chess.Move.from_uci(move.uci)) == move.san for move in prediction)
        outcome = prediction.outcome
        assert outcome.white + outcome.draw + outcome.black == pytest.approx(1, abs=1e-3)


def test_the_colors_are_played_alike(task):
    """The mirrored position, with the colors exchanged, has the mirrored moves."""
    board = chess.Board("r1bqkb1r/pppp1ppp/2n2n2/4p3/2B1P3/5N2/PPPP1PPP/RNBQK2R w KQkq - 4 4")
    one, other = task.predict(board), task.predict(board.mirror())
    mirrored = {
        chess.Move(m.from_square ^ 56, m.to_square ^ 56, m.promotion).uci(): score
        for m, score in ((chess.Move.from_uci(uci), s) for uci, s in scores(other).items())
    }
    assert scores(one) == pytest.approx(mirrored, abs=1e-4)
    assert one.outcome.white == pytest.approx(other.outcome.black, abs=1e-4)


def test_undo_goes_back(task):
    game = task.game("e4 e5")
    before = game.predict()
    game.push("Nf3")
    game.predict()
    game.push("Nc6")
    game.undo()
    game.undo()
    assert game.predict() == before
    with pytest.raises(ValueError, match="a move to take back"):
        task.game().undo()


def test_ratings_change_the_prediction(task):
    assert task.predict("e4", elo=900) != task.predict("e4", elo=2900)
    assert task.predict("e4", elo=900) == task.predict("e4", elo=900, opponent_elo=900)
    assert task.predict("e4", seconds=60) != task.predict("e4", seconds=1_800, increment=30)


def test_play_draws_by_seed_and_pushes(task):
    game = task.game()
    played = [game.play(seed=seed).uci for seed in range(4)]
    assert [move.uci() for move in game.board.move_stack] == played
    assert task.play("e4", seed=7) == task.play("e4", seed=7)
    assert task.play("e4", temperature=0) == task.predict("e4")[0]


@pytest.mark.parametrize(
    ("position", "outcome"),
    [("f3 e5 g4 Qh4#", "black"), ("7k/5Q2/6K1/8/8/8/8/8 b - - 0 1", "draw")],
)
def test_a_game_that_is_over_has_no_moves(task, position, outcome):
    prediction = task.predict(position)
    assert not prediction.moves and str(prediction) == "the game is over"
    assert getattr(prediction.outcome, outcome) == 1.0
    with pytest.raises(ValueError, match="a game that goes on"):
        task.play(position)


def test_a_game_of_500_moves_is_read(task):
    moves = " ".join(["g1f3 g8f6 f3g1 f6g8"] * 250)
    assert task.predict(moves).outcome.draw == 1.0  # fivefold repetition
    assert len(task.predict(task.game(moves).board.fen() + " moves e2e4")) == 20
    long = chess.Board()
    while len(long.move_stack) < 1_000:  # captures nothing, and moves a pawn now and then
        quiet = [m for m in long.legal_moves if not long.is_capture(m)]
        long.push(
            quiet[len(long.move_stack) * 7 % len(quiet)] if quiet else next(iter(long.legal_moves))
        )
        if long.is_checkmate() or long.is_stalemate():
            long.pop()
            break
    assert task.predict(long).fen == long.fen()


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"elo": 50}, ValueError, "white_elo from 100 to 4,000"),
        ({"elo": 1500.5}, TypeError, "whole number"),
        ({"elo": True}, TypeError, "whole number"),
        ({"seconds": 0}, ValueError, "seconds from 1"),
        ({"increment": -1}, ValueError, "increment from 0"),
    ],
)
def test_numbers_out_of_range_are_errors(task, options, kind, message):
    with pytest.raises(kind, match=message):
        task.predict("", **options)


def test_illegal_moves_are_errors(task):
    game = task.game()
    for move in ("e5", "e2e5", "", "Nf6"):
        with pytest.raises(ValueError, match="Expected a legal move"):
            game.push(move)
    with pytest.raises(TypeError, match="Expected a move"):
        game.push(12)
    with pytest.raises(ValueError, match="a list holds several positions"):
        task.predict(["e2e4", "e7e5"])
