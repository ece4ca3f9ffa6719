"""A transformer as a teacher of sentiment, and its soft labels."""

import numpy as np
import pytest

import gru_zoo
from recipes.sentiment import soft_labels
from tests.scripts import on_torch, run
from tests.tiny_transformer import tiny_transformer

LABELS = ["very negative", "negative", "neutral", "positive", "very positive"]


def test_soft_labels_are_read_as_they_were_written(tmp_path):
    texts, sets = ['He said "no", twice.', "Fine."], ["sst", "imdb"]
    probabilities = np.array([[0.5, 0.2, 0.2, 0.1, 0], [0, 0.1, 0.1, 0.3, 0.5]])
    path = tmp_path / "taught.csv"
    table = soft_labels.table(soft_labels.SoftLabels(texts, sets, probabilities), LABELS)
    path.write_text(table, encoding="utf-8", newline="")
    read_again = soft_labels.read(str(path), LABELS)
    assert (read_again.texts, read_again.sets) == (texts, sets)
    np.testing.assert_allclose(read_again.probabilities, probabilities, atol=1e-6)
    two = soft_labels.read(str(path), ("negative", "positive")).probabilities
    np.testing.assert_allclose(two, [[0.8, 0.2], [0.15, 0.85]], atol=1e-6)
    three = soft_labels.read(str(path), ("negative", "neutral", "positive"))
    np.testing.assert_allclose(three.probabilities, [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], atol=1e-6)
    joined = soft_labels.join([three, three])
    assert joined.texts == texts * 2 and joined.sets == sets * 2
    assert joined.probabilities.shape == (4, 3)


def test_a_table_of_another_kind_is_refused(tmp_path):
    read, path = soft_labels.read, tmp_path / "taught.csv"
    with pytest.raises(SystemExit, match="No such file"):
        read(str(path), LABELS)
    path.write_text("", encoding="utf-8")
    with pytest.raises(SystemExit, match="Received: 0 lines"):
        read(str(path), LABELS)
    line = ",".join(["Fine.", "sst", *["0.2"] * 5])
    path.write_text(f"text,set,{','.join(LABELS)}\n{line}\n", encoding="utf-8")
    assert read(str(path), LABELS).texts == ["Fine."]
    with pytest.raises(SystemExit, match="of five degrees, .'bad', 'good'. among"):
        read(str(path), ["bad", "good"])
    with open(path, "a", encoding="utf-8") as file:
        file.write("cut off,imdb,0.1\n")
    with pytest.raises(SystemExit, match="Received: 2 lines "):
        read(str(path), LABELS)


@on_torch
def test_teaching(tmp_path):
    transformer = tiny_transformer(tmp_path / "transformer")
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
