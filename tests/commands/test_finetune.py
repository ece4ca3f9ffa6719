"""`gru-zoo finetune` on presets of all kinds."""

import numpy as np
import pytest
import soundfile

import gru_zoo
from gru_zoo.__main__ import main
from gru_zoo.files import LeftOutWarning
from tests.backends import only_on
from tests.paths import FIXTURES

REVIEWS = str(FIXTURES / "reviews.csv")
on_torch = only_on("torch", "`fit` of each task is tested on every backend")


@on_torch
def test_a_classifier_of_texts(preset, tmp_path, capsys):
    arguments = ["--data", REVIEWS, "--epochs", "1", "--save-to", str(tmp_path / "mine")]
    assert main(["finetune", "tiny", *arguments]) == 0
    output = capsys.readouterr().out
    assert "32 texts, classes: negative, positive" in output and "held-out accuracy" in output
    assert gru_zoo.load(tmp_path / "mine").card.labels == ("negative", "positive")


@on_torch
def test_options_of_the_training_are_in_effect_and_in_the_card(preset, tmp_path, capsys):
    arguments = ["--data", REVIEWS, "--epochs", "2", "--save-to", str(tmp_path / "mine")]
    options = ["--freeze", "embedding", "back*", "--class-weight", "balanced", "--patience", "1"]
    before = gru_zoo.load("tiny").model
    assert main(["finetune", "tiny", *arguments, *options]) == 0
    task = gru_zoo.load(tmp_path / "mine")
    for name, kept in (("embedding", True), ("backward", True), ("forward", False)):
        new, old = (model.get_layer(name).get_weights()[0] for model in (task.model, before))
        assert np.allclose(new, old, atol=1e-4) == kept, name  # saved as float16
    record = task.card.training
    assert record["command"].startswith("gru-zoo finetune tiny --data")
    assert record["command"].endswith(
        "--freeze embedding 'back*' --class-weight balanced --patience 1"
    )
    best = record["best epoch"]
    assert best["val_loss"] == pytest.approx(min(task.history["val_loss"]), abs=1e-4)
    assert {"accuracy", "val_accuracy", "epoch"} < {*best}
    assert {"keras", "numpy", "torch"} == {*record["versions"]}
    assert f"held-out accuracy {best['val_accuracy']:.3f} (epoch {best['epoch']})" in (
        capsys.readouterr().out
    )


@on_torch
def test_few_rows_are_trained_for_enough_steps(preset, tmp_path, capsys):
    assert main(["finetune", "tiny", "--data", REVIEWS, "--save-to", str(tmp_path / "mine")]) == 0
    assert gru_zoo.load(tmp_path / "mine").card.training["epochs"] == 60  # of a batch each


@on_torch
def test_classes_that_differ_by_case_alone(preset, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("text;label\n" + "".join(f"a {i};Good\nb {i};good\n" for i in range(10)))
    arguments = ["--data", str(path), "--epochs", "1", "--save-to", str(tmp_path / "mine")]
    with pytest.warns(UserWarning, match=r"\['Good', 'good'\] differ by case alone"):
        assert main(["finetune", "tiny", *arguments]) == 0


@on_torch
def test_errors_come_before_the_training(preset, tmp_path, capsys):
    def error(*arguments, preset="tiny"):
        assert main(["finetune", preset, *map(str, arguments)]) == 2
        return capsys.readouterr().err

    one, new = tmp_path / "one.csv", ("--save-to", tmp_path / "mine")
    one.write_text("text,label\nGood,yes\nFine,yes\n")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    assert "exists and is" in error("--data", one, "--save-to", tmp_path / "thesis")
    assert "Expected --work" in error("--data", one, *new, "--resume")
    assert "at least two classes" in error("--data", one, *new)
    assert "which learns from text. Received: --data none.csv, nothing" in error(
        "--data", "none.csv", *new
    )
    folder = ("--data", tmp_path / "thesis")
    assert "There is no preset 'tinny'" in error(*folder, *new, preset="tinny")
    assert "Expected a file as the data of 'tiny'" in error(*folder, *new)
    assert "a folder as the data of 'music', which learns from music" in error(
        "--data", one, *new, preset="music"
    )
    assert "with a folder of sound files" in error(*folder, *new, preset="speech_commands")
    assert "Expected one column 'target'" in error("--data", one, *new, preset="translation")
    some = ("--data", REVIEWS, *new)
    assert "Expected validation to leave texts on both sides" in error(*some, "--validation", "0")
    assert "epochs of 1 or more. Received: epochs=0" in error(*some, "--epochs", "0")
    assert "Received: freeze='encoder'" in error(*some, "--freeze", "encoder")
    assert "a batch size of 1 or more" in error(*some, "--batch-size", "0")


@on_torch
def test_one_sound_that_cannot_be_read(tmp_path, capsys):
    for label in ("up", "down"):
        (tmp_path / "words" / label).mkdir(parents=True)
        for number in range(4):
            noise = np.random.uniform(-0.1, 0.1, 4_000)
            soundfile.write(tmp_path / "words" / label / f"{number}.wav", noise, 8_000)
    (tmp_path / "words" / "up" / "notes.wav").write_text("no sound")
    arguments = ["--data", str(tmp_path / "words"), "--epochs", "1", "--validation", "0.3"]
    with pytest.warns(LeftOutWarning, match=r"1 of 9 clips are left out.\n.*notes.wav"):
        status = main(
            ["finetune", "speech_digits", *arguments, "--save-to", str(tmp_path / "mine")]
        )
    assert status == 1  # as the other commands that go on after a bad item
    assert "saved to" in capsys.readouterr().out
    assert gru_zoo.load(tmp_path / "mine").labels == ("down", "silence", "up")
