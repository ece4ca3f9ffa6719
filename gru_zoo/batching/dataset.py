"""Data sets for `keras.Model.fit` whose batches have few shapes and follow from a seed."""

import hashlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo.batching.length_plan import bucket_indices, length_plan
from gru_zoo.batching.padding import (
    DEFAULT_LENGTHS,
    Ids,
    as_ids,
    check_batch_size,
    check_lengths,
    longest_length,
    pad,
)


def digest(arrays: Any) -> str:
    """SHA-256 of the shapes of all arrays and of the values of those with a whole-number dtype.

    Floating-point values are left out: computed ones, such as features of sound, may differ in
    their last bits between versions of a library.

    Args:
        arrays: an array, or a nested structure of arrays.
    """
    result = hashlib.sha256()
    for array in map(np.asarray, keras.tree.flatten(arrays)):
        result.update(f"{array.shape}".encode())
        if array.dtype.kind in "biu":
            result.update(array.astype("int64").tobytes())
    return result.hexdigest()


class SeededDataset(keras.utils.PyDataset):
    """Base of data sets whose batches depend on a seed and the number of the epoch alone.

    A subclass overrides `_plan_epoch` and `_batch`, and sets what they need before it calls
    `super().__init__`, which plans the first epoch.

    Pass `shuffle=False` to `fit`: the data set shuffles by itself, and Keras would shuffle again,
    in a way that a resumed training cannot repeat.

    Args:
        seed: seed of everything that varies from epoch to epoch.
    """

    def __init__(self, seed: int):
        super().__init__()
        self.seed = seed
        self._running, self._served = False, 0
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
        self._plan = self._plan_epoch(np.random.default_rng((self.seed, value)))

    def __len__(self) -> int:
        """Number of batches of an epoch."""
        return len(self._plan)

    def __getitem__(self, index: int) -> tuple:
        """Batch `index` of the current epoch."""
        self._served += 1
        return self._batch(index, self._plan[index])

    def digest(self) -> str:
        """SHA-256 that identifies the examples: the function `digest` of the first batch."""
        return digest(self[0])

    def on_epoch_begin(self) -> None:
        self._running, self._served = True, 0

    def on_epoch_end(self) -> None:
        """Go to the next epoch if every batch of this one was served.

        Keras also calls this before the first epoch of `fit`, when it has read only a batch or two
        to infer their shapes.
        """
        if self._running and self._served >= len(self):
            self.epoch += 1
        self._running = False

    def _plan_epoch(self, random: np.random.Generator) -> list:
        """One entry for each batch of the current epoch: what `_batch` makes it from.

        Args:
            random: generator seeded with the seed and the epoch.
        """
        raise NotImplementedError(f"{type(self).__name__} must override _plan_epoch.")

    def _batch(self, index: int, plan: Any) -> tuple:
        """The batch `index` of the epoch, from its entry of the plan."""
        raise NotImplementedError(f"{type(self).__name__} must override _batch.")


class LengthGroupedDataset(SeededDataset):
    """Base of data sets in which rows of similar length share a batch.

    A subclass overrides `_batch(index, rows)` alone.

    Args:
        buckets, batch_size: see `gru_zoo.batching.length_plan.length_plan`.
        seed: seed of the order.
        shuffle: False keeps the batches the same in every epoch, short sequences first.
    """

    def __init__(
        self,
        buckets: Sequence[np.ndarray],
        batch_size: int | Sequence[int],
        *,
        seed: int = 0,
        shuffle: bool = True,
    ):
        self._buckets, self._batch_size, self._shuffle = buckets, batch_size, shuffle
        super().__init__(seed)

    def _plan_epoch(self, random: np.random.Generator) -> list[np.ndarray]:
        return length_plan(self._buckets, self._batch_size, random if self._shuffle else None)


class BucketedBatches(LengthGroupedDataset):
    """Padded batches for `model.fit` and `model.evaluate` (to predict, see `pad_batches`).

    Sequences of similar length share a batch, which is padded at the right with 0 to the smallest
    of `lengths` that holds them; `ids != 0` is the mask. Every example occurs once an epoch. For
    one input, batches have at most `len(lengths) + 1` shapes: all hold `batch_size` examples but
    one, which holds the remainder.

    Args:
        inputs: list of sequences of token ids above 0, or, for a model with several inputs, a
            tuple of such lists.
        labels: array-like of shape `(examples, ...)`, or None.
        batch_size: examples of a batch, 1 or more.
        seed: seed of the order.
        shuffle: False keeps the batches the same in every epoch, short sequences first.
        lengths: padded lengths, ascending.

    Raises:
        ValueError: there are no examples, inputs and labels differ in number, a sequence is longer
            than the last of `lengths`, or a size or length is out of its range.
        TypeError: a sequence does not consist of whole numbers.

    Example:
        >>> sequences = [[5, 6], [7, 8, 9]]
        >>> batches = BucketedBatches(sequences, batch_size=2, lengths=(4,), shuffle=False)
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
        lengths: Sequence[int] = DEFAULT_LENGTHS,
    ):
        columns = inputs if isinstance(inputs, tuple) else (inputs,)
        self._several = isinstance(inputs, tuple)
        self._lengths = check_lengths(lengths)
        self._inputs = [[as_ids(ids) for ids in column] for column in columns]
        self._labels = None if labels is None else np.asarray(labels)
        _check_counts(self._inputs, self._labels)
        for column in self._inputs:
            longest_length(column, self._lengths[-1])
        buckets = [bucket_indices(column, self._lengths) for column in self._inputs]
        super().__init__(buckets, check_batch_size(batch_size), seed=seed, shuffle=shuffle)

    def digest(self) -> str:
        """SHA-256 of the first batch and of all labels, to three decimals."""
        if self._labels is None:
            return super().digest()
        labels = np.rint(1000 * self._labels.astype("float64")).astype("int64")
        return digest((self[0], labels))

    def _batch(self, index: int, rows: np.ndarray) -> tuple:
        """`(inputs,)` or `(inputs, labels)` of these rows; every input is `(batch, length)`."""
        arrays = tuple(pad([column[row] for row in rows], self._lengths) for column in self._inputs)
        inputs = arrays if self._several else arrays[0]
        return (inputs,) if self._labels is None else (inputs, self._labels[rows])


def _check_counts(inputs: list[list], labels: np.ndarray | None) -> None:
    """Raise ValueError unless all inputs and the labels have the same number of rows, above 0."""
    counts = [len(column) for column in inputs] + ([] if labels is None else [len(labels)])
    if len(set(counts)) != 1 or counts[0] == 0 or not inputs:
        raise ValueError(
            "Expected as many sequences in every input as labels, and at least one. Received: "
            f"{counts[: len(inputs)]} sequences and "
            f"{'no' if labels is None else counts[-1]} labels."
        )
