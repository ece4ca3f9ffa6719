import json
import lzma

import pytest

from gru_zoo import data
from gru_zoo.data import extractive_qa
from gru_zoo.data.source import sha256_of
from tests.backends import only_on

pytestmark = only_on("torch", "data is the same on every backend")


def load(root, monkeypatch, split, records, questions):
    """Load a split whose only file has these records."""
    file = next(iter(extractive_qa.SPLITS[split][0]))
    path = root / "extractive-qa" / f"{file}.jsonl.xz"
    path.parent.mkdir()
    with lzma.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(record) + "\n" for record in records)
    monkeypatch.setitem(extractive_qa.SOURCE.files, path.name, sha256_of(path))
    monkeypatch.setitem(extractive_qa.SPLITS, split, ({file: len(records)}, questions))
    return data.load("extractive-qa", split, root)


def test_places_are_given_or_found(tmp_path, monkeypatch):
    asked = [
        {"question": "Who?", "answer": "Ann", "answer_start": 8},
        {"question": "Where?", "answer": "town"},
    ]
    record = {"title": "Ann", "context": "Ann and Ann in town", "qas": asked}
    who, where = load(tmp_path, monkeypatch, "valid", [record], 2)
    assert (who.answers, who.starts, who.group) == (("Ann",), (8,), "Ann")
    assert (where.answers, where.starts) == (("town",), (15,))


def test_spans_of_tokens(tmp_path, monkeypatch):
    record = {
        "id": "1",
        "tokens": ["Ann", ",", "a", "cook", ",", "sang"],
        "qas": [["Who sang?", [[0, 0], [0, 3], [0, 0]]]],
    }
    (found,) = load(tmp_path, monkeypatch, "qamr_dev", [record], 1)
    assert found.context == "Ann , a cook , sang"
    assert found.answers == ("Ann", "Ann , a cook") and found.starts == (0, 0)


def test_several_right_answers(tmp_path, monkeypatch):
    answers = [{"text": "1901", "start": 3}, {"text": "In 1901", "start": 0}]
    record = {"title": "T", "question": "when", "context": "In 1901 .", "answers": answers}
    (found,) = load(tmp_path, monkeypatch, "qed_dev", [record], 1)
    assert found.answers == ("1901", "In 1901") and found.starts == (3, 0)


def test_unknown_split():
    with pytest.raises(ValueError, match="has the splits"):
        data.load("extractive-qa", "dev")
