"""Results of summarization."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Copies:
    """Shares of a summary's sub-words that were copied from the text.

    Args:
        source: sub-words of the text, the end mark `</s>` last.
        target: sub-words of the summary, the end mark `</s>` last.
        weights: float64, shape `(target, source)`: the share of the probability of a target
            sub-word that comes from copying each source sub-word. What a row lacks to 1 was
            generated from the vocabulary.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: np.ndarray
