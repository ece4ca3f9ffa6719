"""The recipe of the text generation presets."""

import gru_zoo
from tests.scripts import on_torch, run


@on_torch
def test_text_generation(tmp_path):
    for unit, preset in (("char", "text_generation_shakespeare"), ("subword", "own")):
        text = ("--text", "tests/fixtures/scene.txt") if preset == "own" else ()
        output = run(
            *("recipes/text_generation/train.py", preset, "--smoke", "--epochs", "1", *text),
            *("--unit", unit, "--work", str(tmp_path), "--save-to", str(tmp_path / "home")),
        )
        assert "word_perplexity" in output and "nats_per_char" in output
        task = gru_zoo.load(tmp_path / "home" / preset)
        assert task.processor.unit == unit
        assert isinstance(task.generate("ROMEO:", length=8), str)
        assert task.card.training["epochs"] == 1
