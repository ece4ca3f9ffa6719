"""What a sentiment task returns."""

import dataclasses

import numpy as np

from gru_zoo.base.classifier import Label


@dataclasses.dataclass(frozen=True)
class Explanation:
    """What each word did for the predicted label.

    Args:
        words: the words that the model read, in order.
        contributions: change of the label's log-odds that each word brings, shape `(words,)`:
            above 0 it speaks for the label, below 0 against it.
        label: the predicted label and its probability.
    """

    words: tuple[str, ...]
    contributions: np.ndarray
    label: Label
