"""The recipe of the compression preset."""

import csv

import gru_zoo
from gru_zoo.tasks.compression.alignment import align
from gru_zoo.tasks.compression.words import words_of
from recipes.compression.phrase_augmentation import exchange_runs
from tests.paths import ROOT
from tests.scripts import finetune, on_torch, run


@on_torch
def test_compression(tmp_path):
    output = run(
        *("recipes/compression/train.py", "summarization_compression", "--smoke"),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "24 pairs, 24 to validate" in output and "| as many words from the beginning |" in output
    task = gru_zoo.load(tmp_path / "home" / "summarization_compression")
    assert str(task.processor.bonus) in output.split("by bonus: ")[1]
    assert task.card.training["epochs"] == 2
    assert [row.name for row in task.card.data] == ["google-sentence-compression-10k", "imdb"]

    rows = (ROOT / "tests" / "fixtures" / "shorter.tsv").read_text(encoding="utf-8").splitlines()
    with open(tmp_path / "mine.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("body", "short"), *(row.split("\t") for row in rows)])
    output = finetune(
        *(str(task.folder), "--data", str(tmp_path / "mine.csv"), "--epochs", "1"),
        *("--text", "body", "--target", "short", "--save-to", str(tmp_path / "mine")),
    )
    assert "24 pairs of texts" in output and "held-out token_f1" in output
    assert gru_zoo.load(tmp_path / "mine").card.data[-1].examples == 22


def test_runs_of_words_are_exchanged():
    texts = {
        "A man who fell from a ladder has died.": "A man has died.",
        "A dog who barked at night has won.": "A dog has won.",
        "It rained a lot.": "It rained.",
        "The sun, who knows why, shone.": "The sun shone.",
    }
    words = {text: words_of(text) for text in texts}
    pairs = [(text, align(words[text], shorter).kept) for text, shorter in texts.items()]
    expected = {"A man who barked at night has died.", "A dog who fell from a ladder has won."}
    assert set(exchange_runs(pairs, 20, seed=1)) == expected
    assert exchange_runs(pairs, 20, seed=1) == exchange_runs(pairs, 20, seed=1)
    assert exchange_runs(pairs[:1], 20, seed=1) == []
