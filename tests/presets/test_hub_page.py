"""The metadata that the hub reads."""

import json

import pytest

from gru_zoo.presets.card import Card, MetricRow
from gru_zoo.presets.hub_page import PIPELINES, hub_page, metadata
from gru_zoo.registry import TASKS
from tests.paths import ROOT

CARDS = {path.parent.name: Card.load(path.parent) for path in ROOT.glob("saved_models/*/card.json")}


@pytest.fixture(scope="module")
def card() -> Card:
    return CARDS["translation_en_fr"]


def test_a_page_is_yaml_and_then_the_card(card):
    yaml = pytest.importorskip("yaml", reason="PyYAML is missing, which huggingface_hub brings")
    _, head, text = hub_page(card, "hf://owner/name").split("---\n", 2)
    assert yaml.safe_load(head) == json.loads(json.dumps(metadata(card)))
    assert text.startswith(f"\n# {card.name}: {card.title}\n")
    assert "import gru_zoo  # pip install 'gru-zoo[hub]'\n" in text
    assert 'gru_zoo.load("hf://owner/name")' in text
    assert "`gru-zoo evaluate hf://owner/name --data-dir DIR`" in text


def test_metadata_of_a_card(card):
    rows = (
        MetricRow("a", "test", "bleu", 40.5, "case:mixed"),
        MetricRow("b", "test", "bleu", 50.0, ""),
        MetricRow("a", "test", "chrf", 60.0, ""),
    )
    record = metadata(card.replace(metrics=rows))
    (index,) = record.pop("model-index")
    assert record == {
        "license": "apache-2.0",
        "library_name": "keras",
        "tags": ["gru-zoo", "translation", "keras", "gru"],
        "pipeline_tag": "translation",
        "language": ["en", "fr"],
    }
    assert index["name"] == "translation_en_fr"
    first, second = index["results"]
    assert first["task"] == {"type": "translation"}
    assert first["dataset"] == {"type": "a", "name": "a", "split": "test"}
    assert first["metrics"][0] == {
        "type": "bleu",
        "value": 40.5,
        "args": {"signature": "case:mixed"},
    }
    assert [metric["type"] for metric in first["metrics"]] == ["bleu", "chrf"]
    assert second["dataset"]["name"] == "b"


def test_what_a_card_does_not_tell_is_left_out(card):
    texts = {"title": "Chorales", "summary": "", "intended_use": "", "limits": "No English."}
    record = metadata(card.replace(task="music", metrics=(), **texts))
    assert set(record) == {"license", "library_name", "tags"}


@pytest.mark.parametrize(
    ("text", "license"),
    [
        ("Apache-2.0 for the weights as far as they are ours", "apache-2.0"),
        ("CC BY-SA 4.0, as a part of the dialogues", "cc-by-sa-4.0"),
        ("CC BY 2.0 FR; attribution", "cc-by-2.0"),
        ("CC0 1.0", "cc0-1.0"),
        ("MIT", "mit"),
        ("bsd-3-clause-clear", "bsd-3-clause-clear"),
    ],
)
def test_known_licenses(card, text, license):
    record = metadata(card.replace(licence=text))
    assert record["license"] == license and "license_name" not in record


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("none stated; the compositions are in the public domain", "none-stated"),
        ("MIT-0", "mit-0"),
        ("Mitsubishi's own terms (2020)", "mitsubishi-s-own-terms"),
        ("GPL-3.0-or-later", "gpl-3.0-or-later"),
        ("", "see-below"),
    ],
)
def test_other_licenses(card, text, name):
    record = metadata(card.replace(licence=text))
    assert (record["license"], record["license_name"]) == ("other", name)


def test_pipelines_are_those_of_tasks():
    assert set(PIPELINES) <= set(TASKS)


@pytest.mark.parametrize(
    ("name", "languages"),
    [
        ("sentiment_stars", ["en"]),  # "English only."
        ("summarization_titles", ["en"]),
        ("translation_es_en", ["es", "en"]),
        ("music_folk", None),
    ],
)
def test_languages_that_a_card_names(name, languages):
    assert metadata(CARDS[name]).get("language") == languages


@pytest.mark.parametrize("name", CARDS)
def test_shipped_presets_have_a_license(name):
    assert metadata(CARDS[name])["license"] != "other"
