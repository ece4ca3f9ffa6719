import dataclasses
import hashlib
import lzma
import zipfile

import pytest

from gru_zoo import data
from gru_zoo.data import anki
from gru_zoo.data.normalize import normalize

# Where the hash puts them: "Go." in train, "Hi." in valid, "Wait!" in test.
PLACES = {"Go.": "train", "Hi.": "valid", "Wait!": "test"}
TEXT = (
    "Go.\tVa\u202f!\n"
    "GO!\tBouge\u00a0!\n"
    "Go.\tAttends.\n"  # stands in test
    "Go.\tSalut !\n"  # stands in valid
    "Go.\tVa !\n"  # a repetition but for white space
    "Hi.\tSalut !\n"
    "Hi.\tattends\n"  # stands in test
    "Wait!\tAttends !\n"
    "Wait!\tAttendez !\n"
)
EXPECTED = {
    "train": [{"en": ("Go.",), "fr": ("Va !",)}, {"en": ("GO!",), "fr": ("Bouge !",)}],
    "valid": [{"en": ("Hi.",), "fr": ("Salut !",)}],
    "test": [{"en": ("Wait!",), "fr": ("Attends !", "Attendez !")}],
}


@pytest.fixture
def small(serve, tmp_path, monkeypatch):
    """A small file stands in for the published one, in tmp_path too; returns its server."""
    published = tmp_path / "published"
    published.mkdir()
    with zipfile.ZipFile(published / "fra-eng.zip", "w") as archive:
        archive.writestr("fra-eng/_about.txt", "about")
        archive.writestr("fra-eng/fra.txt", TEXT)
    server = serve(published)
    packed = lzma.compress(TEXT.encode("utf-8"))
    (tmp_path / "anki-fra-eng").mkdir()
    (tmp_path / "anki-fra-eng" / "fra.txt.xz").write_bytes(packed)
    files = {"fra.txt.xz": hashlib.sha256(packed).hexdigest()}
    source = dataclasses.replace(
        anki.SOURCES["fra"], url=server.url("fra-eng.zip"), files=files, sha256=""
    )
    digest = hashlib.sha256(TEXT.encode("utf-8")).hexdigest()
    monkeypatch.setitem(anki.SOURCES, "fra", source)
    monkeypatch.setitem(anki.TEXT_SHA256, "fra", digest)
    monkeypatch.setitem(anki.PAIRS, "fra", TEXT.count("\n"))
    monkeypatch.setitem(anki.COUNTS, "fra", {s: len(rows) for s, rows in EXPECTED.items()})
    return server


def test_the_hash_decides():
    assert {sentence: anki.split_of(sentence) for sentence in PLACES} == PLACES
    assert anki.split_of("Wait!") == anki.split_of("wait ...")


@pytest.mark.parametrize("split", EXPECTED)
def test_the_archive_is_downloaded_and_read(small, split):
    assert [e.texts for e in data.load("anki-fra-eng", split)] == EXPECTED[split]
    assert small.requested == ["/fra-eng.zip"]


@pytest.mark.parametrize("split", EXPECTED)
def test_the_data_folder_holds_the_same(small, tmp_path, split):
    assert [e.texts for e in data.load("anki-fra-eng", split, tmp_path)] == EXPECTED[split]
    assert not small.requested


def test_another_version_of_the_text_is_an_error(small, monkeypatch):
    monkeypatch.setitem(anki.TEXT_SHA256, "fra", "0" * 64)
    with pytest.raises(ValueError, match="of another version. Expected sha256 0000"):
        anki.load("test")


def test_a_missing_pair_is_an_error(small, monkeypatch):
    monkeypatch.setitem(anki.PAIRS, "fra", 167_130)
    with pytest.raises(ValueError, match="'whole file': expected 167,130 examples, received 9"):
        anki.load("test")


def test_an_unknown_language_is_an_error():
    with pytest.raises(ValueError, match="among deu, fra, spa. Received: language='ita'"):
        anki.load("test", language="ita")


@pytest.mark.data
@pytest.mark.parametrize("language", anki.SOURCES)
def test_the_real_set(data_root, language):
    name = anki.SOURCES[language].name
    splits = {split: data.load(name, split, data_root) for split in ("train", "valid", "test")}
    for code in anki.COLUMNS[language]:
        sentences = {
            split: {normalize(text) for e in examples for text in e.texts[code]}
            for split, examples in splits.items()
        }
        assert not sentences["test"] & (sentences["train"] | sentences["valid"])
        assert not sentences["valid"] & sentences["train"]
    source = anki.SOURCE_LANGUAGE[language]
    assert all(len(e.texts[source]) == 1 for e in splits["test"])
