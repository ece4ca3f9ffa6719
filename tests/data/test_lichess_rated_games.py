import dataclasses
import hashlib
import lzma

import pytest

from gru_zoo import data
from gru_zoo.data import lichess_rated_games
from gru_zoo.data.examples import ChessGame

LINES = (
    "id\tresult\twhite_elo\tblack_elo\ttime_control\tmonth\teco\ttermination\tmoves_uci\n"
    "a\t0-1\t1905\t2007\t180+2\t2020-09\tC50\tT\te2e4 e7e5 g1f3\n"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    packed = lzma.compress(LINES.encode())
    (tmp_path / "lichess_rated_games").mkdir()
    (tmp_path / "lichess_rated_games" / "val.tsv.xz").write_bytes(packed)
    files = {"val.tsv.xz": hashlib.sha256(packed).hexdigest()}
    source = dataclasses.replace(lichess_rated_games.SOURCE, files=files)
    monkeypatch.setattr(lichess_rated_games, "SOURCE", source)
    monkeypatch.setattr(lichess_rated_games, "COUNTS", {"validation": 1})
    return tmp_path


def test_games(folder):
    (game,) = data.load("lichess_rated_games", "validation", folder)
    moves = ("e2e4", "e7e5", "g1f3")
    assert game == ChessGame(moves, "0-1", 1905, 2007, 180, 2, "2020-09")


def test_wrong_counts_splits_and_places(folder, monkeypatch):
    with pytest.raises(ValueError, match="has the splits 'validation'. Received: split='test'"):
        lichess_rated_games.load("test", folder)
    monkeypatch.delenv("GRU_ZOO_DATA", raising=False)
    with pytest.raises(FileNotFoundError, match="cannot be downloaded"):
        lichess_rated_games.load("validation")
    monkeypatch.setattr(lichess_rated_games, "COUNTS", {"validation": 2})
    with pytest.raises(ValueError, match="expected 2 examples, received 1"):
        lichess_rated_games.load("validation", folder)
