"""The sets of texts and their summaries."""

import dataclasses
import hashlib
import json
import lzma

import pytest

from gru_zoo import data
from gru_zoo.data import arxiv_cs_titles, congress_press, reuters21578
from gru_zoo.data.examples import SummarizedText

ROWS = {
    arxiv_cs_titles: [
        {"id": "1", "category": "cs.CL", "title": "Ünits", "abstract": "We study units."}
    ],
    congress_press: [
        {"id": "1", "source": "senate", "date": "2006-01-02", "headline": "SEN. A", "lead": "A."},
        {"id": "2", "source": "congress", "date": "2021-01-02", "headline": "B", "lead": "B."},
    ],
    reuters21578: [{"id": 1, "title": "OIL UP", "body": "Oil rose."}],
}
EXPECTED = {
    arxiv_cs_titles: [SummarizedText("We study units.", "Ünits", "cs.CL")],
    congress_press: [
        SummarizedText("A.", "SEN. A", "senate"),
        SummarizedText("B.", "B", "congress"),
    ],
    reuters21578: [SummarizedText("Oil rose.", "OIL UP")],
}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Small files stand in for the data sets' own, in tmp_path."""
    for module, rows in ROWS.items():
        folder = tmp_path / module.SOURCE.name
        folder.mkdir()
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        content = lzma.compress(lines.encode("utf-8"))
        (folder / "test.jsonl.xz").write_bytes(content)
        files = {"test.jsonl.xz": hashlib.sha256(content).hexdigest()}
        monkeypatch.setattr(module, "SOURCE", dataclasses.replace(module.SOURCE, files=files))
        monkeypatch.setattr(module, "COUNTS", {"test": len(rows)})
    monkeypatch.setattr(congress_press, "ORIGINS", {"senate": 1, "congress": 1})
    return tmp_path


@pytest.mark.parametrize("module", ROWS)
def test_records_become_examples(module, small):
    assert data.load(module.SOURCE.name, "test", small) == EXPECTED[module]


@pytest.mark.parametrize("origin", [0, 1])
def test_releases_of_one_origin(origin, small):
    name = ("senate", "congress")[origin]
    expected = EXPECTED[congress_press][origin : origin + 1]
    assert congress_press.load(f"test_{name}", small) == expected


@pytest.mark.parametrize("module", ROWS)
def test_there_is_no_download(module):
    with pytest.raises(FileNotFoundError, match="cannot be downloaded. Expected a folder"):
        module.load("test")


@pytest.mark.parametrize("module", ROWS)
def test_missing_records_are_an_error(module, small, monkeypatch):
    monkeypatch.setattr(module, "COUNTS", {"test": 3_000})
    with pytest.raises(ValueError, match="'test': expected 3,000 examples, received [12]"):
        module.load("test", small)


@pytest.mark.parametrize("split", ["validation", "train_senate", "test_house"])
def test_unknown_splits(split, small):
    with pytest.raises(ValueError, match=f"'test_congress'. Received: split='{split}'"):
        congress_press.load(split, small)


@pytest.mark.data
@pytest.mark.parametrize("module", ROWS)
def test_the_real_sets(module, data_root):
    for split in {**module.COUNTS, **getattr(module, "ORIGINS", {})}:
        name = split if split in module.COUNTS else f"test_{split}"
        examples = module.load(name, data_root)
        assert all(example.text and example.summary for example in examples)
