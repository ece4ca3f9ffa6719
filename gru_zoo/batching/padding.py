"""Sequences of token ids as padded arrays of a few fixed lengths."""

from collections.abc import Iterator, Sequence

import numpy as np

# Each is twice the one before: padding stays below half, and models compile for few shapes.
DEFAULT_LENGTHS = (16, 32, 64, 128, 256, 512, 1024)

Ids = Sequence[int] | np.ndarray


def pad_batches(
    sequences: Sequence[Ids], batch_size: int, lengths: Sequence[int] = DEFAULT_LENGTHS
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Padded batches for prediction, in at most `len(lengths) + 1` shapes, short sequences first.

    One batch holds fewer sequences than `batch_size`. Rows of zeros fill it up to a power of two;
    drop the model's outputs for them.

    Args:
        sequences: sequences of token ids above 0.
        batch_size: rows of a full batch, 1 or more.
        lengths: padded lengths, ascending.

    Yields:
        Indices into `sequences`, shape `(n,)`, and their ids, int32, shape `(m, length)` with
        m >= n, whose first n rows belong to those indices.

    Raises:
        ValueError: a sequence is longer than the last of `lengths`, or a size or length is out of
            its range.
        TypeError: a sequence does not consist of whole numbers.
    """
    lengths = check_lengths(lengths)
    batch_size = check_batch_size(batch_size)
    sequences = [as_ids(ids) for ids in sequences]
    longest_length(sequences, lengths[-1])
    if not sequences:
        return
    order = np.argsort([len(ids) for ids in sequences], kind="stable")
    remainder = len(order) % batch_size
    for rows in np.split(order, np.arange(remainder or batch_size, len(order), batch_size)):
        size = min(batch_size, 1 << (len(rows) - 1).bit_length())
        ids = pad([sequences[row] for row in rows], lengths)
        yield rows, np.pad(ids, ((0, size - len(rows)), (0, 0)))


def pad(sequences: Sequence[Ids], lengths: Sequence[int] = DEFAULT_LENGTHS) -> np.ndarray:
    """Sequences of token ids in one int32 array, padded at the right with 0.

    Args:
        sequences: sequences of token ids above 0.
        lengths: padded lengths, ascending.

    Returns:
        Shape `(sequences, length)`, for the smallest of `lengths` that holds them all.

    Raises:
        ValueError: a sequence is longer than the last of `lengths`.
    """
    longest = longest_length(sequences, lengths[-1])
    length = lengths[int(np.searchsorted(lengths, longest))]
    padded = np.zeros((len(sequences), length), "int32")
    for row, ids in zip(padded, sequences, strict=True):
        row[: len(ids)] = ids
    return padded


def longest_length(sequences: Sequence[Ids], limit: int) -> int:
    """Length of the longest sequence, 0 of none; raises if it exceeds `limit`.

    Raises:
        ValueError: a sequence has more than `limit` ids.
    """
    longest = max(map(len, sequences), default=0)
    if longest > limit:
        raise ValueError(
            f"Expected sequences of at most {limit} ids. Received: one of {longest}. Leave it out, "
            "cut it, or pad to longer lengths."
        )
    return longest


def as_ids(ids: Ids) -> np.ndarray:
    """Token ids as an int32 array, shape `(length,)`.

    Raises:
        TypeError: `ids` is not one sequence of whole numbers.
    """
    ids = np.asarray(ids)
    if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
        raise TypeError(
            f"Expected a sequence of whole-numbered token ids, shape (length,). Received: shape "
            f"{ids.shape} and dtype {ids.dtype}. Encode texts with a tokenizer first."
        )
    return ids.astype("int32")


def check_lengths(lengths: Sequence[int]) -> tuple[int, ...]:
    """The padded lengths as a tuple; raises ValueError unless they ascend from 1 or more."""
    lengths = tuple(lengths)
    if not lengths or lengths[0] < 1 or sorted(set(lengths)) != list(lengths):
        raise ValueError(
            f"Expected lengths of 1 or more in ascending order. Received: lengths={lengths}."
        )
    return lengths


def check_batch_size(batch_size: int) -> int:
    """The batch size; raises ValueError unless it is 1 or more."""
    if batch_size < 1:
        raise ValueError(f"Expected a batch size of 1 or more. Received: batch_size={batch_size}.")
    return batch_size
