"""Large Movie Review Dataset: long English film reviews, half of them labelled.

The reviews and splits are those of `imdb_reviews` in tensorflow-datasets. They are read from the
original archive instead, which needs no TensorFlow and keeps the published order.
"""

import json
import lzma
import os
import pathlib
import tarfile

from gru_zoo.data._normalise import normalize, plain_text
from gru_zoo.data.examples import LabelledText
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="imdb",
    homepage="https://ai.stanford.edu/~amaas/data/sentiment/",
    licence="none stated; research use, with citation; the texts belong to their IMDb authors",
    citation="Maas et al. 2011, Learning Word Vectors for Sentiment Analysis, ACL-HLT, 142-150",
    files={
        "train.jsonl.xz": "5114873e085085fc2cc2bdb38d29112e711661ee3276dd6beaa86caad5120706",
        "test.jsonl.xz": "aa5baedaad1896ae1b221466615cdce62f1537568a7a4dbc4772ea928f517275",
        "unsup.jsonl.xz": "70708c8195f331e1872fd5c5220231802e96219595b7dddc0b19d00af54cf4fe",
    },
    url="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
    sha256="c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
)

COUNTS = {"train": 25_000, "test": 25_000, "unsupervised": 50_000}

LABELS = {"neg": "negative", "pos": "positive", None: None}

_FILES = {"train": "train.jsonl.xz", "test": "test.jsonl.xz", "unsupervised": "unsup.jsonl.xz"}

_ARCHIVE_FOLDERS = {
    "train": ("train/neg", "train/pos"),
    "test": ("test/neg", "test/pos"),
    "unsupervised": ("train/unsup",),
}


def load(split: str, root: str | os.PathLike | None = None) -> list[LabelledText]:
    """Reviews of a split in published order: negative before positive, then by file number.

    Args:
        split: "train", "test", or "unsupervised", whose labels are None.
        root: data folder with imdb/*.jsonl.xz. Default: `$GRU_ZOO_DATA`, else a download (80 MiB).

    Returns:
        25,000 examples, 50,000 for "unsupervised"; labels "negative" and "positive". An HTML line
        break is one space.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of examples.
        OSError: the download failed.
    """
    check_split(SOURCE.name, split, COUNTS)
    folder = SOURCE.folder(root)
    if folder is not None:
        rows = _rows_of_file(SOURCE.local_file(folder, _FILES[split]))
    else:
        rows = _rows_of_archive(SOURCE.download(), split)
    check_count(SOURCE.name, split, len(rows), COUNTS[split])
    return [LabelledText(plain_text(text), LABELS[label]) for text, label in rows]


def pretraining_texts(root: str | os.PathLike | None = None) -> list[str]:
    """Texts of "train" and "unsupervised" for language modelling, without the test reviews.

    A review is dropped when a test review reads the same after `normalize`, and an unsupervised one
    also when it repeats an earlier unsupervised one. That leaves 24,877 and 49,239 texts.

    Args:
        root: as in `load`.
    """
    test = {normalize(example.text) for example in load("test", root)}
    texts = [e.text for e in load("train", root) if normalize(e.text) not in test]
    seen = test
    for example in load("unsupervised", root):
        key = normalize(example.text)
        if key not in seen:
            seen.add(key)
            texts.append(example.text)
    return texts


def unlabelled_texts(root: str | os.PathLike | None = None) -> list[str]:
    """Texts of "unsupervised" that are not, after `normalize`, among those of the other splits.

    Args:
        root: as in `load`.
    """
    labelled = {normalize(e.text) for split in ("train", "test") for e in load(split, root)}
    texts = {normalize(e.text): e.text for e in load("unsupervised", root)}
    return [text for key, text in texts.items() if key not in labelled]


def _rows_of_file(path: pathlib.Path) -> list[tuple[str, str | None]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = map(json.loads, file)
        return [(row["text"], row.get("label")) for row in rows]


def _rows_of_archive(path: pathlib.Path, split: str) -> list[tuple[str, str | None]]:
    """Members are named aclImdb/train/neg/<number>_<rating>.txt and stand in no useful order."""
    wanted = {f"aclImdb/{folder}" for folder in _ARCHIVE_FOLDERS[split]}
    found = []
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            folder, _, name = member.name.rpartition("/")
            content = archive.extractfile(member) if folder in wanted else None
            if content is not None:
                label = folder.rpartition("/")[2]
                number = int(name.partition("_")[0])
                found.append((label, number, content.read().decode("utf-8")))
    found.sort()
    return [(text, None if label == "unsup" else label) for label, _, text in found]
