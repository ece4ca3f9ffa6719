"""Result of compression."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Compressed:
    """A compressed text and the words that it keeps.

    Args:
        text: the compressed text.
        words: words and punctuation marks of the original text, in order.
        kept: for each of them, whether it is kept, boolean, shape `(words,)`.
    """

    text: str
    words: tuple[str, ...]
    kept: np.ndarray
