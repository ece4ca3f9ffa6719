import wave

import pytest

import gru_zoo
from gru_zoo.__main__ import main
from gru_zoo.tasks.music.model import Config
from gru_zoo.tasks.music.processor import MusicProcessor
from gru_zoo.tasks.music.score import Score
from gru_zoo.tasks.music.task import Music
from tests.tiny_card import tiny_card


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A preset of music with few, random weights."""
    config = Config(embedding_dim=8, units=8, hidden=8)
    task = Music(Music.build(config), MusicProcessor(5, 1), tiny_card("music", config))
    return str(task.save(tmp_path_factory.mktemp("music") / "tiny"))


def test_compose(folder, tmp_path, capsys):
    out = str(tmp_path / "piece.mid")
    options = ["--bars", "2", "--seed", "3", "--tempo", "100", "--key", "e minor"]
    assert main(["compose", folder, "--out", out, *options, "--temperature", "0.9"]) == 0
    score = Score.load(out, 1)
    assert score.tempo == 100 and capsys.readouterr().out.startswith(f"{out}: 2 bars, ")
    expected = gru_zoo.load(folder).compose(2, 0.9, 3, "e minor", 100)
    assert score.notes == Score.load(expected.save(tmp_path / "expected.mid"), 1).notes


def test_continue(folder, tmp_path, capsys):
    piece, out = tmp_path / "in.mid", tmp_path / "out.wav"
    Score(((60, 64),) * 4, tempo=300).save(piece)
    assert main(["continue", folder, str(piece), str(out), "--bars", "1", "--seed", "1"]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: 2 bars, ")
    with wave.open(str(out)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(8 / 5 + 0.48, abs=0.01)


def test_what_does_not_fit_is_told_before_the_model_is_loaded(
    folder, preset, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(gru_zoo, "load", None)
    inside = str(tmp_path / "x.mid")
    for arguments, message in (
        (["compose", folder, "--out", "x.mp3"], "ends in .mid, .midi or .wav. Received: 'x.mp3'"),
        (["compose", folder, "--out", "no/x.mid"], "There is no folder 'no'"),
        (["compose", "tiny", "--out", inside], "preset of music. Received: 'tiny', of sentiment"),
        (["continue", folder, "none.mid", inside], "There is none: 'none.mid'"),
    ):
        assert main(arguments) == 2
        assert message in capsys.readouterr().err
