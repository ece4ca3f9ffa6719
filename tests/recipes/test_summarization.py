"""The recipe of the summarization presets."""

import gru_zoo
from tests.paths import ROOT
from tests.scripts import finetune, on_torch, run


@on_torch
def test_summarization(tmp_path):
    columns = ("--csv", "tests/fixtures/releases.csv", "--text", "body", "--summary", "headline")
    output = run(
        *("recipes/summarization/train.py", "own", "--smoke", "--epochs", "1", *columns),
        *("--work", str(tmp_path), "--save-to", str(tmp_path / "home")),
    )
    assert "32 pairs of own table; 8 to validate" in output
    assert "validation rouge1 by length penalty" in output
    task = gru_zoo.load(tmp_path / "home" / "own")
    assert isinstance(task.summarize("The town of Calder opened a library."), str)
    assert task.card.training["epochs"] == 1
    assert [row.examples for row in task.card.data] == [32]
    _, table, *names = columns
    output = finetune(
        *(str(tmp_path / "home" / "own"), "--data", str(ROOT / table), "--epochs", "1"),
        *(word.replace("--summary", "--target") for word in names),
        *("--save-to", str(tmp_path / "mine")),
    )
    assert "40 pairs of texts" in output and "held-out rouge1" in output
    assert gru_zoo.load(tmp_path / "mine").card.data[-1].examples == 36
