"""Batches of movements, varied anew in every epoch."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.batching.dataset import LengthGroupedDataset, digest
from gru_zoo.batching.length_plan import bucket_indices
from gru_zoo.batching.padding import check_batch_size
from gru_zoo.tasks.action_recognition.augmentation import Augmentation
from gru_zoo.tasks.action_recognition.processor import (
    LENGTHS,
    ActionRecognitionProcessor,
    Movement,
    padded_lengths,
)


class MovementBatches(LengthGroupedDataset):
    """Batches of features, masks and targets; in training, shuffled and varied in every epoch.

    A batch is `(arrays, targets)`, with arrays as `ActionRecognitionProcessor.batch` returns them
    and targets, float32, shape `(batch, classes)`. Movements of similar length share a batch, so
    that its padding depends on their own lengths alone; a variation that gets longer is cut.

    Args:
        movements: the movements.
        targets: float32, shape `(movements, classes)`.
        processor: processor of the model.
        batch_size: movements of a batch, 1 or more.
        seed: seed of the order and of the variation.
        augmentation: how movements are varied; None keeps them and their order.
        mirrored: index of the class that the mirrored movement of each class has; None for the
            same class.
        views: outputs of the model for a movement; above 1 the targets have the shape
            `(batch, views, classes)`.
    """

    def __init__(
        self,
        movements: Sequence[Movement],
        targets: np.ndarray,
        *,
        processor: ActionRecognitionProcessor,
        batch_size: int,
        seed: int = 0,
        augmentation: Augmentation | None = None,
        mirrored: Sequence[int] | None = None,
        views: int = 1,
    ):
        self.movements, self.targets, self.processor = movements, targets, processor
        self.augmentation, self.views = augmentation, views
        self.mirrored = range(targets.shape[1]) if mirrored is None else mirrored
        streams = [stream for stream in zip(*movements, strict=True) if any(map(len, stream))]
        super().__init__(
            [bucket_indices(stream, LENGTHS) for stream in streams],
            check_batch_size(batch_size),
            seed=seed,
            shuffle=augmentation is not None,
        )

    def digest(self) -> str:
        """SHA-256 of the labels, in their order, and of the lengths of all movements."""
        lengths = np.array([[len(part) for part in movement] for movement in self.movements])
        return digest((self.targets.argmax(axis=1), lengths))

    def _batch(self, index: int, rows: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        movements, targets = [self.movements[row] for row in rows], self.targets[rows]
        lengths = padded_lengths(movements)
        if self.augmentation is not None:
            random = np.random.default_rng((self.seed, self.epoch, index))
            varied = [
                self.augmentation(movement, random, self.processor.vectors)
                for movement in movements
            ]
            movements = [
                Movement(m.points[: lengths[0]], m.signals[: lengths[1]]) for m, _ in varied
            ]
            turned = np.array([mirrored for _, mirrored in varied])
            targets = np.where(turned[:, None], targets[:, list(self.mirrored)], targets)
            smoothing = self.augmentation.smoothing
            targets = targets * (1 - smoothing) + np.float32(smoothing / targets.shape[1])
        if self.views > 1:
            targets = np.repeat(targets[:, None], self.views, axis=1)
        return tuple(self.processor.batch(movements, lengths)), targets
