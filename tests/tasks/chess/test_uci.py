import io
import os
import sys

import chess
import chess.engine
import pytest

from gru_zoo.tasks.chess.uci import Engine
from tests.backends import only_on
from tests.paths import ROOT
from tests.tasks.chess.toy import toy_task


@pytest.fixture(scope="module")
def task():
    return toy_task()


def answers(task, *lines: str) -> list[str]:
    out = io.StringIO()
    Engine(lambda: task, out).run(lines)
    return out.getvalue().splitlines()


def test_the_handshake_needs_no_task():
    def load():
        raise AssertionError("loaded too early")

    out = io.StringIO()
    Engine(load, out).run(["uci", "ucinewgame", "position startpos moves e2e4", "quit", "isready"])
    assert out.getvalue().endswith("uciok\n") and "option name UCI_Elo" in out.getvalue()


def test_moves_are_legal_and_follow_the_seed(task):
    lines = ["setoption name Seed value 3", "position startpos moves e2e4 e7e5", "go wtime 1000"]
    one, other = answers(task, *lines), answers(task, *lines)
    assert one == other and one[-1].startswith("bestmove ")
    board = chess.Board()
    board.push_uci("e2e4")
    board.push_uci("e7e5")
    assert chess.Move.from_uci(one[-1].split()[1]) in board.legal_moves


def test_infinite_waits_for_stop(task):
    lines = ["position startpos", "setoption name multipv value 3", "go infinite", "isready"]
    assert answers(task, *lines)[-1] == "readyok"
    assert answers(task, *lines, "stop")[-1].startswith("bestmove ")
    assert sum(line.startswith("info depth 1 multipv") for line in answers(task, *lines)) == 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("position startpos moves e2e5", "Expected a legal move"),
        ("position fen 8/8/8/8/8/8/8/8 w - - 0 1", "no white king"),
        ("position here", "Expected 'startpos' or 'fen'"),
        ("setoption name UCI_Elo value 50", "Expected UCI_Elo from 800 to 3200"),
        ("setoption name Hash value 16", "Expected an option among"),
        ("setoption", "Expected an option among"),
        ("jump", "unknown command"),
    ],
)
def test_what_is_wrong_is_said_and_the_engine_goes_on(task, line, message):
    said = answers(task, line, "go", "position startpos", "go")
    assert any(message in one for one in said) and said[-1].startswith("bestmove ")


def test_a_game_that_is_over_has_no_move(task):
    said = answers(task, "position startpos moves f2f3 e7e5 g2g4 d8h4", "go")
    assert said[-1] == "bestmove (none)"


@only_on("torch", "a process that imports the backend takes long, and the engine has no part in it")
def test_python_chess_plays_against_the_command(task, tmp_path):
    folder = task.save(tmp_path / "toy")
    command = [sys.executable, "-m", "gru_zoo", "uci", str(folder)]
    # The process has the environment of the tests, and finds what they find.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    with chess.engine.SimpleEngine.popen_uci(command, timeout=120, env=environment) as engine:
        engine.configure({"UCI_Elo": 1800, "Seed": 1})
        board = chess.Board()
        for _ in range(6):
            board.push(engine.play(board, chess.engine.Limit(time=0.1)).move)
        assert len(engine.analyse(board, chess.engine.Limit(depth=1), multipv=3)) == 3
