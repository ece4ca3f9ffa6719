import dataclasses
import hashlib
import lzma

import pytest

from gru_zoo import data
from gru_zoo.data import purchase_sequences
from gru_zoo.data.examples import ItemSequence

NAME = "amazon_games_seq"
# Four users; the last two are too short to hold anything out.
CONTENT = "1 7\n1 8\n1 9\n1 10\n2 8\n2 7\n2 11\n3 7\n3 9\n4 12\n"
SPLITS = {
    "train": [("7", "8"), ("8",), ("7", "9"), ("12",)],
    "validation": [(("7", "8"), "9"), (("8",), "7")],
    "test": [(("7", "8", "9"), "10"), (("8", "7"), "11")],
}


@pytest.fixture
def published(serve, tmp_path, monkeypatch):
    """A small file stands in for the published one, packed in a data folder, plain on a server."""
    packed = lzma.compress(CONTENT.encode())
    folder = tmp_path / "data" / NAME
    folder.mkdir(parents=True)
    (folder / "Video.txt.xz").write_bytes(packed)
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "Video.txt").write_text(CONTENT)
    server = serve(tmp_path / "served")
    source = dataclasses.replace(
        purchase_sequences.SOURCES[NAME],
        files={"Video.txt.xz": hashlib.sha256(packed).hexdigest()},
        url=server.url("").rstrip("/"),
        sha256=hashlib.sha256(CONTENT.encode()).hexdigest(),
    )
    monkeypatch.setitem(purchase_sequences.SOURCES, NAME, source)
    counts = {"train": 4, "validation": 2, "test": 2}
    monkeypatch.setitem(purchase_sequences.COUNTS, NAME, counts)
    monkeypatch.setitem(purchase_sequences.INTERACTIONS, NAME, 10)
    return server


@pytest.mark.parametrize("split", SPLITS)
def test_the_last_items_are_held_out(published, split, tmp_path):
    downloaded, local = data.load(NAME, split), data.load(NAME, split, tmp_path / "data")
    assert downloaded == local and isinstance(local[0], ItemSequence)
    if split == "train":
        assert [example.items for example in local] == SPLITS[split]
        assert {example.next_item for example in local} == {None}
        assert [example.user for example in local] == ["1", "2", "3", "4"]
    else:
        assert [(example.items, example.next_item) for example in local] == SPLITS[split]
    assert published.requested == ["/Video.txt"]


def test_missing_rows_are_an_error(published, tmp_path, monkeypatch):
    monkeypatch.setitem(purchase_sequences.INTERACTIONS, NAME, 287_107)
    with pytest.raises(ValueError, match="expected 287,107 examples, received 10"):
        data.load(NAME, "train", tmp_path / "data")


def test_unknown_split_and_set():
    with pytest.raises(ValueError, match="has the splits 'train', 'validation', 'test'"):
        data.load(NAME, "dev")
    with pytest.raises(ValueError, match="Received: name='amazon_books'"):
        purchase_sequences.load("train", name="amazon_books")


@pytest.mark.parametrize("name", purchase_sequences.SOURCES)
def test_the_real_set_has_the_published_counts(name, data_root):
    for split, users in purchase_sequences.COUNTS[name].items():
        assert len(data.load(name, split, data_root)) == users
