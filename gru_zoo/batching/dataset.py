"""Batches of sequences of many lengths in a few fixed shapes, so that models compile rarely."""

import hashlib
import itertools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo.batching.padding import LENGTHS, Ids, check_batch_size, check_lengths, pad, truncate


def digest(arrays: Any) -> str:
    """SHA-256 of those arrays that hold whole numbers alone.

    Others, such as sound, may differ in their last bits between versions of a library.
    """
    result = hashlib.sha256()
    for array in map(np.asarray, keras.tree.flatten(arrays)):
        if np.issubdtype(array.dtype, np.integer) or (array == np.rint(array)).all():
            result.update(f"{array.shape}".encode())
            result.update(array.astype("int64").tobytes())
    return result.hexdigest()


class SeededDataset(keras.utils.PyDataset):
    """Batches that follow from a seed and the number of the epoch alone.

    Pass `shuffle=False` to `fit`: the order is settled here, and Keras would shuffle again, in a
    way that a resumed training cannot repeat.

    Args:
        seed: of what varies from epoch to epoch.
    """

    def __init__(self, seed: int):
        super().__init__()
        self.seed = seed
        self._running, self._shown = False, 0
        self.epoch = 0

    @property
    def epoch(self) -> int:
        """Index of the current epoch, from 0. It counts up when `fit` or `evaluate` ends one.

        Set it to the `initial_epoch` of `fit` to resume a training.
        """
        return self._epoch

    @epoch.setter
    def epoch(self, value: int) -> None:
        self._epoch = value
        self._plan = self._batches_of_epoch()

    def __len__(self) -> int:
        """Number of batches an epoch."""
        return len(self._plan)

    def __getitem__(self, index: int) -> tuple:
        """Batch `index`."""
        self._shown += 1
        return self._batch(self._plan[index])

    def digest(self) -> str:
        """SHA-256 of the first batch, see `digest`, to tell a training's examples from others."""
        return digest(self[0])

    def on_epoch_begin(self) -> None:
        self._running, self._shown = True, 0

    def on_epoch_end(self) -> None:
        """Go to the next epoch, if this one was seen to its end.

        Keras also calls this before the first epoch of `fit`, when it has only looked at a batch.
        """
        if self._running and self._shown >= len(self):
            self.epoch += 1
        self._running = False

    def _batches_of_epoch(self) -> list:
        """What `_batch` makes each batch of the current epoch from."""
        raise NotImplementedError

    def _batch(self, plan) -> tuple:
        raise NotImplementedError


class BucketedBatches(SeededDataset):
    """Padded batches for `model.fit` and `model.evaluate` (to predict, see `pad_batches`).

    Sequences of similar length share a batch, which is padded at the right with 0 to the smallest
    of `lengths` that holds them; `ids != 0` is the mask. Every example occurs once an epoch. For
    one input, batches have at most `len(lengths) + 1` shapes: all hold `batch_size` examples but
    one, which holds the rest.

    Args:
        inputs: list of sequences of token ids above 0, or, for a model with several inputs, a
            tuple of such lists.
        labels: array-like of shape (examples, ...), or None.
        batch_size: examples a batch, 1 or more.
        seed: seed of the order.
        shuffle: False keeps the batches the same in every epoch, short sequences first.
        lengths: padded lengths, ascending. Longer sequences are cut by `truncate`.

    Raises:
        ValueError: no examples, inputs and labels of different number, or a bad size or length.
        TypeError: a sequence is not one of whole numbers.

    Example:
        >>> batches = Batches([[5, 6], [7, 8, 9]], batch_size=2, lengths=(4,), shuffle=False)
        >>> (ids,) = batches[0]
        >>> ids
        array([[5, 6, 0, 0],
               [7, 8, 9, 0]], dtype=int32)
    """

    def __init__(
        self,
        inputs: list[Ids] | tuple[list[Ids], ...],
        labels: Any = None,
        *,
        batch_size: int,
        seed: int = 0,
        shuffle: bool = True,
        lengths: Sequence[int] = LENGTHS,
    ):
        columns = inputs if isinstance(inputs, tuple) else (inputs,)
        self._several = isinstance(inputs, tuple)
        self._lengths = check_lengths(lengths)
        limit = self._lengths[-1]
        self._inputs = [[truncate(ids, limit) for ids in column] for column in columns]
        self._labels = None if labels is None else np.asarray(labels)
        self._batch_size = check_batch_size(batch_size)
        self._shuffle = shuffle
        self._examples = _check_same_length(self._inputs, self._labels)
        self._buckets = [_bucket_indices(column, self._lengths) for column in self._inputs]
        super().__init__(seed)

    def _batch(self, rows: np.ndarray) -> tuple:
        """The batch of these examples: (inputs,) or (inputs, labels); inputs `(batch, length)`."""
        arrays = tuple(pad([column[row] for row in rows], self._lengths) for column in self._inputs)
        inputs = arrays if self._several else arrays[0]
        return (inputs,) if self._labels is None else (inputs, self._labels[rows])

    def _batches_of_epoch(self) -> list[np.ndarray]:
        """Rows of each batch: a shuffled order, sorted by bucket and cut, the rest first."""
        order = np.arange(self._examples)
        random = np.random.default_rng((self.seed, self._epoch))
        if self._shuffle:
            random.shuffle(order)
        order = order[np.lexsort([bucket[order] for bucket in reversed(self._buckets)])]
        rest = self._examples % self._batch_size
        cuts = np.arange(rest or self._batch_size, self._examples, self._batch_size)
        plan = np.split(order, cuts)
        if self._shuffle:
            plan = [plan[i] for i in random.permutation(len(plan))]
        return self._with_two_lengths_first(plan)

    def _with_two_lengths_first(self, plan: list[np.ndarray]) -> list[np.ndarray]:
        """The plan, with two batches of different length moved to the front.

        On TensorFlow, Keras looks at the first two batches of a training to tell which axes vary,
        and fails on a later batch that differs where those two agree.
        """
        first_of_shape: dict[tuple[int, ...], int] = {}
        for index, rows in enumerate(plan):
            shape = tuple(int(bucket[rows].max()) for bucket in self._buckets)
            first_of_shape.setdefault(shape, index)
        varies = [len(set(sizes)) > 1 for sizes in zip(*first_of_shape, strict=True)]
        for a, b in itertools.combinations(first_of_shape, 2):
            if all(x != y for x, y, vary in zip(a, b, varies, strict=True) if vary):
                front = [first_of_shape[a], first_of_shape[b]]
                others = [rows for i, rows in enumerate(plan) if i not in front]
                return [plan[i] for i in front] + others
        return plan


def _bucket_indices(column: list[np.ndarray], lengths: Sequence[int]) -> np.ndarray:
    return np.searchsorted(lengths, [len(ids) for ids in column])


def _check_same_length(inputs: list[list], labels: np.ndarray | None) -> int:
    counts = [len(column) for column in inputs] + ([] if labels is None else [len(labels)])
    if len(set(counts)) != 1 or counts[0] == 0 or not inputs:
        raise ValueError(
            "Expected as many sequences in every input as labels, and at least one. Received: "
            f"{counts[: len(inputs)]} sequences and "
            f"{'no' if labels is None else counts[-1]} labels."
        )
    return counts[0]
