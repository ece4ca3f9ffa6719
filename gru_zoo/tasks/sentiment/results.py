"""What `sentiment` returns besides labels."""

import dataclasses

import numpy as np

from gru_zoo.base.labels import Label


@dataclasses.dataclass(frozen=True)
class Explanation:
    """Contribution of each word to the predicted label.

    Args:
        words: the words that the model read, in order.
        contributions: difference that each word makes to the log-odds of the label, shape
            `(words,)`: above 0 for the label, below 0 against it.
        label: the predicted label and its probability.
    """

    words: tuple[str, ...]
    contributions: np.ndarray
    label: Label
