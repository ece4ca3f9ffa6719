"""Batches of clips, augmented anew in every epoch."""

from collections.abc import Callable

import numpy as np

from gru_zoo.audio.augmentation import Augmentation, pink_noise
from gru_zoo.batching.dataset import SeededDataset, digest
from gru_zoo.batching.padding import check_batch_size

# Batch sizes of prediction: two, so that backends compile two shapes. A batch of two takes little
# longer than one of one, since most of the time of a small batch goes into calling the layers.
PAIR, GROUP = 2, 16


class ClipBatches(SeededDataset):
    """Batches of waveforms and targets; in training, shuffled and augmented anew in every epoch.

    A batch is `(waves, targets)`: float32 of shapes `(batch, samples)`, from -1 to 1, and
    `(batch, classes)`.

    Args:
        waves: clips, int16, shape `(clips, samples)`.
        targets: float32, shape `(clips, classes)`.
        batch_size: clips of a batch, 1 or more.
        seed: seed of the order and of the augmentation.
        augmentation: how clips are varied; None keeps the clips and their order.
        rate: samples per second.
        noise: recordings of noise, joined, float32, shape `(samples,)`; None makes pink noise.
        silence: index of the class of clips without speech. Every training batch then gets
            additional clips of noise alone, as many as a class has on average. None for no such
            class.
        unknown: index of the class of other words. Every training batch then gets as many clips
            played backwards: speech that is no word. None for no such class.
        max_per_class: maximum clips of a class in an epoch, drawn anew in every epoch; None takes
            all.
        teacher: function from waveforms to probabilities, shape `(batch, classes)`. Targets become
            the mean of the given ones and these (Hinton et al. 2015, Distilling the Knowledge in a
            Neural Network). None for no teacher.
    """

    def __init__(
        self,
        waves: np.ndarray,
        targets: np.ndarray,
        *,
        batch_size: int,
        seed: int = 0,
        augmentation: Augmentation | None = None,
        rate: int,
        noise: np.ndarray | None = None,
        silence: int | None = None,
        unknown: int | None = None,
        max_per_class: int | None = None,
        teacher: Callable[[np.ndarray], np.ndarray] | None = None,
    ):
        self.waves, self.targets = waves, targets
        self.batch_size = check_batch_size(batch_size)
        self.augmentation, self.rate = augmentation, rate
        if noise is None:
            noise = pink_noise(10 * waves.shape[1], seed)
        self.noise, self.silence, self.unknown = noise, silence, unknown
        self.max_per_class, self.teacher = max_per_class, teacher
        super().__init__(seed)

    def digest(self) -> str:
        """SHA-256 of the labels, in their order."""
        return digest(self.targets.argmax(axis=1))

    def _plan_epoch(self, random: np.random.Generator) -> list[np.ndarray]:
        """Rows of each batch. In training all batches are full: leftover clips are not used."""
        order, size = np.arange(len(self.waves)), self.batch_size
        if self.augmentation is None:
            # The smaller batch first: on TensorFlow, Keras infers from two batches what varies.
            return np.split(order, range(len(order) % size or size, len(order), size))
        random.shuffle(order)
        if self.max_per_class is not None:
            labels = self.targets[order].argmax(axis=1)
            of_class = (np.flatnonzero(labels == label) for label in np.unique(labels))
            kept = [rows[: self.max_per_class] for rows in of_class]
            order = order[np.sort(np.concatenate(kept))]
        size = min(size, len(order))
        return list(order[: len(order) // size * size].reshape(-1, size))

    def _batch(self, index: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        waves, targets = self.waves[rows].astype("float32") / 32768, self.targets[rows]
        if self.augmentation is None:
            return waves, targets
        count = max(1, len(rows) // targets.shape[1])
        if self.silence is not None:
            silent = np.zeros((count, waves.shape[1]), "float32")
            waves, targets = self._extended(waves, targets, silent, self.silence)
        if self.unknown is not None:
            # The batch is in random order, so its first clips are a random choice.
            waves, targets = self._extended(waves, targets, waves[:count, ::-1], self.unknown)
        random = np.random.default_rng((self.seed, self.epoch, index))
        waves, targets = self.augmentation(waves, targets, self.noise, self.rate, random)
        if self.teacher is not None:
            targets = (targets + self.teacher(waves)) / 2
        return waves, targets

    @staticmethod
    def _extended(
        waves: np.ndarray, targets: np.ndarray, more: np.ndarray, label: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The batch with more waves appended, all of the class `label`."""
        rows = np.eye(targets.shape[1], dtype="float32")[np.full(len(more), label)]
        return np.concatenate([waves, more]), np.concatenate([targets, rows])
