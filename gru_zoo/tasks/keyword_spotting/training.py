"""What `KeywordSpotting.fit` trains on."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gru_zoo.audio.augmentation import Augmentation
from gru_zoo.audio.sound import Audio
from gru_zoo.base.classifier import Classifier
from gru_zoo.tasks.keyword_spotting.batches import ClipBatches
from gru_zoo.tasks.keyword_spotting.processor import (
    SILENCE,
    UNKNOWN,
    KeywordSpottingProcessor,
    array_rate,
    decode_clips,
)

MADE_LABELS = frozenset({SILENCE, UNKNOWN})  # whose examples training makes itself
Clips = tuple[np.ndarray, np.ndarray]  # waveforms, and their targets


def waveforms(
    sounds: Sequence[Audio] | np.ndarray, processor: KeywordSpottingProcessor, rate: int | None
) -> np.ndarray:
    """Waveforms of clips, int16, shape `(clips, samples)`.

    Args:
        sounds: clips, as `KeywordSpotting.predict` takes them; or waveforms, as `decode_clips`
            returns them, which stay as they are.
        processor: processor of the model.
        rate: samples per second of clips that are arrays. None means that an int16 array of the
            right shape has waveforms.
    """
    if isinstance(sounds, np.ndarray) and sounds.dtype == np.int16 and rate is None:
        if sounds.shape[1:] == (processor.samples,):
            return sounds
    return decode_clips(list(sounds), processor, rate)


def clip_batches(
    train: Clips,
    held_out: Clips,
    *,
    task: Classifier,
    batch_size: int,
    seed: int,
    augmentation: Augmentation,
    noise: Sequence[Audio],
    rate: int | None,
    max_per_class: int | None,
    teacher: Classifier | None,
) -> tuple[ClipBatches, ClipBatches, dict[str, Any]]:
    """Batches to train on and to validate on.

    Args:
        train: clips to train on.
        held_out: clips to validate on.
        task: the task to train.
        batch_size: clips per batch.
        seed: seed of the order and of the augmentation.
        augmentation: augmentation of the training clips.
        noise: recordings of noise; pink noise is made if there are none.
        rate: samples per second of recordings that are arrays.
        max_per_class: see `ClipBatches`.
        teacher: a task of the same labels and processor to learn from, or None.

    Returns:
        Training batches, validation batches, and the values that must be the same when the
        training is resumed.

    Raises:
        ValueError: if the teacher has other labels or another processor.
    """
    recordings = [task.processor.read(sound, array_rate(sound, rate)) for sound in noise]
    batches = ClipBatches(
        *train,
        batch_size=batch_size,
        seed=seed,
        augmentation=augmentation,
        rate=task.processor.rate,
        noise=np.concatenate(recordings) if recordings else None,
        silence=_index(SILENCE, task.labels),
        unknown=_index(UNKNOWN, task.labels),
        max_per_class=max_per_class,
        teacher=None if teacher is None else _predictions_of(teacher, task),
    )
    settings = {
        "clips": [len(waves) for waves, _ in (train, held_out)],
        "augmentation": dataclasses.asdict(augmentation),
        "max_per_class": max_per_class,
        "teacher": None if teacher is None else teacher.card.name,
    }
    validation = ClipBatches(*held_out, batch_size=batch_size, rate=task.processor.rate)
    return batches, validation, settings


def _index(label: str, labels: tuple[str, ...]) -> int | None:
    return labels.index(label) if label in labels else None


def _predictions_of(teacher: Classifier, student: Classifier) -> Callable[[np.ndarray], np.ndarray]:
    """The function of a teacher from waveforms to probabilities."""
    if (teacher.labels, teacher.processor) != (student.labels, student.processor):
        raise ValueError(
            f"Expected a teacher of the labels {student.labels} and {student.processor}. "
            f"Received: {teacher.labels} and {teacher.processor}."
        )
    return teacher.model.predict_on_batch
