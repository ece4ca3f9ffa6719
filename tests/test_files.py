import json

import pytest

from gru_zoo.files import read_settings
from gru_zoo.tasks.sentiment.processor import SentimentProcessor


def write(folder, settings):
    path = folder / "processor.json"
    path.write_text(json.dumps(settings), encoding="utf-8")
    return path


def test_settings_are_returned_without_their_kind(tmp_path):
    path = write(tmp_path, {"kind": "text", "max_length": 5, "more": 1})
    assert read_settings(path, "text", ["max_length"]) == {"max_length": 5, "more": 1}
    assert read_settings(write(tmp_path, {"rate": 1}), None) == {"rate": 1}


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"kind": "music", "max_length": 5}, "text", "kind 'text' in .*kind='music'"),
        ({"max_length": 5}, "text", "kind 'text' in .*kind=None"),
        ({"kind": "text", "max_length": 5}, None, "kind None in .*kind='text'"),
        ({"kind": "text"}, "text", r"\['max_length'\] in .*Missing: \['max_length'\]"),
        (["text"], "text", "a JSON object in .*Received"),
    ],
)
def test_settings_of_another_processor(tmp_path, settings, kind, message):
    with pytest.raises(ValueError, match=message):
        read_settings(write(tmp_path, settings), kind, ["max_length"])


def test_a_sentiment_processor_refuses_settings_of_another(tmp_path, tokenizer):
    SentimentProcessor(tokenizer, 9).save(tmp_path)
    assert SentimentProcessor.load(tmp_path).max_length == 9
    write(tmp_path, {"kind": "documents", "max_length": 9})
    with pytest.raises(ValueError, match="belongs to the processor of another task"):
        SentimentProcessor.load(tmp_path)
