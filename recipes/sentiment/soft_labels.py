"""Soft labels: the probabilities that a teacher gives to the five degrees of a text."""

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class SoftLabels(NamedTuple):
    """Texts with a teacher's probabilities.

    Args:
        texts: the texts.
        sets: the data set that each text comes from, such as "imdb".
        probabilities: probability of each label, float32, shape `(texts, labels)`.
    """

    texts: list[str]
    sets: list[str]
    probabilities: np.ndarray


def table(soft_labels: SoftLabels, labels: Sequence[str]) -> str:
    """The content of a CSV file with the columns `text` and `set` and one column a label."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["text", "set", *labels])
    rows = zip(*soft_labels, strict=True)
    writer.writerows([text, name, *(f"{p:.4f}" for p in row)] for text, name, row in rows)
    return file.getvalue()


def read(path: str, labels: Sequence[str]) -> SoftLabels:
    """Read a file with the content of `table`.

    For a task of fewer labels the degrees of each side are summed. If it has no neutral label,
    half of the middle degree is added to each side.

    Args:
        path: the file.
        labels: labels of the task, the lowest first: the five of the file, or two or three of them.

    Raises:
        SystemExit: there is no such file, or it does not hold soft labels of these labels.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            header, *rows = [*csv.reader(file)] or [[]]
    except OSError as error:
        raise SystemExit(
            f"Expected a file that train_teacher.py wrote. Received: '{path}': {error.strerror}."
        ) from None
    names = header[2:]
    complete = rows and len(names) == 5 and all(len(row) == len(header) for row in rows)
    if not complete or list(labels) not in (names, names[1:4], names[1:4:2]):
        raise SystemExit(
            f"Expected a text, its set and the probabilities of five degrees, {list(labels)} among "
            f"them, in every line of '{path}', as train_teacher.py writes them. Received: "
            f"{len(rows)} lines below {header}."
        )
    probabilities = np.array([row[2:] for row in rows], "float32")
    if len(labels) < 5:
        low, high = probabilities[:, :2].sum(axis=1), probabilities[:, 3:].sum(axis=1)
        middle = probabilities[:, 2]
        sides = (low + middle / 2, high + middle / 2)
        probabilities = np.stack(sides if len(labels) == 2 else (low, middle, high), axis=1)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return SoftLabels([row[0] for row in rows], [row[1] for row in rows], probabilities)


def join(parts: Sequence[SoftLabels]) -> SoftLabels:
    """Several tables of the same labels as one."""
    texts, sets, probabilities = zip(*parts, strict=True)
    return SoftLabels(sum(texts, []), sum(sets, []), np.concatenate(probabilities))
