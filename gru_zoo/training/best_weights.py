"""Which epochs of a training are best, and the weights they ended with."""

from collections.abc import Sequence
from typing import NamedTuple

import keras
import numpy as np


class Snapshot(NamedTuple):
    """Weights of a model at the end of an epoch.

    Args:
        value: the monitored quantity of the epoch.
        file: name of the weights file.
        weights: as `model.get_weights()` returned them.
    """

    value: float
    file: str
    weights: list[np.ndarray]


class BestWeights:
    """Snapshots of the best epochs, the best first; of equal ones the earlier is better.

    Args:
        count: number of epochs to keep, 1 or more.
        mode: "min" or "max", which values are best.
    """

    def __init__(self, count: int, mode: str):
        self.count, self.mode = count, mode
        self.snapshots: list[Snapshot] = []

    def offer(self, value: float, file: str, model: keras.Model) -> None:
        """Keep the present weights of a model if they are among the best."""
        full = len(self.snapshots) == self.count
        if full and not _better(value, self.snapshots[-1].value, self.mode):
            return
        self.snapshots.append(Snapshot(value, file, model.get_weights()))
        self.snapshots.sort(key=lambda x: x.value, reverse=self.mode == "max")
        self.snapshots = self.snapshots[: self.count]

    def restore(self, model: keras.Model) -> None:
        """Give the model the mean of the weights kept; without any, leave it as it is."""
        if self.snapshots:
            arrays = zip(*(snapshot.weights for snapshot in self.snapshots), strict=True)
            model.set_weights([np.mean(same, axis=0, dtype=same[0].dtype) for same in arrays])


def out_of_patience(values: Sequence[float], patience: int | None, mode: str) -> bool:
    """Whether the last `patience` epochs brought nothing better than an epoch before them.

    Args:
        values: the monitored quantity of each epoch so far.
        patience: in epochs; None is never exhausted.
        mode: "min" or "max", which values are best.
    """
    if patience is None or not values:
        return False
    best = max(values) if mode == "max" else min(values)
    return len(values) - 1 - list(values).index(best) >= patience


def _better(value: float, other: float, mode: str) -> bool:
    return value > other if mode == "max" else value < other
