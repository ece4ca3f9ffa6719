import json

import pytest

from gru_zoo.presets.card import Card, DataRow, FileRow, MetricRow
from gru_zoo.presets.page import page

METRIC = {
    "dataset": "imdb",
    "split": "test",
    "metric": "accuracy",
    "value": 0.9,
    "signature": "examples:25000",
}


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
    with pytest.raises(ValueError, match=r"Expected JSON in '.*card\.json'"):
        Card.load(tmp_path)


def test_schema_from_the_future(card):
    record = {**json.loads(card.to_json()), "schema": 2}
    with pytest.raises(ValueError, match=r"schema 1 or older in .* schema 2\. Upgrade gru_zoo"):
        Card.from_record(record)


@pytest.mark.parametrize("record", [[], {}, {"schema": "1"}, {"schema": True}, {"schema": 0}, None])
def test_no_card_at_all(record):
    with pytest.raises(ValueError, match="'schema', an integer from 1"):
        Card.from_record(record)


def test_missing_and_unknown_fields(card):
    record = json.loads(card.to_json())
    del record["licence"]
    record["license"] = "MIT"
    with pytest.raises(ValueError, match=r"Missing: \['licence'\]. Unknown: \['license'\]"):
        Card.from_record(record)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("config", []),
        ("parameters", "12"),
        ("parameters", True),
        ("parameters", 1.5),
        ("title", None),
        ("labels", "yes"),
        ("labels", ["no", 1]),
        ("citations", ["A paper", None]),
        ("files", {"a": 1}),
        ("files", {"a": {"sha256": "ab", "bytes": True}}),
        ("data", [1]),
        ("metrics", {}),
        ("metrics", [{**METRIC, "value": True}]),
        ("metrics", [{**METRIC, "value": "0.9"}]),
    ],
)
def test_wrong_type(card, field, value):
    record = {**json.loads(card.to_json()), field: value}
    with pytest.raises(ValueError, match=f"Expected .*'{field}' of the record .*Received: "):
        Card.from_record(record)


def test_a_whole_number_is_a_value_of_a_metric(card):
    record = {**json.loads(card.to_json()), "metrics": [{**METRIC, "value": 1}]}
    assert Card.from_record(record).metrics[0].value == 1


def test_wrong_type_names_the_place(card):
    record = {**json.loads(card.to_json()), "labels": ["no", 1]}
    message = r"Expected item 1 of 'labels' of the record to be str. Received: 1\."
    with pytest.raises(ValueError, match=message):
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


def test_its_representation_is_one_line(card):
    line = repr(card)
    assert (
        line.startswith("<Card 'example': an example. Fields: ")
        and "metrics, licence" in line
        and len(line) < 300
    )
