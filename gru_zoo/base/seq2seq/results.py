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

    def finished(self, text: str, length_penalty: float) -> "Hypothesis":
        """The result with a finished text, and the confidence that the score means.

        Args:
            text: the finished text.
            length_penalty: that of the score.
        """
        if not self.length:
            return Hypothesis(text, self.score)
        mean = self.score * self.length ** (length_penalty - 1)
        return Hypothesis(text, self.score, float(np.exp(mean)))


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """A generated text and its score.

    Args:
        text: the text.
        score: its log-probability / length ** length_penalty, where the length is the number of
            its sub-words, `EOS` included. Higher is better.
        confidence: geometric mean of the probabilities of its sub-words, from 0 to 1; None where
            nothing was generated, as for an empty text, or one that is kept.
    """

    text: str
    score: float
    confidence: float | None = None


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
