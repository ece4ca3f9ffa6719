import dataclasses
import gzip
import hashlib
import json

import pytest

from gru_zoo import data
from gru_zoo.data import google_sentence_compression as module
from gru_zoo.data.examples import SummarizedText

NAME = "google-sentence-compression-10k"
PAIRS = [
    ("``Rain,'' he said, ``fell.''", "``Rain fell.''"),
    ("A dog ran.", "A dog."),
    ("C d.", "C"),
]
PAIRS += [("E f.", "E.")]
SPLITS = {"test": PAIRS[:1], "dev": PAIRS[1:2], "train": PAIRS[2:]}


@pytest.fixture
def published(serve, tmp_path, monkeypatch):
    """A small archive stands in for the published one, as do the files of a data folder."""
    folder, files = tmp_path / "data" / NAME, {}
    folder.mkdir(parents=True)
    for split, pairs in SPLITS.items():
        content = gzip.compress("".join(f"{a}\t{b}\n" for a, b in pairs).encode())
        (folder / f"{split}.tsv.gz").write_bytes(content)
        files[f"{split}.tsv.gz"] = hashlib.sha256(content).hexdigest()
    records = [
        {"graph": {"id": "1", "sentence": a}, "compression": {"text": b, "edge": []}, "headline": b}
        for a, b in PAIRS
    ]
    text = "\n\n".join(json.dumps(record, indent=2) for record in records) + "\n\n"
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "comp-data.eval.json.gz").write_bytes(gzip.compress(text.encode()))
    server = serve(archive)
    small = dataclasses.replace(
        module.SOURCE, url=server.url("comp-data.eval.json.gz"), files=files
    )
    monkeypatch.setattr(module, "SOURCE", small)
    monkeypatch.setattr(module, "COUNTS", {"train": 2, "dev": 1, "test": 1})
    rows = {"test": slice(1), "dev": slice(1, 2), "train": slice(2, None)}
    monkeypatch.setattr(module, "ROWS", rows)
    return server


@pytest.mark.parametrize("split", SPLITS)
def test_download_and_folder_hold_the_same(published, tmp_path, split):
    fetched = data.load(NAME, split)
    assert fetched == data.load(NAME, split, tmp_path / "data")
    expected = SPLITS[split]
    assert [e.text for e in fetched] == [
        a.replace("``", '"').replace("''", '"') for a, _ in expected
    ]


def test_the_archive_is_downloaded_once(published):
    assert data.load(NAME, "test")[0] == SummarizedText('"Rain," he said, "fell."', '"Rain fell."')
    data.load(NAME, "train")
    assert published.requested == ["/comp-data.eval.json.gz"]


def test_another_number_of_pairs(published, monkeypatch):
    monkeypatch.setattr(module, "COUNTS", {"train": 3, "dev": 1, "test": 1})
    with pytest.raises(ValueError, match="split 'all': expected 5 examples, received 4"):
        data.load(NAME, "train")


def test_damaged_file(published, tmp_path):
    (tmp_path / "data" / NAME / "dev.tsv.gz").write_bytes(b"")
    with pytest.raises(ValueError, match="damaged or of another version"):
        data.load(NAME, "dev", tmp_path / "data")


def test_unknown_split(published):
    with pytest.raises(ValueError, match="has the splits 'train', 'dev', 'test'. Received"):
        data.load(NAME, "valid")


@pytest.mark.data
def test_the_real_set(data_root):
    for split, count in module.COUNTS.items():
        pairs = data.load(NAME, split, data_root)
        assert len(pairs) == count and all(pair.text and pair.summary for pair in pairs)
    assert pairs[0].text != pairs[0].summary
