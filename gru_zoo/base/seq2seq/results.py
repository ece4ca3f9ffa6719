"""Results of the sequence-to-sequence tasks."""

import dataclasses
from typing import NamedTuple

import numpy as np


class ScoredText(NamedTuple):
    """A text that a search found.

    Args:
        text: the text.
        score: its log-probability / length ** length_penalty.
        length: number of its sub-words, `EOS` included.
    """

    text: str
    score: float
    length: int


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """A generated text and its score.

    Args:
        text: the text.
        score: its log-probability / length ** length_penalty, where the length is the number of
            its sub-words, `EOS` included. Higher is better.
    """

    text: str
    score: float


@dataclasses.dataclass(frozen=True)
class Alignment:
    """Attention weights between the sub-words of a source and those of a target.

    Args:
        source: sub-words of the source, the end mark `</s>` last.
        target: sub-words of the target, the end mark `</s>` last.
        weights: attention of each target sub-word to the source, float32, shape `(target,
            source)`. Each row sums to 1.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: np.ndarray
