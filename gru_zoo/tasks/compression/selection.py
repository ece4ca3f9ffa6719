"""Selection of the words to keep from the best paths of a text."""

import itertools
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from gru_zoo.tasks.compression.best_paths import BestPaths

TOLERANCE = 0.15  # by which the share of the kept words may differ from a ratio


def check_ratio(ratio: Any) -> None:
    """Check a compression ratio.

    Raises:
        ValueError: it is neither None nor a number from 0 to 1.
    """
    if ratio is not None and not (isinstance(ratio, numbers.Real) and 0 <= float(ratio) <= 1):
        raise ValueError(f"Expected a ratio from 0 to 1. Received: ratio={ratio!r}.")


def word_masks(
    segments: Sequence[BestPaths], ratio: float | None, bonus: float
) -> list[np.ndarray]:
    """Select the words to keep of each segment of a text.

    The number of words to keep is the one with the best score, among all from 1 on or among those
    near the ratio. A number that is given exactly can often not be had without cutting a phrase.

    Args:
        segments: the best paths of each segment.
        ratio: share of the words to keep, from 0 to 1, give or take `TOLERANCE`; None for any.
        bonus: what each kept word adds to a score.

    Returns:
        For each segment, whether each word is kept, boolean, shape `(words,)`.
    """
    counts = _kept_counts(segments, ratio, bonus)
    return [paths.kept(count) for paths, count in zip(segments, counts, strict=True)]


def _kept_counts(segments: Sequence[BestPaths], ratio: float | None, bonus: float) -> list[int]:
    """Number of words to keep of each segment, see `word_masks`."""
    word_counts = [len(paths.scores) - 1 for paths in segments]
    if ratio is None:
        allowed = [np.arange(1, count + 1) for count in word_counts]
    else:
        # Rounded for the whole text: many segments may have only one or two words.
        kept = [round(ratio * words) for words in (0, *itertools.accumulate(word_counts))]
        exact = [after - before for before, after in itertools.pairwise(kept)]
        allowed = [
            _near(ratio, count, number) for count, number in zip(word_counts, exact, strict=True)
        ]
    return [
        int(numbers[np.argmax(paths.scores[numbers] + bonus * numbers)])
        for paths, numbers in zip(segments, allowed, strict=True)
    ]


def _near(ratio: float, count: int, exact: int) -> np.ndarray:
    """Numbers of kept words that a ratio allows of `count` words: `exact`, and those near it."""
    numbers = np.arange(count + 1)
    tolerance = min(TOLERANCE, 1 - ratio) if ratio else 0.0
    near = np.abs(numbers - ratio * count) <= tolerance * count
    return numbers[near & (numbers > 0) | (numbers == exact)]


def join_masks(masks: Sequence[np.ndarray]) -> np.ndarray:
    """Concatenate the masks of the segments of a text, of which there may be none."""
    return np.concatenate([np.zeros(0, "bool"), *masks])
