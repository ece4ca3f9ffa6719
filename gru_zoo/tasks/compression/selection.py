"""Selection of the words to keep from the best paths of a text."""

import itertools
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from gru_zoo.tasks.compression.best_paths import BestPaths


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

    Args:
        segments: the best paths of each segment.
        ratio: share of the words of the whole text to keep, from 0 to 1; None for the number with
            the best score in each segment, at least 1.
        bonus: what each kept word adds to a score if there is no ratio.

    Returns:
        For each segment, whether each word is kept, boolean, shape `(words,)`.
    """
    counts = _kept_counts(segments, ratio, bonus)
    return [paths.kept(count) for paths, count in zip(segments, counts, strict=True)]


def _kept_counts(segments: Sequence[BestPaths], ratio: float | None, bonus: float) -> list[int]:
    """Number of words to keep of each segment, see `word_masks`."""
    word_counts = [len(paths.scores) - 1 for paths in segments]
    if ratio is not None:
        # Rounded for the whole text: many segments may have only one or two words.
        kept = [round(ratio * words) for words in (0, *itertools.accumulate(word_counts))]
        return [after - before for before, after in itertools.pairwise(kept)]
    return [
        1 + int(np.argmax(paths.scores[1:] + bonus * np.arange(1, count + 1)))
        for paths, count in zip(segments, word_counts, strict=True)
    ]


def join_masks(masks: Sequence[np.ndarray]) -> np.ndarray:
    """Concatenate the masks of the segments of a text, of which there may be none."""
    return np.concatenate([np.zeros(0, "bool"), *masks])
