import json
import lzma

import pytest

from gru_zoo import data
from gru_zoo.data._labelled_sets import SETS
from gru_zoo.data.source import sha256_of
from tests.backends import only_on

pytestmark = only_on("torch", "data is the same on every backend")


def write(root, monkeypatch, name, file, rows):
    """A data folder with a set of few records."""
    folder = root / name
    folder.mkdir()
    with lzma.open(folder / f"{file}.jsonl.xz", "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in rows)
    source, counts = SETS[name]
    monkeypatch.setitem(source.files, f"{file}.jsonl.xz", sha256_of(folder / f"{file}.jsonl.xz"))
    monkeypatch.setitem(counts, file.removeprefix("paired."), len(rows))


def test_labels_are_spelled_out(tmp_path, monkeypatch):
    rows = [{"label": label, "text": label} for label in ("pos", "neg", "nr", "neu", "mix")]
    write(tmp_path, monkeypatch, "taeckstroem-sentences", "all", rows)
    examples = data.load("taeckstroem-sentences", "all", tmp_path)
    assert [e.label for e in examples] == ["positive", "negative", "neutral", "neutral"]
    assert [e.text for e in examples] == ["pos", "neg", "nr", "neu"]


def test_tokens_become_text(tmp_path, monkeypatch):
    rows = [{"label": "pos", "text": "it 's great , i do n't mind", "domain": "toys_games"}]
    write(tmp_path, monkeypatch, "fdu-mtl-product-reviews", "train", rows)
    (example,) = data.load("fdu-mtl-product-reviews", "train", tmp_path)
    assert example.text == "it's great, i don't mind"


def test_an_edit_follows_its_original(tmp_path, monkeypatch):
    kinds = [("original", "neg"), ("contrast", "pos")]
    rows = [
        {"pair": pair, "kind": kind, "label": label, "text": f"{kind} {pair}"}
        for kind, label in kinds
        for pair in (0, 1)
    ]
    write(tmp_path, monkeypatch, "contrast-sets-imdb", "dev", rows)
    texts = [e.text for e in data.load("contrast-sets-imdb", "dev", tmp_path)]
    assert texts == ["original 0", "contrast 0", "original 1", "contrast 1"]


@pytest.mark.parametrize("name", SETS)
def test_each_set_says_where_it_comes_from(name):
    source, counts = SETS[name]
    assert source.name == name and source.licence and source.citation and counts
    assert len(source.files) == len(counts)
    with pytest.raises(ValueError, match="has the splits"):
        data.load(name, "other")
