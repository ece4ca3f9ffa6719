"""The recipe of the music presets."""

import pytest

import gru_zoo
from gru_zoo.tasks.music.score import Score
from tests.scripts import on_torch, run


@on_torch
def test_music(tmp_path):
    output = run(
        *("recipes/music/train.py", "own", "--smoke", "--midi-dir", "tests/fixtures/midi"),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "5 pieces" in output and "nats a step" in output
    task = gru_zoo.load(tmp_path / "home" / "own")
    assert task.compose(bars=1, seed=1).bars == 1
    assert task.card.training["epochs"] == 2
    assert [row.examples for row in task.card.data] == [5]


@on_torch
def test_music_of_files_that_differ(tmp_path):
    music = tmp_path / "music"
    music.mkdir()
    own = ("recipes/music/train.py", "own", "--smoke", "--epochs", "1", "--midi-dir", str(music))
    for densest in range(3):  # one of them is held out
        for number in range(3):
            chord = (60, 62, 64, 65, 67) if number == densest else (60,)
            Score((chord,) * 20).save(music / f"{number}.mid")
        folders = (tmp_path / f"work{densest}", tmp_path / "home")
        home = str(folders[1])
        output = run(*own, "--work", str(folders[0]), "--save-to", str(folders[1]))
        assert "2 pieces, 80 steps; 1 to validate" in output
        assert gru_zoo.load(folders[1] / "own").processor.slots == 6
    Score(((),)).save(music / "silent.mid")
    with pytest.warns(UserWarning, match="1 of 4 pieces are left out.\n.*silent.mid', which has"):
        assert "2 pieces, 80 steps" in run(*own, "--work", str(tmp_path / "w"), "--save-to", home)
    for number in range(3):
        (music / f"{number}.mid").unlink()
    with pytest.raises(SystemExit, match="pieces that can be read. Received: none.\n.*silent.mid"):
        run(*own, "--work", str(tmp_path / "work"), "--save-to", home)
