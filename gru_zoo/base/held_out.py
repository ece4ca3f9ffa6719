"""What can be wrong with the examples that are held out of a training."""

import warnings
from collections.abc import Sequence, Set
from typing import Any

import numpy as np

from gru_zoo.training.validation import warn_of_repeats


def warn_of_examples(
    needed: Set[str],
    labels: Sequence[str],
    train: np.ndarray,
    held_out: np.ndarray,
    arrays: Any,
    kind: str,
) -> None:
    """Warn of labels that training does not see, and of examples on both sides of a split.

    Args:
        needed: labels that should have examples to train on.
        labels: label of each example.
        train: rows of the examples to train on.
        held_out: rows of the examples that are held out.
        arrays: each example, an array or a tuple of arrays.
        kind: what an example is, such as "text".
    """
    unseen = sorted(needed - {labels[row] for row in train})
    if unseen:
        warnings.warn(
            f"No {kind} to train on has one of the labels {unseen[:5]}: the model will not "
            "predict them. Give two examples or more of each.",
            stacklevel=4,
        )

    def content(row: int) -> bytes:
        parts = arrays[row] if isinstance(arrays[row], tuple) else (arrays[row],)
        return b"|".join(np.asarray(part).tobytes() for part in parts)

    warn_of_repeats(map(content, train), list(map(content, held_out)), kind, stacklevel=4)
