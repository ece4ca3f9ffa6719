import json

import pytest

from gru_zoo.presets.card import Card, DataRow, FileRow, MetricRow
from gru_zoo.presets.page import page


@pytest.fixture
def card():
    return Card(
        name="example",
        task="sentiment",
        title="an example",
        summary="It shows a card.",
        config={"units": 4},
        labels=("no", "yes"),
        parameters=12,
        files={"model.weights.h5": FileRow("ab", 2**20)},
        data=(DataRow("imdb", "train", 25_000, "research", "a url"),),
        training={"command": "python train.py"},
        metrics=(MetricRow("imdb", "test", "accuracy", 0.9, "examples:25000"),),
        licence="Apache-2.0",
        intended_use="tests",
        limits="many",
        citations=("A paper",),
    )


def test_round_trip(card, tmp_path):
    (tmp_path / "card.json").write_text(card.to_json())
    assert Card.load(tmp_path) == card


def test_missing_card(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"a folder with a card\.json"):
        Card.load(tmp_path)


def test_damaged_json(card, tmp_path):
    (tmp_path / "card.json").write_text(card.to_json()[:100])
    with pytest.raises(ValueError, match="not valid JSON"):
        Card.load(tmp_path)


def test_schema_from_the_future(card):
    record = {**json.loads(card.to_json()), "schema": 2}
    with pytest.raises(ValueError, match=r"schema 2; .* up to 1\. Upgrade gru_zoo"):
        Card.from_record(record)


@pytest.mark.parametrize("record", [[], {}, {"schema": "1"}, None])
def test_no_card_at_all(record):
    with pytest.raises(ValueError, match="integer 'schema'"):
        Card.from_record(record)


def test_missing_and_unknown_fields(card):
    record = json.loads(card.to_json())
    del record["licence"]
    record["license"] = "MIT"
    with pytest.raises(ValueError, match=r"Missing: \['licence'\]. Unknown: \['license'\]"):
        Card.from_record(record)


@pytest.mark.parametrize(
    ("field", "value"),
    [("config", []), ("parameters", "12"), ("labels", "yes"), ("files", {"a": 1}), ("data", [1])],
)
def test_wrong_kind(card, field, value):
    record = {**json.loads(card.to_json()), field: value}
    with pytest.raises(ValueError, match="Expected"):
        Card.from_record(record)


def test_page_shows_every_number_and_warning(card):
    text = page(card)
    for part in ("| imdb | test | accuracy | 0.9 |", "25,000", "many", "A paper", "no, yes"):
        assert part in text


def test_signatures_do_not_break_the_table(card):
    signature = "nrefs:1|case:lc|eff:no"
    text = page(card.replace(metrics=(MetricRow("imdb", "test", "bleu", 0.9, signature),)))
    assert r"| imdb | test | bleu | 0.9 | nrefs:1\|case:lc\|eff:no |" in text


def test_versions_are_listed_in_words(card):
    text = page(card.replace(training={"versions": {"keras": "3.15.1", "jax": "0.10.2"}}))
    assert "- versions: keras 3.15.1, jax 0.10.2\n" in text
