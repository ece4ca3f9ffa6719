"""What a summarization returns."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Copies:
    """What of a summary was copied, and from where.

    Args:
        source: sub-words that were read, the mark of the end last.
        target: sub-words that were written, the mark of the end last.
        weights: shape `(target, source)`: the share of a written sub-word's probability that is
            owed to a place of the source. What a row lacks to 1 was written without copying.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: np.ndarray
