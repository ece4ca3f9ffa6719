"""Pretrained transformers as teachers, and what their pupils learn from."""

import importlib.util
import json
import runpy
import string
import types

import numpy as np
import pytest

import gru_zoo
from gru_zoo.tasks.compression.alignment import align
from gru_zoo.tasks.compression.words import words_of
from tests.scripts import ROOT, on_torch, run


def script(path):
    """What a module of a recipe defines."""
    return types.SimpleNamespace(**runpy.run_path(str(ROOT / "recipes" / path)))


@pytest.fixture
def transformer(tmp_path):
    """The folder of a tiny one, which spells."""
    import transformers

    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = {
        piece: i for i, piece in enumerate([*marks, *letters, *map("##{}".format, letters)])
    }
    folder = str(tmp_path / "teacher")
    transformers.BertTokenizer(vocabulary).save_pretrained(folder)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    sizes |= {"vocab_size": len(vocabulary), "intermediate_size": 16}
    transformers.BertModel(transformers.BertConfig(**sizes)).save_pretrained(folder)
    return folder


@on_torch
def test_a_transformer_reads_its_own_sub_words(transformer):
    import torch
    from transformers import AutoModel, AutoTokenizer

    from gru_zoo.recipe.teacher import FIRST, pretrained

    pieces, encoder = pretrained(transformer)
    assert pieces.encode([]) == []
    texts = ["A film.", "A fine film!"]
    ids = pieces.encode(texts)
    padded = np.array([ids[0] + [0] * (len(ids[1]) - len(ids[0])), ids[1]])
    tokenizer = AutoTokenizer.from_pretrained(transformer)
    model = AutoModel.from_pretrained(transformer).eval()
    inputs = [tokenizer(text, return_tensors="pt") for text in texts]
    assert ids == [[FIRST + i for i in one["input_ids"][0].tolist()] for one in inputs]
    with torch.no_grad():
        found = encoder(padded, training=False)
        expected = [model(**one).last_hidden_state[0] for one in inputs]
    for row, states in zip(found, expected, strict=True):
        np.testing.assert_allclose(row[: len(states)], states, atol=0.05)  # bfloat16 inside


TREES = [
    [("a film", 2), ("of charm", 3), ("a film of charm", 4)],
    [("full", 2), ("of cliches", 1), ("full of cliches", 0)],
]


def test_exchanged_phrases():
    exchanged = script("sentiment/phrase_augmentation.py").exchanged
    made = exchanged(TREES, 20, seed=1)
    assert set(made) == {"a film of cliches", "full of charm"}
    assert made == exchanged(TREES, 20, seed=1)
    assert exchanged(TREES[:1], 20, seed=1) == []


LABELS = ["very negative", "negative", "neutral", "positive", "very positive"]


def test_what_a_teacher_says_is_read_again(tmp_path):
    taught = script("sentiment/soft_labels.py")
    texts, sets = ['He said "no", twice.', "Fine."], ["sst", "imdb"]
    probabilities = np.array([[0.5, 0.2, 0.2, 0.1, 0], [0, 0.1, 0.1, 0.3, 0.5]])
    path = tmp_path / "taught.csv"
    table = taught.table(taught.SoftLabels(texts, sets, probabilities), LABELS)
    path.write_text(table, encoding="utf-8", newline="")
    found = taught.read(str(path), LABELS)
    assert (found.texts, found.sets) == (texts, sets)
    np.testing.assert_allclose(found.probabilities, probabilities, atol=1e-6)
    two = taught.read(str(path), ("negative", "positive")).probabilities
    np.testing.assert_allclose(two, [[0.8, 0.2], [0.15, 0.85]], atol=1e-6)


def test_a_table_of_another_kind_is_refused(tmp_path):
    read, path = script("sentiment/soft_labels.py").read, tmp_path / "taught.csv"
    with pytest.raises(SystemExit, match="No such file"):
        read(str(path), LABELS)
    path.write_text("", encoding="utf-8")
    with pytest.raises(SystemExit, match="Received: 0 lines"):
        read(str(path), LABELS)
    line = ",".join(["Fine.", "sst", *["0.2"] * 5])
    path.write_text(f"text,set,{','.join(LABELS)}\n{line}\n", encoding="utf-8")
    assert read(str(path), LABELS).texts == ["Fine."]
    with pytest.raises(SystemExit, match="of five degrees, of .'bad', 'good'."):
        read(str(path), ["bad", "good"])
    with open(path, "a", encoding="utf-8") as file:
        file.write("cut off,imdb,0.1\n")
    with pytest.raises(SystemExit, match="Received: 2 lines "):
        read(str(path), LABELS)


@on_torch
def test_teaching_sentiment(transformer, tmp_path):
    path = str(tmp_path / "lessons" / "taught.csv")
    teach = (
        "recipes/sentiment/train_teacher.py",
        "--smoke",
        "--teacher",
        transformer,
        "--epochs",
        "1",
    )
    output = run(*teach, "--work", str(tmp_path / "teaching"), "--to", path)
    assert "validation: {'accuracy': " in output
    count = int(output.splitlines()[-1].split()[0])
    train = ("recipes/sentiment/train.py", "sentiment_stars", "--smoke", "--epochs", "1")
    train += ("--work", str(tmp_path / "work"), "--save-to", str(tmp_path), "--taught", path)
    assert f"{count} texts of a teacher" in run(*train)
    card = gru_zoo.load(tmp_path / "sentiment_stars").card
    assert [row.examples for row in card.data if "teacher" in row.split] == [count]


def test_exchanged_sentences():
    exchanged = script("compression/phrase_augmentation.py").exchanged
    texts = {
        "A man who fell from a ladder has died.": "A man has died.",
        "A dog who barked at night has won.": "A dog has won.",
        "It rained a lot.": "It rained.",
        "The sun, who knows why, shone.": "The sun shone.",
    }
    words = {text: words_of(text) for text in texts}
    pairs = [(text, align(words[text], shorter).kept) for text, shorter in texts.items()]
    expected = {"A man who barked at night has died.", "A dog who fell from a ladder has won."}
    assert set(exchanged(pairs, 20, seed=1)) == expected
    assert exchanged(pairs, 20, seed=1) == exchanged(pairs, 20, seed=1)
    assert exchanged(pairs[:1], 20, seed=1) == []


@on_torch
def test_teaching_compression(transformer, tmp_path, capsys):
    teach = ("recipes/compression/train_teacher.py", "--smoke", "--teacher", transformer)
    teach += ("--beside", "saved_models/summarization_compression", "--epochs", "1")
    teach += ("--work", str(tmp_path / "work"), "--to", str(tmp_path / "lessons"))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(importlib.util, "find_spec", lambda name: None)
        run(*teach)
    assert "pip install 'gru-zoo[train]'" in capsys.readouterr().err
    output = run(*teach)
    assert "made of 24 pairs" in output and "of the teacher: 0." in output
    texts = json.loads((tmp_path / "lessons" / "train" / "texts.json").read_text())
    assert output.splitlines()[-1].startswith(f"{len(texts)} sentences to train on")

    train = ("recipes/compression/train.py", "summarization_compression", "--smoke")
    train += ("--work", str(tmp_path / "work"), "--save-to", str(tmp_path))
    output = run(*train, "--lessons", str(tmp_path / "lessons"))
    assert f"beside those of the pairs {len(texts) - 24} sentences are taught" in output
    card = gru_zoo.load(tmp_path / "summarization_compression").card
    assert [row.examples for row in card.data] == [24, 74_116, len(texts) - 24]
