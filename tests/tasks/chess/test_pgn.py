import pytest

from gru_zoo.tasks.chess.pgn import games_of, read_pgn

GAME = """[Event "Rated"]
[White "Müller"]
[Black "me"]
[WhiteElo "1712"]
[BlackElo "?"]
[TimeControl "180+2"]
[Result "0-1"]

1. f3 e5 2. g4 Qh4# 0-1
"""


def test_a_game_has_names_ratings_and_time(tmp_path):
    path = tmp_path / "mine.pgn"
    path.write_text(GAME, encoding="utf-8")
    (game,) = read_pgn(path)
    assert game.moves == ("f2f3", "e7e5", "g2g4", "d8h4") and game.result == "0-1"
    assert (game.white, game.black, game.white_elo, game.black_elo) == ("Müller", "me", 1712, 1500)
    assert (game.seconds, game.increment) == (180, 2)
    path.write_text(GAME, encoding="latin-1")
    assert read_pgn(path)[0].white == "Müller"


def test_games_that_cannot_be_used_are_passed_over_and_counted(tmp_path):
    others = [
        '[Variant "Crazyhouse"]\n\n1. e4 e5 *',
        '[FEN "4k3/8/8/8/8/8/8/4K2R w K - 0 1"]\n[SetUp "1"]\n\n1. O-O Ke7 *',
        '[Event "broken"]\n\n1. e4 e5 2. Ke5 *',
        '[Event "empty"]\n\n*',
    ]
    games, reasons = games_of("\n\n".join([GAME, *others, GAME]))
    assert len(games) == 2 and sum(reasons.values()) == 4
    path = tmp_path / "some.pgn"
    path.write_text("\n\n".join([GAME, *others]), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"Passed over 4 of 5 games .*Crazyhouse"):
        read_pgn(path)


def test_games_behind_one_with_a_stray_bracket_are_read():
    stray = '[Event "stray"]\n\n1. e4 e5 2. Ke5) Nf3\n3. d4 d5 1-0'
    games, reasons = games_of("\n\n".join([GAME, stray, GAME]))
    assert len(games) == 2 and reasons == {"a bracket without its other half": 1}


@pytest.mark.parametrize("text", ["", "no game", '[Event "x"]\n\n*'])
def test_a_file_without_games_is_an_error(tmp_path, text):
    path = tmp_path / "none.pgn"
    path.write_text(text)
    with pytest.raises(ValueError, match="Expected games of standard chess"):
        read_pgn(path)
    with pytest.raises(FileNotFoundError):
        read_pgn(tmp_path / "missing.pgn")
