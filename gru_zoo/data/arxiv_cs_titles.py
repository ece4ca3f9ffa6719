"""Abstracts of computer science papers, their first 120 words, and the papers' titles."""

import os

from gru_zoo.data._json_lines import records
from gru_zoo.data.examples import SummarizedText
from gru_zoo.data.source import Source, check_split

COUNTS = {"train": 68_577, "dev": 1_748, "test": 3_113}

SOURCE = Source(
    name="arxiv-cs-titles",
    homepage="https://info.arxiv.org/help/api/tou.html",
    licence="CC0 1.0 for titles and abstracts; thank arXiv for its open access interoperability",
    citation=(
        "arXiv.org, descriptive metadata of cs.CV, cs.CL and cs.AI announced from March 2025 to "
        "June 2026, as harvested daily by github.com/dw-dengwei/daily-arXiv-ai-enhanced"
    ),
    files={
        "train.jsonl.xz": "47ff280bba3a56071ba39c8db2c8853b67413583132b0884cf85f1f686e68c3f",
        "dev.jsonl.xz": "28403b55a218d53d5cfcceaac6295d02e9a85d751608a9f1139445ef0c651c0a",
        "test.jsonl.xz": "31e756c43fd867ea7165c580e3dbba52f8c598ca6d27ba691f9254ce6424bee6",
    },
    url="https://info.arxiv.org/help/oa/index.html",
    sha256="",
)


def load(split: str, root: str | os.PathLike | None = None) -> list[SummarizedText]:
    """Load the abstracts and titles of a split, ordered by arXiv number.

    A hash of the number decides the split. No title of "dev" or "test", and no abstract nearly
    equal to one of these, is in "train". LaTeX is left as it was submitted.

    Args:
        split: "train" (68,577 papers), "dev" (1,748) or "test" (3,113).
        root: data folder with arxiv-cs-titles/. Default: `$GRU_ZOO_DATA`.

    Returns:
        Abstracts with titles; the origin is the category, such as "cs.CL".

    Raises:
        FileNotFoundError: `root` lacks the set, or neither `root` nor `$GRU_ZOO_DATA` is set.
        ValueError: unknown split, wrong checksum, or wrong number of records.
    """
    check_split(SOURCE.name, split, COUNTS)
    return [
        SummarizedText(row["abstract"], row["title"], row["category"])
        for row in records(SOURCE, split, COUNTS[split], root)
    ]
