"""Which examples are held out to validate on."""

import numbers
import warnings
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np


def split(count: int, share: float, seed: int, what: str) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers to train on and row numbers to hold out, drawn at random.

    Args:
        count: number of examples.
        share: share of the examples to hold out, above 0 and below 1; at least one is held out.
        seed: seed of the draw.
        what: name of the examples in the error message, such as "texts".

    Raises:
        ValueError: one side would be empty.
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


def stratified_split(
    labels: Sequence[Any], share: float, seed: int, what: str
) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers as `split` draws them, with the same share of the examples of every label.

    A label with a few examples keeps at least as many to train on as it has held out, unless
    `share` is above a half.

    Args:
        labels: label of each example.
        share: see `split`.
        seed: see `split`.
        what: see `split`.

    Raises:
        ValueError: one side would be empty.
    """
    train, held_out = split(len(labels), share, seed, what)
    order = np.concatenate([held_out, train])
    _, classes = np.unique(np.asarray(labels)[order], return_inverse=True)
    counts = np.bincount(classes)
    ranks = np.zeros(len(order))  # of each example among those of its label
    for label in range(len(counts)):
        ranks[classes == label] = np.arange(counts[label])
    # The examples of each label are spread evenly from 0 to 1, and the lowest are held out.
    order = order[np.argsort((ranks + 0.5) / counts[classes], kind="stable")]
    return order[len(held_out) :], order[: len(held_out)]


def split_pairs(
    pairs: tuple[Sequence, Sequence], validation: Any, seed: int, what: str
) -> tuple[tuple, tuple]:
    """Pairs to train on and pairs held out, each as two sequences of equal length.

    Args:
        pairs: the first members of the pairs, and as many second members.
        validation: share of the pairs to hold out, or separate pairs to validate on.
        seed: seed of the draw.
        what: name of the two members in the error message, such as "texts and labels".

    Raises:
        TypeError: see `is_share`.
        ValueError: see `split`.

    Warns:
        UserWarning: a share is held out, and first members of it are also trained on.
    """
    if not is_share(validation, what):
        return pairs, tuple(validation)
    train, held_out = (
        tuple([column[i] for i in rows] for column in pairs)
        for rows in split(len(pairs[0]), validation, seed, "pairs")
    )
    warn_of_repeats(train[0], held_out[0], "text", stacklevel=4)
    return train, held_out


def warn_of_repeats(
    train: Iterable[Hashable], held_out: Sequence[Hashable], kind: str, stacklevel: int
) -> None:
    """Warn of examples on both sides of a split.

    Args:
        train: the examples to train on.
        held_out: the examples that are held out.
        kind: what an example is, such as "text".
        stacklevel: how many calls above this one the warning points to, see `warnings.warn`.
    """
    seen = set(train)
    repeated = sum(example in seen for example in held_out)
    if repeated:
        warnings.warn(
            f"{repeated} of the {len(held_out)} {kind}s held out to validate on are also "
            "trained on, so the validation is too good. Remove repeats.",
            stacklevel=stacklevel + 1,
        )


def is_share(validation: Any, pair: str = "") -> bool:
    """Whether `validation` is a share of the examples; False if it is separate examples.

    Args:
        validation: the argument of a task's `fit`.
        pair: names of the two members if separate examples come as a pair, such as "texts and
            labels"; "" if they do not.

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
