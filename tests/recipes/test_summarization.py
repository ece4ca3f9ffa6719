"""The recipe of the summarization presets."""

import gru_zoo
from recipes.summarization.prepare import with_contexts
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


@on_torch
def test_the_mean_of_two_presets(tmp_path):
    def train(name, *options):
        return run(
            *("recipes/summarization/train.py", "summarization_headlines", "--smoke", *options),
            *("--work", str(tmp_path / name), "--save-to", str(tmp_path / name / "presets")),
        )

    folders = [str(tmp_path / name / "presets" / "summarization_headlines") for name in "ab"]
    train("a", "--epochs", "1")
    train("b", "--epochs", "1", "--start-from", folders[0], "--general", "1")
    assert "to validate" in train("c", "--epochs", "0", "--start-from", *reversed(folders))
    task = gru_zoo.load(tmp_path / "c" / "presets" / "summarization_headlines")
    assert not task.processor.novel_words
    assert [row.name for row in task.card.data] == ["own table"]
    assert task.card.training["epochs"] == 0


@on_torch
def test_every_second_sentence_of_news_gets_a_context():
    pairs = [(f"Sentence {i} is here.", f"Sentence {i}.") for i in range(10)]
    found = with_contexts(pairs, seed=1)
    assert [summary for _, summary in found] == [f"Sentence {i}" for i in range(10)]
    assert [text for text, _ in found[::2]] == [text for text, _ in pairs[::2]]
    for (text, _), (longer, _) in zip(pairs[1::2], found[1::2], strict=True):
        assert longer.startswith(f"{text} Sentence") and 2 <= longer.count(".") <= 5
    assert with_contexts(pairs, seed=1) == found
