"""Choosing the words to keep."""

import itertools
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from gru_zoo.tasks.compression.best_paths import BestPaths


def check_ratio(ratio: Any) -> None:
    if ratio is not None and not (isinstance(ratio, numbers.Real) and 0 <= float(ratio) <= 1):
        raise ValueError(f"Expected a ratio from 0 to 1. Received: ratio={ratio!r}.")


def masks_of(pieces: Sequence[BestPaths], ratio: float | None, bonus: float) -> list[np.ndarray]:
    """Which words to keep of each piece of a text."""
    counts = _counts(pieces, ratio, bonus)
    return [paths.kept(count) for paths, count in zip(pieces, counts, strict=True)]


def _counts(pieces: Sequence[BestPaths], ratio: float | None, bonus: float) -> list[int]:
    """How many words to keep of each."""
    most = [len(paths.scores) - 1 for paths in pieces]
    if ratio is not None:  # of the text as a whole, whose pieces may be of a word or two
        kept = [round(ratio * words) for words in (0, *itertools.accumulate(most))]
        return [after - before for before, after in itertools.pairwise(kept)]
    return [
        1 + int(np.argmax(paths.scores[1:] + bonus * np.arange(1, count + 1)))
        for paths, count in zip(pieces, most, strict=True)
    ]


def joined(masks: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, "bool"), *masks])
