"""The file in which distil.py stores the translations of several teachers."""

import pathlib
from collections.abc import Sequence

from gru_zoo.files import write_atomically

N_BEST = 5  # hypotheses of the teachers, of which the nearest to the reference is stored


def write_rows(path: pathlib.Path, rows: Sequence[tuple[str, str, str]]) -> None:
    """Write a line of three columns, separated by tabs, for each source sentence.

    Args:
        path: the file.
        rows: source, best translation, and nearest one to the reference.
    """
    # A tab inside a text would separate columns.
    lines = ["\t".join(" ".join(text.split()) for text in row) for row in rows]
    write_atomically(path, "\n".join(lines) + "\n")


def read_pairs(path: str, known: set[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Sources and targets of a file that `write_rows` wrote, each pair once.

    Args:
        path: the file.
        known: pairs that are left out.

    Raises:
        SystemExit: a line has not three columns.
    """
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    if not rows or any(len(row) != 3 for row in rows):
        raise SystemExit(
            f"Expected lines of three columns in '{path}', as distil.py writes them. Received: "
            f"{len(rows)} lines with {sorted({len(row) for row in rows})} columns."
        )
    pairs = dict.fromkeys((source, text) for source, *texts in rows for text in texts)
    fresh = [pair for pair in pairs if pair not in known]
    return [source for source, _ in fresh], [target for _, target in fresh]
