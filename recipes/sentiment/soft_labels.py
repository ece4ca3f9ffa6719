"""Tables of what a teacher says of texts: how probable each of five degrees is."""

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class SoftLabels(NamedTuple):
    """Texts as a teacher grades them.

    Args:
        texts: the texts.
        sets: the data set that each comes from, such as "imdb".
        probabilities: of each degree from the lowest, or of each label, shape `(texts, labels)`.
    """

    texts: list[str]
    sets: list[str]
    probabilities: np.ndarray


def table(taught: SoftLabels, labels: Sequence[str]) -> str:
    """The content of a CSV file with the columns `text`, `set` and one of each label."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["text", "set", *labels])
    rows = zip(*taught, strict=True)
    writer.writerows([text, name, *(f"{p:.4f}" for p in row)] for text, name, row in rows)
    return file.getvalue()


def read(path: str, labels: Sequence[str]) -> SoftLabels:
    """What stands in a file with the content of `table`.

    Two labels are the two sides of the five degrees; the one in the middle counts half for each.

    Args:
        path: the file.
        labels: those of the task, the lowest first.

    Raises:
        SystemExit: there is no such file, or it is another one.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            header, *rows = [*csv.reader(file)] or [[]]
    except OSError as error:
        raise SystemExit(
            f"Expected a file of train_teacher.py. Received: '{path}': {error.strerror}."
        ) from None
    names = header[2:]
    whole = rows and len(names) == 5 and all(len(row) == len(header) for row in rows)
    if not whole or list(labels) not in (names, names[1:4:2]):
        raise SystemExit(
            f"Expected a text, its set and the probabilities of five degrees, of {list(labels)}, "
            f"in every line of '{path}', as train_teacher.py writes them. Received: {len(rows)} "
            f"lines below {header}."
        )
    found = np.array([row[2:] for row in rows], "float32")
    if len(labels) == 2:
        half = found[:, 2] / 2
        found = np.stack([found[:, :2].sum(axis=1) + half, found[:, 3:].sum(axis=1) + half], axis=1)
    found /= found.sum(axis=1, keepdims=True)
    return SoftLabels([row[0] for row in rows], [row[1] for row in rows], found)
