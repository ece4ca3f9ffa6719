"""Google's sentence compression: news sentences, and the same shortened by leaving out words.

The 10,000 pairs are those of the evaluation file; the full set has 200,000 more.
"""

import gzip
import json
import os
import pathlib

from gru_zoo.data.examples import SummarizedText
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="google-sentence-compression-10k",
    homepage="https://github.com/google-research-datasets/sentence-compression",
    licence='none stated; provided "AS IS"; the sentences belong to news sites',
    citation=(
        "Filippova & Altun 2013, Overcoming the Lack of Parallel Data in Sentence Compression, "
        "EMNLP"
    ),
    files={
        "train.tsv.gz": "c5d3437be2475261739573d82a0347b0afc7c89bfc26c256cd5a7b999842625a",
        "dev.tsv.gz": "5a5fee46aef9145bcf4453a3db1240145771a033f3ee6690973c0d2e338ade73",
        "test.tsv.gz": "76ffcbcb4865454968b12f8d806588004be998aeae6d7fc38be8ab72269aad91",
    },
    url=(
        "https://github.com/google-research-datasets/sentence-compression/raw/master/data/"
        "comp-data.eval.json.gz"
    ),
    sha256="",  # not known; the number of pairs is checked
)
# The split that the literature uses.
ROWS = {"test": slice(1_000), "dev": slice(1_000, 2_000), "train": slice(2_000, None)}
COUNTS = {"train": 8_000, "dev": 1_000, "test": 1_000}


def load(split: str, root: str | os.PathLike | None = None) -> list[SummarizedText]:
    """Load the sentences of a split in published order, with their compressions.

    Args:
        split: "test" (the first 1,000 pairs), "dev" (the next 1,000) or "train" (8,000).
        root: data folder with google-sentence-compression-10k/*.tsv.gz. Default: `$GRU_ZOO_DATA`,
            else a download.

    Returns:
        Natural text, in which the quotation marks `` and '' are replaced by ".

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of pairs.
        OSError: the download failed.
    """
    check_split(SOURCE.name, split, COUNTS)
    folder = SOURCE.folder(root)
    if folder is not None:
        rows = _rows_of_file(SOURCE.local_file(folder, f"{split}.tsv.gz"))
    else:
        rows = _rows_of_records(SOURCE.download())
        check_count(SOURCE.name, "all", len(rows), sum(COUNTS.values()))
        rows = rows[ROWS[split]]
    check_count(SOURCE.name, split, len(rows), COUNTS[split])
    return [SummarizedText(_plain(text), _plain(shorter)) for text, shorter in rows]


def _rows_of_file(path: pathlib.Path) -> list[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        lines = file.read().rstrip("\n").split("\n")
    return [(text, shorter) for text, shorter in (line.split("\t") for line in lines)]


def _rows_of_records(path: pathlib.Path) -> list[tuple[str, str]]:
    """Read the published file, whose JSON objects of many lines are not separated by commas."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        text = file.read()
    decoder, rows, position = json.JSONDecoder(), [], 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        record, position = decoder.raw_decode(text, position)
        rows.append((record["graph"]["sentence"], record["compression"]["text"]))
    return rows


def _plain(text: str) -> str:
    return text.replace("``", '"').replace("''", '"')
