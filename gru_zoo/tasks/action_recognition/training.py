"""What `ActionRecognition.fit` trains on."""

import os
import re
import warnings
from collections.abc import Sequence
from typing import Any

import keras

from gru_zoo.tasks.action_recognition.files import labeled_files
from gru_zoo.tasks.action_recognition.processor import ActionRecognitionProcessor, Movement
from gru_zoo.tasks.action_recognition.recording import as_recording

_SIDES = {
    "left": "right",
    "right": "left",
    "clockwise": "counter-clockwise",
    "counter-clockwise": "clockwise",
}


class LastEpochs(keras.callbacks.Callback):
    """Puts the number of the epoch into the logs, so that the last epochs count as the best."""

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["epoch"] = float(epoch + 1)


# Arguments of `Classifier._fit` that keep the last epochs.
LAST_EPOCHS: dict[str, Any] = {"monitor": "epoch", "mode": "max", "callbacks": (LastEpochs(),)}


def read_folder(
    folder: str | os.PathLike, processor: ActionRecognitionProcessor, rate: float | None
) -> tuple[list[Movement], list[str]]:
    """Movements and labels of a folder. Files that cannot be read are left out with a warning.

    Args:
        folder: see `labeled_files`.
        processor: processor of the model.
        rate: frames or samples per second of files without times.

    Raises:
        FileNotFoundError: there is no such folder, or no recording in it.
        ValueError: no file can be read.
    """
    movements, labels, errors = [], [], []
    for path, label in zip(*labeled_files(folder), strict=True):
        try:
            movements.append(processor.read(as_recording(path, rate)))
            labels.append(label)
        except (ValueError, OSError) as error:
            errors.append(f"'{path}': {error}")
    if not movements:
        raise ValueError(f"Expected recordings in '{folder}'. Received: {errors[0]}")
    if errors:
        warnings.warn(
            f"{len(errors)} files of '{folder}' are left out: {' '.join(errors[:5])}", stacklevel=3
        )
    return movements, labels


def mirrored_classes(labels: Sequence[str]) -> list[int]:
    """The class of the mirrored movement of each class, by the words of its label.

    "swipe left" becomes "swipe right" if there is such a label. A label without a side, or whose
    other side is no label, keeps its class.

    Args:
        labels: names of the classes.

    Example:

        >>> mirrored_classes(["turn left", "wave", "turn right"])
        [2, 1, 0]
    """
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(_SIDES, key=len, reverse=True))})\b")
    other = [pattern.sub(lambda found: _SIDES[found[0]], label) for label in labels]
    return [labels.index(name) if name in labels else i for i, name in enumerate(other)]
