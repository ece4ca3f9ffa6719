"""The recipe of the keyword spotting presets."""

import pytest

import gru_zoo
from tests.paths import ROOT
from tests.scripts import finetune, on_torch, run


@on_torch
def test_keyword_spotting(tmp_path):
    output = run(
        *(
            "recipes/keyword_spotting/train.py",
            "own",
            "--smoke",
            "--folder",
            "tests/fixtures/sounds",
        ),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "10 clips, 2 to validate" in output and "validation: accuracy" in output
    task = gru_zoo.load(tmp_path / "home" / "own")
    assert task.card.labels == ("falling", "rising", "steady")
    sound = ROOT / "tests" / "fixtures" / "sounds" / "rising" / "1.flac"
    (probabilities,) = task.probabilities([sound])
    guess = task.predict(sound)
    assert guess.label == task.labels[probabilities.argmax()]
    assert guess.score == pytest.approx(probabilities.max(), abs=1e-4)  # four digits
    assert task.card.training["epochs"] == 2
    assert [row.examples for row in task.card.data] == [10]
    output = finetune(
        *(str(tmp_path / "home" / "own"), "--data", str(ROOT / "tests" / "fixtures" / "sounds")),
        *("--save-to", str(tmp_path / "mine"), "--epochs", "1"),
    )
    assert "12 clips, classes: falling, rising, silence, steady" in output
    assert gru_zoo.load(tmp_path / "mine").card.labels == ("falling", "rising", "silence", "steady")
