import dataclasses
import hashlib
import lzma

import pytest

from gru_zoo import data
from gru_zoo.data import parallel_texts

TABLE = (
    "set\teng\tdeu\tfra\tspa\n"
    'newstest2012\t"Hello," he said.\t„Hallo“, sagte er.\t\t«Hola», dijo.\n'
    "newstest2013\tYes.\tJa.\tOui.\tSí.\n"
)


@pytest.fixture
def news(tmp_path, monkeypatch):
    """A data folder with a small table in the place of the news."""
    name = "wmt-news-2008-2013"
    source, parts = parallel_texts.SETS[name]
    packed = lzma.compress(TABLE.encode("utf-8"))
    (tmp_path / name).mkdir()
    (file,) = source.files
    (tmp_path / name / file).write_bytes(packed)
    source = dataclasses.replace(source, files={file: hashlib.sha256(packed).hexdigest()})
    small = {split: part._replace(rows=1) for split, part in parts.items()}
    monkeypatch.setitem(parallel_texts.SETS, name, (source, small))
    return tmp_path


def test_a_split_is_part_of_a_table(news):
    (first,) = data.load("wmt-news-2008-2013", "train", news)
    # Quotation marks are those of the text, and an empty cell is no translation.
    assert first.texts == {
        "en": ('"Hello," he said.',),
        "de": ("„Hallo“, sagte er.",),
        "es": ("«Hola», dijo.",),
    }
    (test,) = data.load("wmt-news-2008-2013", "newstest2013", news)
    assert test.texts["fr"] == ("Oui.",)


def test_errors(news, monkeypatch):
    with pytest.raises(ValueError, match="newstest2012"):
        data.load("wmt-news-2008-2013", "newstest2012", news)
    with pytest.raises(FileNotFoundError, match="mt-eval"):
        data.load("mt-eval", "flores200-devtest", news)
    monkeypatch.delenv("GRU_ZOO_DATA", raising=False)
    with pytest.raises(FileNotFoundError, match="is not downloaded"):
        data.load("mt-eval", "flores200-devtest")


@pytest.mark.parametrize("name", parallel_texts.SETS)
def test_published_sets(name, data_root):
    _, parts = parallel_texts.SETS[name]
    for split, part in parts.items():
        for example in data.load(name, split, data_root):
            assert "en" in example.texts and set(example.texts) <= set(part.languages)
