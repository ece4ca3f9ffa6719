"""What a compression returns."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Compressed:
    """A shorter text and what it is made of.

    Args:
        text: the shorter text.
        words: words and marks of the text that was given, in order.
        kept: for each of them, whether it is kept, boolean, shape `(words,)`.
    """

    text: str
    words: tuple[str, ...]
    kept: np.ndarray
