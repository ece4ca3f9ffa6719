"""The recipe of the action recognition presets."""

import numpy as np
import pytest

import gru_zoo
from recipes.action_recognition.settings import PRESETS
from tests.scripts import finetune, on_torch, run


@on_torch
@pytest.mark.parametrize("preset", PRESETS)
def test_action_recognition(preset, tmp_path):
    output = run(
        *("recipes/action_recognition/train.py", preset, "--smoke", "--untested"),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "12 recordings, 0 held out" in output
    task = gru_zoo.load(tmp_path / "home" / preset)
    assert task.card.training["epochs"] == 2 and task.card.data[0].examples == 12
    assert task.predict(task.samples[0].recording).label in task.labels
    if preset != "action_recognition_body":
        return
    for label in ("still", "moving"):
        (tmp_path / "mine" / label).mkdir(parents=True)
        for number in range(4):
            signals = np.random.default_rng(number).normal(size=(40, 6)) * (label == "moving")
            np.save(tmp_path / "mine" / label / f"{number}.npy", signals)
    output = finetune(
        *(str(tmp_path / "home" / preset), "--data", str(tmp_path / "mine")),
        *("--save-to", str(tmp_path / "own"), "--epochs", "1"),
    )
    assert "8 recordings, classes: moving, still" in output
    assert gru_zoo.load(tmp_path / "own").card.labels == ("moving", "still")
