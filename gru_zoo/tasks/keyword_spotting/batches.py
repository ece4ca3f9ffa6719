"""Batches of clips, augmented anew in every epoch."""

from collections.abc import Callable

import numpy as np

from gru_zoo.audio.augmentation import Augmentation, pink_noise
from gru_zoo.batching.dataset import SeededDataset, digest
from gru_zoo.batching.padding import check_batch_size

# Waveforms scored at once, so that backends that compile see two shapes. Two take little longer
# than one: most of the time of a small batch goes into calling the layers.
PAIR, GROUP = 2, 16


class ClipBatches(SeededDataset):
    """Batches of waveforms; in training each epoch shuffles and varies them anew.

    Args:
        waves: int16, shape `(clips, samples)`.
        targets: float32, shape `(clips, classes)`.
        batch_size: clips a batch, 1 or more.
        seed: of the order and the variations.
        augmentation: how clips are varied; None keeps them, and their order.
        rate: samples a second.
        noise: recordings of noise in a row, float32, shape `(samples,)`; None makes pink noise.
        silence: index of the class of noise alone, of which each training batch then has clips
            beside those of `waves`, as many as a class has on average; None for no such class.
        unknown: index of the class of other words, to which as many clips of the batch are then
            added, played backwards: speech that is no word; None for no such class.
        most: clips of a class that an epoch takes at most, others every time; None takes all.
        teacher: from waveforms to probabilities, shape `(batch, classes)`, of which half of each
            target is made; None for no teacher (Hinton et al. 2015, Distilling the Knowledge in a
            Neural Network).
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
        most: int | None = None,
        teacher: Callable[[np.ndarray], np.ndarray] | None = None,
    ):
        self.waves, self.targets = waves, targets
        self.batch_size = check_batch_size(batch_size)
        self.augmentation, self.rate = augmentation, rate
        if noise is None:
            noise = pink_noise(10 * waves.shape[1], seed)
        self.noise, self.silence, self.unknown = noise, silence, unknown
        self.most, self.teacher = most, teacher
        super().__init__(seed)

    def digest(self) -> str:
        """SHA-256 of the labels, in their order."""
        return digest(self.targets.argmax(axis=1))

    def _batches_of_epoch(self) -> list[tuple[int, np.ndarray]]:
        """Number and rows of each batch. In training all are full: what is left over waits."""
        order, size = np.arange(len(self.waves)), self.batch_size
        if self.augmentation is None:
            # The smaller batch first: on TensorFlow, Keras tells from two batches what varies.
            cuts = range(len(order) % size or size, len(order), size)
            return list(enumerate(np.split(order, cuts)))
        np.random.default_rng((self.seed, self.epoch)).shuffle(order)
        if self.most is not None:
            labels = self.targets[order].argmax(axis=1)
            taken = [np.flatnonzero(labels == label)[: self.most] for label in np.unique(labels)]
            order = order[np.sort(np.concatenate(taken))]
        size = min(size, len(order))
        return list(enumerate(order[: len(order) // size * size].reshape(-1, size)))

    def _batch(self, plan) -> tuple[np.ndarray, np.ndarray]:
        number, rows = plan
        waves, targets = self.waves[rows].astype("float32") / 32768, self.targets[rows]
        if self.augmentation is None:
            return waves, targets
        count = max(1, len(rows) // targets.shape[1])
        if self.silence is not None:
            still = np.zeros((count, waves.shape[1]), "float32")
            waves, targets = self._more(waves, targets, still, self.silence)
        if self.unknown is not None:
            # The batch is in random order, so these are as good as any.
            waves, targets = self._more(waves, targets, waves[:count, ::-1], self.unknown)
        random = np.random.default_rng((self.seed, self.epoch, number))
        waves, targets = self.augmentation(waves, targets, self.noise, self.rate, random)
        if self.teacher is not None:
            targets = (targets + self.teacher(waves)) / 2
        return waves, targets

    @staticmethod
    def _more(waves, targets, more, label):
        """The batch with more waves, all of one class."""
        rows = np.eye(targets.shape[1], dtype="float32")[np.full(len(more), label)]
        return np.concatenate([waves, more]), np.concatenate([targets, rows])
