"""Sets of English texts with a sentiment, from tweets to hotel reviews, stored as JSON lines.

Each is a selection from a published set, without repeats and without texts of other sets' tests.
"""

import os

from gru_zoo.data._json_lines import records
from gru_zoo.data._labelled_sets import SETS
from gru_zoo.data.examples import LabelledText
from gru_zoo.data.source import check_split
from gru_zoo.data.sst import detokenize

LABELS = {
    "neg": "negative",
    "neu": "neutral",
    "nr": "neutral",  # "not relevant": a sentence of a review that is no opinion
    "pos": "positive",
    "anger": "negative",
    "sadness": "negative",
    "joy": "positive",
    "optimism": "positive",
}


_TOKENIZED = ("fdu-mtl-product-reviews", "financial-phrasebank-50agree")


def load(split: str, root: str | os.PathLike | None = None, name: str = "") -> list[LabelledText]:
    """Load the texts of a split in the order of its file.

    The labels are "negative", "neutral" and "positive". Texts with a label that is none of these,
    such as "mixed", are left out. The emotions anger and sadness are negative, joy and optimism
    positive. Texts that are published as tokens become natural text. In cad-imdb and
    contrast-sets-imdb an edited text follows its original.

    Args:
        split: a split of the set, see `SETS`.
        root: data folder with a folder of the set's name. Default: `$GRU_ZOO_DATA`.
        name: name of the set, a key of `SETS`.

    Raises:
        FileNotFoundError: `root` lacks the set, or neither `root` nor `$GRU_ZOO_DATA` is set.
        ValueError: unknown split, wrong checksum, or wrong number of records.
    """
    source, counts = SETS[name]
    check_split(name, split, counts)
    file = f"paired.{split}" if name == "cad-imdb" else split
    clean = detokenize if name in _TOKENIZED else str
    rows = records(source, file, counts[split], root)
    if name == "contrast-sets-imdb":
        rows.sort(key=lambda row: row["pair"])  # stable: the original, then its edit
    return [
        LabelledText(clean(row["text"]), LABELS[row["label"]])
        for row in rows
        if row["label"] in LABELS
    ]
