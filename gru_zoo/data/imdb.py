"""Large Movie Review Dataset: long English film reviews, half of them labelled.

The reviews and splits are those of `imdb_reviews` in tensorflow-datasets. They are read from the
original archive, which needs no TensorFlow and keeps the published order.
"""

import json
import lzma
import os
import pathlib
import tarfile

from gru_zoo.data.examples import LabelledText
from gru_zoo.data.normalize import normalize, remove_line_breaks
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
# Reviews of each split that `pretraining_texts` keeps.
PRETRAINING_COUNTS = {"train": 24_877, "unsupervised": 49_239}

LABELS = {"neg": "negative", "pos": "positive", None: None}

_FILES = {"train": "train.jsonl.xz", "test": "test.jsonl.xz", "unsupervised": "unsup.jsonl.xz"}

_ARCHIVE_FOLDERS = {
    "train": ("train/neg", "train/pos"),
    "test": ("test/neg", "test/pos"),
    "unsupervised": ("train/unsup",),
}


def load(split: str, root: str | os.PathLike | None = None) -> list[LabelledText]:
    """Load the reviews of a split in published order: negative first, then by file number.

    Args:
        split: "train", "test", or "unsupervised", whose labels are None.
        root: data folder with imdb/*.jsonl.xz. Default: `$GRU_ZOO_DATA`, else a download (80 MiB).

    Returns:
        25,000 examples, 50,000 for "unsupervised". The labels are "negative" and "positive". Each
        run of HTML line breaks is replaced by one space.

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
    return [LabelledText(remove_line_breaks(text), LABELS[label]) for text, label in rows]


def pretraining_texts(root: str | os.PathLike | None = None) -> list[str]:
    """Texts of "train" and "unsupervised" for language modeling, without the test reviews.

    A review is left out if a test review is equal after `normalize`. An unsupervised review is also
    left out if it repeats an earlier unsupervised one.

    Args:
        root: see `load`.

    Returns:
        24,877 texts of "train", then 49,239 of "unsupervised", see `PRETRAINING_COUNTS`.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: wrong checksum, or wrong number of examples or of texts that are kept.
        OSError: the download failed.
    """
    known = {normalize(example.text) for example in load("test", root)}
    labelled = [e.text for e in load("train", root) if normalize(e.text) not in known]
    unlabelled = []
    for example in load("unsupervised", root):
        key = normalize(example.text)
        if key not in known:
            known.add(key)
            unlabelled.append(example.text)
    for split, texts in (("train", labelled), ("unsupervised", unlabelled)):
        check_count(SOURCE.name, f"{split} to pretrain", len(texts), PRETRAINING_COUNTS[split])
    return labelled + unlabelled


def unlabelled_texts(root: str | os.PathLike | None = None) -> list[str]:
    """Texts of "unsupervised" that are equal, after `normalize`, to none of the labelled splits.

    Args:
        root: see `load`.

    Returns:
        Each text once, in published order.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: wrong checksum, or wrong number of examples.
        OSError: the download failed.
    """
    labelled = {normalize(e.text) for split in ("train", "test") for e in load(split, root)}
    texts = {normalize(e.text): e.text for e in load("unsupervised", root)}
    return [text for key, text in texts.items() if key not in labelled]


def _rows_of_file(path: pathlib.Path) -> list[tuple[str, str | None]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = map(json.loads, file)
        return [(row["text"], row.get("label")) for row in rows]


def _rows_of_archive(path: pathlib.Path, split: str) -> list[tuple[str, str | None]]:
    """Texts and labels of a split, sorted by label and file number.

    Members of the archive are named aclImdb/train/neg/<number>_<rating>.txt; their order there
    means nothing.
    """
    wanted = {f"aclImdb/{folder}" for folder in _ARCHIVE_FOLDERS[split]}
    rows = []
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            folder, _, name = member.name.rpartition("/")
            content = archive.extractfile(member) if folder in wanted else None
            if content is not None:
                label = folder.rpartition("/")[2]
                number = int(name.partition("_")[0])
                rows.append((label, number, content.read().decode("utf-8")))
    rows.sort()
    return [(text, None if label == "unsup" else label) for label, _, text in rows]
