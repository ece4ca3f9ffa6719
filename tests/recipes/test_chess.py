"""The recipe of the chess preset."""

import pathlib

import pytest

import gru_zoo
from gru_zoo import data
from gru_zoo.data.examples import ChessGame
from recipes.chess.breakdown import centers, group_of, recurring_side
from recipes.chess.prepare import SMOKE_GAMES
from tests.scripts import finetune, on_torch, run

pytestmark = on_torch


@pytest.fixture(scope="module")
def preset(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("chess")
    arguments = ["--smoke", "--work", str(folder / "work"), "--save-to", str(folder / "home")]
    output = run("recipes/chess/train.py", "chess_moves", *arguments)
    assert "2 games, 18 moves" in output and "validation: top_1" in output
    return folder / "home" / "chess_moves"


@pytest.fixture
def few_games(monkeypatch):
    monkeypatch.setattr(data, "load", lambda name, split, root: SMOKE_GAMES)


def test_a_preset_in_a_smoke_run(preset):
    task = gru_zoo.load(preset)
    assert task.card.training["epochs"] == 2 and task.card.data[0].examples == 2


def test_baselines_know_games_that_they_have_seen(few_games):
    lines = run("recipes/chess/baselines.py", "--split", "test").splitlines()
    assert lines[0].startswith("| test, n = 18 ") and "book, 4-gram" in lines[3]
    top_1, top_5 = (float(cell) for cell in lines[3].split("|")[2:4])
    assert top_1 >= 16 / 18 - 1e-3 and top_5 == 1  # both games have another first move
    assert float(lines[2].split("|")[2]) < 0.5


def test_a_breakdown(few_games, preset):
    lines = run("recipes/chess/breakdown.py", str(preset), "--rating", "1500").splitlines()
    assert lines[2].startswith("| all | 18 |") and any("1,200 to 1,599" in line for line in lines)


def test_the_recurring_player_is_the_one_near_whom_most_games_are():
    games = [ChessGame((), None, 1800 + row % 9, 1300 + 20 * row, month="a") for row in range(40)]
    games += [ChessGame((), None, 1000 + 15 * row, 1790, month="a") for row in range(40)]
    center = centers(games)[group_of(games[0])]
    assert abs(center - 1800) <= 75
    assert [recurring_side(games[row], center) for row in (0, 41)] == [0, 1]
    near = ChessGame((), None, 1800, 1805, month="a")
    assert recurring_side(near, center) == recurring_side(near, None) == -1


def test_finetune_on_a_pgn(preset, tmp_path):
    path = tmp_path / "mine.pgn"
    games = [f'[White "me"]\n[Black "you"]\n\n1. e4 e5 2. {move} *\n' for move in ("Nf3", "Bc4")]
    path.write_text("\n\n".join(games * 2))
    options = ("--data", str(path), "--player", "me", "--epochs", "1", "--validation", "0.5")
    output = finetune(str(preset), *options, "--save-to", str(tmp_path / "mine"))
    assert "held-out nats" in output
    assert gru_zoo.load(tmp_path / "mine").card.data[-1].examples == 4
