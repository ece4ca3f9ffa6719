import dataclasses
import hashlib
import lzma

import pytest

from gru_zoo import data
from gru_zoo.data import chat_english

TEXTS = {"sgd": "I need a bus.\nWhere to?\n\nHello.\n", "self-dialogue": "Hi.\nHey.\n"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    files = {}
    (tmp_path / "chat-english").mkdir()
    for part, text in TEXTS.items():
        name, content = f"{part}.dev.txt.xz", lzma.compress(text.encode())
        (tmp_path / "chat-english" / name).write_bytes(content)
        files[name] = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(
        chat_english, "SOURCE", dataclasses.replace(chat_english.SOURCE, files=files)
    )
    monkeypatch.setattr(chat_english, "COUNTS", {"dev": 3})
    return tmp_path


def test_dialogues(folder):
    found = data.load("chat-english", "dev", folder)
    assert found == ["I need a bus.\nWhere to?", "Hello.", "Hi.\nHey."]


def test_wrong_counts_splits_and_places(folder, monkeypatch):
    with pytest.raises(ValueError, match="has the splits 'dev'. Received: split='test'"):
        chat_english.load("test", folder)
    with pytest.raises(FileNotFoundError, match="cannot be downloaded. Put sgd.dev.txt.xz"):
        chat_english.load("dev")
    monkeypatch.setattr(chat_english, "COUNTS", {"dev": 4})
    with pytest.raises(ValueError, match="expected 4 examples, received 3"):
        chat_english.load("dev", folder)
