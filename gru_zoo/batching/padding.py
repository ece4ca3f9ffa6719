"""Sequences of ids as padded arrays."""

from collections.abc import Iterator, Sequence

import numpy as np

LENGTHS = (16, 32, 64, 128, 256, 512, 1024)


Ids = Sequence[int] | np.ndarray


def pad_batches(
    sequences: Sequence[Ids], batch_size: int, lengths: Sequence[int] = LENGTHS
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches for prediction, in at most `len(lengths) + 1` shapes and the short sequences first.

    Rows of zeros fill the one smaller batch up to a power of two; drop what a model says of them.

    Args:
        sequences: sequences of token ids above 0.
        batch_size: rows of a full batch.
        lengths: as in `BucketedBatches`.

    Yields:
        Indices into `sequences`, shape (n,), and their ids, shape (m, length) with m >= n, whose
        first n rows belong to those indices.
    """
    lengths = check_lengths(lengths)
    batch_size = check_batch_size(batch_size)
    cut = [truncate(ids, lengths[-1]) for ids in sequences]
    if not cut:
        return
    order = np.argsort([len(ids) for ids in cut], kind="stable")
    rest = len(cut) % batch_size
    for rows in np.split(order, np.arange(rest or batch_size, len(cut), batch_size)):
        size = min(batch_size, 1 << (len(rows) - 1).bit_length())
        ids = pad([cut[row] for row in rows], lengths)
        yield rows, np.pad(ids, ((0, size - len(rows)), (0, 0)))


def truncate(ids: Ids, limit: int) -> np.ndarray:
    """At most `limit` ids: the first quarter of the limit, then the end of the sequence.

    A review opens with what it is about and closes with its verdict, so the middle goes.

    Args:
        ids: token ids, shape (length,).
        limit: 1 or more.

    Raises:
        TypeError: `ids` are no whole numbers, or not one sequence.
    """
    ids = np.asarray(ids)
    if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
        raise TypeError(
            f"Expected a sequence of whole-numbered token ids, shape (length,). Received: shape "
            f"{ids.shape} and dtype {ids.dtype}. Encode texts with a tokenizer first."
        )
    ids = ids.astype("int32")
    if len(ids) <= limit:
        return ids
    head = limit // 4
    return np.concatenate([ids[:head], ids[len(ids) - (limit - head) :]])


def pad(sequences: Sequence[Ids], lengths: Sequence[int] = LENGTHS) -> np.ndarray:
    """The ids in one int32 array, padded at the right with 0.

    Returns:
        Shape (sequences, length), for the smallest of `lengths` that holds them all.

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
    """Number of ids of the longest sequence.

    Raises:
        ValueError: it is above the limit.
    """
    longest = max(map(len, sequences), default=0)
    if longest > limit:
        raise ValueError(f"Expected sequences of at most {limit} ids. Received: one of {longest}.")
    return longest


def check_lengths(lengths: Sequence[int]) -> tuple[int, ...]:
    lengths = tuple(lengths)
    if not lengths or lengths[0] < 1 or sorted(set(lengths)) != list(lengths):
        raise ValueError(
            f"Expected lengths of 1 or more in ascending order. Received: lengths={lengths}."
        )
    return lengths


def check_batch_size(batch_size: int) -> int:
    if batch_size < 1:
        raise ValueError(f"Expected a batch size of 1 or more. Received: batch_size={batch_size}.")
    return batch_size
