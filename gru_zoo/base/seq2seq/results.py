"""What sequence-to-sequence tasks return."""

import dataclasses

import numpy as np

ScoredTexts = tuple[str, float, int]
"""A text, its score and the number of its sub-words, `EOS` counted."""


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """A text that a model wrote, and its score.

    Args:
        text: the text.
        score: log-probability of its sub-words / number of them ** length_penalty.
    """

    text: str
    score: float


@dataclasses.dataclass(frozen=True)
class Alignment:
    """Where the model looked while it wrote each sub-word.

    Args:
        source: sub-words that were read, the mark of the end last.
        target: sub-words that were written, the mark of the end last.
        weights: shape `(target, source)`, rows sum to 1.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: np.ndarray
