"""Read the recordings, and choose what is held out to choose settings by."""

from typing import NamedTuple

import numpy as np

from gru_zoo import data
from gru_zoo.data import japanese_vowels, utd_mhad
from gru_zoo.data.examples import LabelledRecording
from gru_zoo.tasks.action_recognition.processor import ActionRecognitionProcessor
from gru_zoo.tasks.action_recognition.samples import resting, waving
from recipes.action_recognition.settings import Settings

SETS = {"japanese_vowels": japanese_vowels, "utd_mhad": utd_mhad}
FOLDS = 10


class Examples(NamedTuple):
    """Recordings to train on, and those held out, which may be none."""

    train: list[LabelledRecording]
    held_out: list[LabelledRecording]


def examples(settings: Settings, root: str | None) -> Examples:
    """The training split; without the subject or the fold that is held out."""
    recordings = data.load(settings.data, "train", root)
    subjects = sorted({recording.subject for recording in recordings})
    if settings.leave_out and settings.leave_out not in subjects:
        raise SystemExit(
            f"Expected --leave-out to name one of the subjects {', '.join(subjects)}. Received: "
            f"{settings.leave_out}."
        )
    out = np.array([recording.subject == settings.leave_out for recording in recordings])
    if settings.fold >= 0:  # the recordings are sorted by label
        out = np.arange(len(recordings)) % FOLDS == settings.fold
    return Examples(
        [recording for recording, left in zip(recordings, out, strict=True) if not left],
        [recording for recording, left in zip(recordings, out, strict=True) if left],
    )


def smoke_examples(settings: Settings) -> Examples:
    """A few movements made by formulas, with labels of the set."""
    random = np.random.default_rng(0)
    channels = 6 if settings.config.skeleton else settings.config.signals
    recordings = []
    for number in range(12):
        joints = waving(1.0 + 0.1 * number) if settings.config.skeleton else None
        signals = resting(channels, 1.0) + random.normal(0, 0.1 * number, (50, channels))
        label = SETS[settings.data].LABELS[number % 3]
        recordings.append(LabelledRecording(joints, signals, label, str(number % 2)))
    return Examples(recordings, [])


def processor_of(settings: Settings, train: list[LabelledRecording]) -> ActionRecognitionProcessor:
    """The processor of a preset. Channels without a physical unit are measured in training."""
    if settings.data == "utd_mhad":
        return ActionRecognitionProcessor(
            utd_mhad.SKELETON_RATE,
            utd_mhad.SIGNALS_RATE,
            offsets=(0.0,) * 6,
            scales=(1.0,) * 3 + (150.0,) * 3,  # 1 g; turns of a wrist have about 150 deg/s
            smoothing=5,  # 0.1 s
            vectors=True,
        )
    values = np.concatenate([recording.signals for recording in train])
    return ActionRecognitionProcessor(
        0.0,
        SETS[settings.data].SIGNALS_RATE,
        offsets=[round(float(value), 4) for value in values.mean(axis=0)],
        scales=[round(float(value), 4) for value in values.std(axis=0)],
    )
