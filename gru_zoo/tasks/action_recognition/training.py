"""What `ActionRecognition.fit` trains on."""

import os
import pathlib
import re
from collections.abc import Sequence
from typing import Any

import keras

from gru_zoo.files import read_each
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
LAST_EPOCHS: dict[str, Any] = {"monitor": "epoch", "mode": "max", "own_callbacks": (LastEpochs(),)}


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
    paths, labels = labeled_files(folder)
    movements, kept = read_each(paths, lambda path: _read_file(path, processor, rate), "recordings")
    return movements, [labels[index] for index in kept]


def _read_file(
    path: pathlib.Path, processor: ActionRecognitionProcessor, rate: float | None
) -> Movement:
    try:
        return processor.read(as_recording(path, rate))
    except (ValueError, OSError) as error:
        raise ValueError(f"'{path}': {error}") from error


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
