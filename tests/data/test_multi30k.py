import dataclasses
import gzip
import hashlib

import pytest

from gru_zoo import data
from gru_zoo.data import multi30k

LINES = {
    "en": ["A man  runs. ", "Two dogs."],
    "de": ["Ein\u00a0Mann läuft.", "Zwei Hunde."],
    "fr": ["Un homme court.", "Deux chiens."],
}
EXPECTED = [
    {"en": ("A man runs.",), "de": ("Ein Mann läuft.",), "fr": ("Un homme court.",)},
    {"en": ("Two dogs.",), "de": ("Zwei Hunde.",), "fr": ("Deux chiens.",)},
]


@pytest.fixture
def published(serve, tmp_path, monkeypatch):
    """Small files stand in for the published ones, in tmp_path/multi30k; returns their server."""
    folder = tmp_path / "multi30k"
    folder.mkdir()
    files = {}
    for language, lines in LINES.items():
        content = gzip.compress("".join(f"{line}\n" for line in lines).encode("utf-8"))
        (folder / f"val.{language}.gz").write_bytes(content)
        files[f"val.{language}.gz"] = hashlib.sha256(content).hexdigest()
    server = serve(folder)
    url = server.url("").rstrip("/")
    small = dataclasses.replace(multi30k.SOURCE, url=url, files=files)
    monkeypatch.setattr(multi30k, "SOURCE", small)
    monkeypatch.setattr(multi30k, "COUNTS", {"val": 2})
    return server


def test_every_file_is_downloaded_once(published):
    for _ in range(2):
        assert [example.texts for example in data.load("multi30k", "val")] == EXPECTED
    assert sorted(published.requested) == ["/val.de.gz", "/val.en.gz", "/val.fr.gz"]


def test_the_data_folder_holds_the_same(published, tmp_path):
    assert [example.texts for example in multi30k.load("val", tmp_path)] == EXPECTED
    assert not published.requested


def test_another_file_is_an_error(published, monkeypatch):
    files = {**multi30k.SOURCE.files, "val.de.gz": "0" * 64}
    monkeypatch.setattr(multi30k, "SOURCE", dataclasses.replace(multi30k.SOURCE, files=files))
    with pytest.raises(ValueError, match="is damaged .* Expected sha256 0000"):
        multi30k.load("val")


def test_missing_lines_are_an_error(published, monkeypatch, tmp_path):
    monkeypatch.setattr(multi30k, "COUNTS", {"val": 1_014})
    with pytest.raises(ValueError, match="'val': expected 1,014 examples, received 2"):
        multi30k.load("val", tmp_path)


def test_every_split_has_a_file_in_every_language():
    names = {f"{split}.{language}.gz" for split in multi30k.COUNTS for language in LINES}
    assert set(multi30k.SOURCE.files) == names
    assert all(len(digest) == 64 for digest in multi30k.SOURCE.files.values())


@pytest.mark.data
def test_the_real_set(data_root):
    examples = multi30k.load("val", data_root)
    assert examples[0].texts["en"] == ("A group of men are loading cotton onto a truck",)
    (german,) = examples[0].texts["de"]
    assert german == "Eine Gruppe von Männern lädt Baumwolle auf einen Lastwagen"
    for split, count in multi30k.COUNTS.items():
        assert len(multi30k.load(split, data_root)) == count
