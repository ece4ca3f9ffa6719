"""Which examples are held out."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np


def split(count: int, share: float, seed: int, what: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows to train on and rows held out, drawn at random.

    Args:
        count: number of examples.
        share: of the examples to hold out, above 0 and below 1; at least one is.
        seed: of the draw.
        what: what the examples are called in the error, such as "texts".

    Raises:
        ValueError: if one side would be empty.
    """
    held_out = max(1, round(count * share))
    if not (0 < share < 1 and held_out < count):
        raise ValueError(
            f"Expected validation to leave {what} on both sides. Received: validation={share} of "
            f"{count} {what}. Give a share between 0 and 1 of two {what} or more, or separate "
            f"{what} to validate with."
        )
    order = np.random.default_rng(seed).permutation(count)
    return order[held_out:], order[:held_out]


def split_pairs(
    pairs: tuple[Sequence, Sequence], validation: Any, seed: int, what: str
) -> tuple[tuple, tuple]:
    """Pairs to train on and pairs held out, each as firsts and seconds.

    Args:
        pairs: firsts and as many seconds.
        validation: share of them to hold out, or pairs of its own, which are taken as they are.
        seed: of the draw.
        what: what a pair is called in the error, such as "texts and labels".

    Raises:
        TypeError: see `is_share`.
        ValueError: see `split`.
    """
    if not is_share(validation, what):
        return pairs, tuple(validation)
    train, held_out = (
        tuple([column[i] for i in rows] for column in pairs)
        for rows in split(len(pairs[0]), validation, seed, "pairs")
    )
    return train, held_out


def is_share(validation: Any, pair: str = "") -> bool:
    """Whether `validation` is a share of the examples, and not examples of its own.

    Args:
        validation: as it was given to `fit`.
        pair: what a pair of its own examples has, such as "texts and labels"; "" where they are
            no pair.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(validation, numbers.Real):
        return True
    sized = hasattr(validation, "__len__") and not isinstance(validation, str)
    if not sized or (pair and len(validation) != 2):
        examples = f"a pair of {pair}" if pair else "examples"
        raise TypeError(
            f"Expected validation as a share of the examples, such as 0.1, or {examples}. "
            f"Received: validation={validation!r:.80}."
        )
    return False
