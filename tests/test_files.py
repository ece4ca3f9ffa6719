import json

import pytest

from gru_zoo.files import LeftOutWarning, find_files, read_each, read_settings
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


@pytest.fixture
def folder(tmp_path):
    """What a zip of a Mac, Windows and a person leave in a folder."""
    names = "lamp/a.wav lamp/B.WAV lamp/._a.wav lamp/.DS_Store lamp/Thumbs.db lamp/desktop.ini"
    names += " __MACOSX/lamp/._a.wav __MACOSX/c.wav .trash/d.wav fan/e.flac"
    for name in names.split():
        path = tmp_path / ".data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path / ".data"


def test_hidden_and_system_files_are_passed_over(folder):
    found = find_files(folder, "*/*", {".wav", ".flac"}, "sounds")
    assert [path.name for path in found] == ["e.flac", "B.WAV", "a.wav"]
    assert len(find_files(folder, "**/*", {".wav", ".flac"}, "sounds")) == 3


def test_other_suffixes_are_told(folder):
    for name in ("f.m4a", "g.M4A", "README"):
        (folder / "fan" / name).write_bytes(b"")
    message = "are passed over: 2 with .m4a, 1 with no suffix. Expected names that end in .flac, .w"
    with pytest.warns(UserWarning, match=message) as caught:
        assert len(find_files(folder, "*/*", {".wav", ".flac"}, "sounds")) == 3
    assert len(caught) == 1
    message = "Expected mp3s, whose names end in .mp3. Received: .* has none, but 1 with .flac, 2 w"
    with pytest.raises(FileNotFoundError, match=message):
        find_files(folder, "*/*", {".mp3"}, "mp3s")
    with pytest.raises(FileNotFoundError, match="'none', which does not exist"):
        find_files("none", "*/*", {".mp3"}, "mp3s")


def test_read_each():
    with pytest.warns(LeftOutWarning, match="1 of 3 numbers are left out.\n.*'b'"):
        assert read_each(["1", "b", "3"], int, "numbers") == ([1, 3], [0, 2])
    with pytest.raises(
        ValueError, match="Expected numbers that can be read. Received: none.\n.*'b'"
    ):
        read_each(["b"], int, "numbers")
