"""Newswire of 1987 and its headlines, those documents of Reuters-21578 that have both."""

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
    """Articles and headlines, which are in capitals, by the collection's own split (LEWISSPLIT).

    Documents without a title or a body are left out, as are those that the split does not use.

    Args:
        split: "train" or "test".
        root: data folder with reuters21578-headlines/. Default: `$GRU_ZOO_DATA`.

    Raises:
        FileNotFoundError: `root` lacks the set, or there is neither `root` nor `$GRU_ZOO_DATA`.
        ValueError: unknown split, wrong checksum, or wrong number of records.
    """
    check_split(SOURCE.name, split, COUNTS)
    return [
        SummarizedText(row["body"], row["title"])
        for row in records(SOURCE, split, COUNTS[split], root)
    ]
