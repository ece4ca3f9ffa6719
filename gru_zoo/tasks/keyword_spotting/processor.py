"""Clips of sound: to waveforms of one length, and to batches that vary from epoch to epoch."""

import dataclasses
import json
import os
import pathlib
from collections.abc import Callable, Sequence

import keras
import numpy as np

from gru_zoo.audio import sound as audio
from gru_zoo.audio.augmentation import Augmentation, pink_noise
from gru_zoo.audio.sound import Audio
from gru_zoo.batching.dataset import Epochs, check_batch_size, digest
from gru_zoo.files import read_json

SILENCE = "silence"  # a class of this name needs no clips: it is noise alone
UNKNOWN = "unknown"  # and this one is all other words
# Waveforms scored at once, so that backends that compile see two shapes. Two take little longer
# than one: most of the time of a small batch goes into calling the layers.
PAIR, GROUP = 2, 16


@dataclasses.dataclass(frozen=True)
class SpeechProcessor:
    """Sounds to waveforms of the rate and length that a model takes.

    Args:
        rate: samples a second.
        seconds: length of a waveform.
    """

    rate: int
    seconds: float

    @property
    def samples(self) -> int:
        """Length of a waveform."""
        return round(self.rate * self.seconds)

    def read(self, sound: Audio, rate: int | None = None) -> np.ndarray:
        """All of a sound at the model's rate, float32, shape `(samples,)`.

        Args:
            sound: as `gru_zoo.audio.read` takes it.
            rate: as there.
        """
        return audio.resample(audio.read(sound, rate), self.rate)

    def encode(self, sound: Audio, rate: int | None = None) -> np.ndarray:
        """The middle of a sound, with silence around it where it is short, float32.

        Args:
            sound: as for `read`.
            rate: as for `read`.

        Returns:
            Shape `(rate * seconds,)`.
        """
        return fitted(self.read(sound, rate), self.samples)

    def save(self, folder: pathlib.Path) -> None:
        (folder / "processor.json").write_text(json.dumps(dataclasses.asdict(self), indent=2))

    @classmethod
    def load(cls, folder: pathlib.Path) -> "SpeechProcessor":
        """The processor of a preset's folder.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: a file is damaged.
        """
        path = folder / "processor.json"
        record = read_json(path)
        names = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(record, dict) or set(record) != names:
            raise ValueError(f"Expected the fields {sorted(names)} in '{path}'. Received: {record}")
        return cls(**record)


def fitted(samples: np.ndarray, length: int) -> np.ndarray:
    """The middle `length` samples, or all between as many zeros on both sides."""
    spare = max(0, len(samples) - length) // 2
    samples = samples[spare : spare + length]
    lack = length - len(samples)
    return np.pad(samples, (lack // 2, lack - lack // 2))


def rate_of(sound: Audio, rate: int | None) -> int | None:
    """`rate` for an array of samples, None for a sound that knows its own."""
    return rate if isinstance(sound, np.ndarray) else None


def decoded(
    clips: Sequence[Audio],
    processor: SpeechProcessor,
    rate: int | None = None,
    cache: str | os.PathLike | None = None,
    verbose: bool = False,
) -> np.ndarray:
    """Waveforms of many clips as 16-bit numbers, half the memory of float32.

    Args:
        clips: as `SpeechProcessor.encode` takes them.
        processor: of the model.
        rate: samples a second, where the clips are arrays.
        cache: file that keeps the result, and from which it is read if it is there.
        verbose: whether to show a progress bar.

    Returns:
        int16, shape `(clips, samples)`.

    Raises:
        ValueError: the cache is of another number or length of clips. Which clips they are is not
            compared.
    """
    cache = None if cache is None else pathlib.Path(cache)
    shape = (len(clips), processor.samples)
    if cache is not None and cache.is_file():
        kept = np.load(cache, allow_pickle=False)
        if kept.shape != shape or kept.dtype != np.int16:
            raise ValueError(
                f"Expected int16 of shape {shape} in '{cache}'. Received: {kept.dtype} of shape "
                f"{kept.shape}. Remove the file: it is of other clips."
            )
        return kept
    waves = np.zeros(shape, "int16")
    bar = keras.utils.Progbar(len(clips), unit_name="clip") if verbose else None
    for index, clip in enumerate(clips):
        wave = processor.encode(clip, rate_of(clip, rate))
        waves[index] = np.clip(np.round(wave * 32768.0), -32768, 32767)
        if bar:
            bar.add(1)
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        fresh = cache.with_name(f".{cache.stem}.new.npy")
        np.save(fresh, waves)
        os.replace(fresh, cache)
    return waves


class ClipBatches(Epochs):
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
