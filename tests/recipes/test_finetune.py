"""recipes/finetune.py on presets of all kinds that it takes."""

import os
import subprocess
import sys

import pytest

import gru_zoo
from tests.backends import only_on
from tests.paths import ROOT
from tests.scripts import on_torch, run


# As a user does, in a process of its own.
@only_on("torch", "`Task.fit` is tested on every backend")
def test_finetune(preset, tmp_path):
    command = [sys.executable, "recipes/finetune.py", "tiny", "--csv", "tests/fixtures/reviews.csv"]
    command += ["--save-to", str(tmp_path / "mine"), "--epochs", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    assert "32 texts, classes: negative, positive" in done.stdout
    assert gru_zoo.load(tmp_path / "mine").card.labels == ("negative", "positive")


@on_torch
def test_few_rows_are_trained_for_enough_steps(preset, tmp_path):
    new = ("--save-to", str(tmp_path / "mine"))
    output = run("recipes/finetune.py", "tiny", "--csv", "tests/fixtures/reviews.csv", *new)
    assert "of 3 texts (epoch" in output
    assert gru_zoo.load(tmp_path / "mine").card.training["epochs"] == 60  # of a batch each


def test_errors_come_before_the_training(preset, tmp_path, capsys):
    def error(*arguments, preset="tiny"):
        with pytest.raises(SystemExit) as raised:
            run("recipes/finetune.py", preset, *arguments)
        return f"{raised.value} {capsys.readouterr().err}"

    one, new = tmp_path / "one.csv", ("--save-to", str(tmp_path / "mine"))
    one.write_text("text,label\nGood,yes\nFine,yes\n")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    taken = ("--save-to", str(tmp_path / "thesis"))
    assert "exists and is" in error("--csv", str(one), *taken)
    assert "--resume needs --work" in error("--csv", str(one), *new, "--resume")
    assert "at least two classes in the column 'label'" in error("--csv", str(one), *new)
    assert "Expected a CSV file" in error("--csv", str(tmp_path / "none.csv"), *new)
    folder = ("--folder", str(tmp_path / "none"))
    assert "which does not exist" in error(*folder, *new, preset="speech_commands")
    assert "There is no preset 'tinny'" in error(*folder, *new, preset="tinny")
    assert "expected --csv with --text and --label with 'tiny'" in error(*folder, *new)
    assert "expected --csv with" in error("--csv", str(one), *new, "--target", "label")
    for preset, source in (("speech_commands", "--folder"), ("translation", "--csv with --text")):
        assert f"expected {source}" in error("--csv", str(one), *new, preset=preset)
    assert "which learns from music: see recipes/music/README.md" in error(
        "--csv", str(one), *new, preset="music"
    )
    some = ("--csv", "tests/fixtures/reviews.csv", "--validation", "0")
    assert "Expected validation to leave texts on both sides" in error(*some, *new)
    some = ("--csv", "tests/fixtures/reviews.csv")
    assert "epochs of 1 or more. Received: epochs=0" in error(*some, *new, "--epochs", "0")
    assert "a batch size of 1 or more" in error(*some, *new, "--batch-size", "0")
