"""Read the pairs of a sentence and its compression."""

import pathlib

from gru_zoo import data
from recipes.compression.settings import DATA

ROOT = pathlib.Path(__file__).resolve().parents[2]

Pairs = tuple[list[str], list[str]]


def smoke_examples() -> Pairs:
    """A few pairs from the tests' fixtures."""
    lines = (ROOT / "tests" / "fixtures" / "shorter.tsv").read_text(encoding="utf-8").splitlines()
    texts, shorter = zip(*(line.split("\t") for line in lines), strict=True)
    return list(texts), list(shorter)


def examples(root: str | None) -> tuple[Pairs, Pairs]:
    """Training pairs and validation pairs."""
    splits = (data.load(DATA, split, root) for split in ("train", "dev"))
    train, held_out = (([e.text for e in s], [e.summary for e in s]) for s in splits)
    return train, held_out
