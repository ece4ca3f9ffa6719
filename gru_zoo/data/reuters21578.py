"""Reuters-21578: newswire articles of 1987 and their headlines."""

import os

from gru_zoo.data._json_lines import records
from gru_zoo.data.examples import SummarizedText
from gru_zoo.data.source import Source, check_split

COUNTS = {"train": 12_865, "test": 5_458}

SOURCE = Source(
    name="reuters21578-headlines",
    homepage="http://www.daviddlewis.com/resources/testcollections/reuters21578/",
    licence=(
        "copyright Reuters Ltd.; free distribution for research purposes only; results must name "
        '"Reuters-21578, Distribution 1.0"'
    ),
    citation="Lewis 1997, Reuters-21578 text categorization test collection, Distribution 1.0",
    files={
        "train.jsonl.xz": "530a32d1e521a65542dce6a52c13211c45dce0f59512084715610b6df9516e87",
        "test.jsonl.xz": "0026d1c9c10ac73c1d687f760fbd558dac0f53127685105c1eeb769e18547834",
    },
    url="http://kdd.ics.uci.edu/databases/reuters21578/reuters21578.tar.gz",
    sha256="",
)


def load(split: str, root: str | os.PathLike | None = None) -> list[SummarizedText]:
    """Load the articles and headlines of a split of the collection (LEWISSPLIT).

    Headlines are in capitals. Documents without a title or a body, or outside both splits, are left
    out.

    Args:
        split: "train" (12,865 articles) or "test" (5,458).
        root: data folder with reuters21578-headlines/. Default: `$GRU_ZOO_DATA`.

    Raises:
        FileNotFoundError: `root` lacks the set, or neither `root` nor `$GRU_ZOO_DATA` is set.
        ValueError: unknown split, wrong checksum, or wrong number of records.
    """
    check_split(SOURCE.name, split, COUNTS)
    return [
        SummarizedText(row["body"], row["title"])
        for row in records(SOURCE, split, COUNTS[split], root)
    ]
