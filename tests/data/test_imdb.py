import dataclasses
import hashlib
import io
import json
import lzma
import tarfile

import pytest

from gru_zoo import data
from gru_zoo.data import imdb
from gru_zoo.data.examples import LabelledText

# As in the archive: no useful order, numbers of many digits, files that are no reviews.
MEMBERS = {
    "aclImdb/README": "about",
    "aclImdb/train/urls_neg.txt": "http://example.org",
    "aclImdb/train/unsup/2_0.txt": "Seen, BEFORE. <br />",
    "aclImdb/train/unsup/10_0.txt": "Test review!",
    "aclImdb/train/unsup/0_0.txt": "seen before",
    "aclImdb/train/pos/0_9.txt": "Joyful.<br /><br />A caf\u00e9 in Paris.",
    "aclImdb/train/neg/10_1.txt": "Dull.",
    "aclImdb/train/neg/9_4.txt": "Grim.",
    "aclImdb/train/pos/1_10.txt": "test <br/>review",
    "aclImdb/test/neg/0_2.txt": "Test review.",
    "aclImdb/test/pos/0_7.txt": "Fine.",
}
EXPECTED = {
    "train": [
        LabelledText("Grim.", "negative"),
        LabelledText("Dull.", "negative"),
        LabelledText("Joyful. A caf\u00e9 in Paris.", "positive"),
        LabelledText("test review", "positive"),
    ],
    "test": [LabelledText("Test review.", "negative"), LabelledText("Fine.", "positive")],
    "unsupervised": [
        LabelledText("seen before", None),
        LabelledText("Seen, BEFORE.", None),
        LabelledText("Test review!", None),
    ],
}


@pytest.fixture
def archive(serve, tmp_path, monkeypatch):
    """The small archive stands in for the published one; returns its server."""
    published = tmp_path / "published"
    published.mkdir()
    path = published / "aclImdb_v1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in MEMBERS.items():
            content = text.encode("utf-8")
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    server = serve(published)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    small = dataclasses.replace(imdb.SOURCE, url=server.url(path.name), sha256=digest)
    monkeypatch.setattr(imdb, "SOURCE", small)
    monkeypatch.setattr(imdb, "COUNTS", {split: len(rows) for split, rows in EXPECTED.items()})
    return server


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with the same examples."""
    files = {}
    (tmp_path / "imdb").mkdir()
    short = {"positive": "pos", "negative": "neg"}
    for split, name in [("train", "train"), ("test", "test"), ("unsupervised", "unsup")]:
        rows = [{"id": i, "text": row.text} for i, row in enumerate(EXPECTED[split])]
        for row, example in zip(rows, EXPECTED[split], strict=True):
            row |= {"label": short[example.label]} if example.label else {}
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        content = lzma.compress(lines.encode("utf-8"))
        (tmp_path / "imdb" / f"{name}.jsonl.xz").write_bytes(content)
        files[f"{name}.jsonl.xz"] = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(imdb, "SOURCE", dataclasses.replace(imdb.SOURCE, files=files))
    monkeypatch.setattr(imdb, "COUNTS", {split: len(rows) for split, rows in EXPECTED.items()})
    return tmp_path


@pytest.mark.parametrize("split", EXPECTED)
def test_the_archive_is_downloaded_and_read(archive, split):
    assert data.load("imdb", split) == EXPECTED[split]


def test_the_archive_is_downloaded_once(archive):
    for split in EXPECTED:
        imdb.load(split)
    assert archive.requested == ["/aclImdb_v1.tar.gz"]


@pytest.mark.parametrize("split", EXPECTED)
def test_the_data_folder_holds_the_same(archive, folder, split):
    assert imdb.load(split, folder) == EXPECTED[split]
    assert not archive.requested


def test_an_incomplete_archive_is_an_error(archive, monkeypatch):
    monkeypatch.setattr(imdb, "COUNTS", {"train": 25_000})
    with pytest.raises(ValueError, match="'train': expected 25,000 examples, received 4"):
        imdb.load("train")


def test_pretraining_leaves_out_test_reviews_and_repeats(archive, monkeypatch):
    monkeypatch.setattr(imdb, "PRETRAINING_COUNTS", {"train": 3, "unsupervised": 1})
    assert imdb.pretraining_texts() == ["Grim.", "Dull.", "Joyful. A caf\u00e9 in Paris."] + [
        "seen before"
    ]
    assert imdb.unlabelled_texts() == ["Seen, BEFORE."]


def test_the_number_of_pretraining_texts_is_checked(archive):
    message = "'train to pretrain': expected 24,877 examples, received 3"
    with pytest.raises(ValueError, match=message):
        imdb.pretraining_texts()


@pytest.mark.data
def test_the_real_set(data_root):
    train, test = imdb.load("train", data_root), imdb.load("test", data_root)
    for examples in (train, test):
        assert [e.label for e in examples] == ["negative"] * 12_500 + ["positive"] * 12_500
        assert not any("<br" in e.text or not e.text for e in examples)
    assert train[0].text.startswith("Story of a man who has unnatural feelings for a pig.")


@pytest.mark.data
@pytest.mark.slow
def test_the_real_pretraining_texts(data_root):
    assert len(imdb.pretraining_texts(data_root)) == sum(imdb.PRETRAINING_COUNTS.values())
