"""What a teacher says of sentences, in a folder, and a compressor that learns from it.

It learns how probable each arc is, and to tell the teacher's states of the words from its own
(Mukherjee & Awadallah 2020, XtremeDistil, section 3): there is more in them than what they are
asked for.
"""

import json
import os
import pathlib
from collections.abc import Sequence

import keras
import numpy as np
from keras import layers, ops

from gru_zoo import training
from gru_zoo.files import read_json, write_atomically
from gru_zoo.tasks.compression.batches import SentenceBatches
from gru_zoo.tasks.compression.path_crf import PathCrossentropy
from gru_zoo.tasks.compression.processor import CompressionProcessor
from gru_zoo.tasks.compression.task import Compression
from gru_zoo.tasks.compression.training import TokenF1

_TEXTS = "texts.json"


class SoftTargets:
    """Sentences, each with probabilities of its arcs and a state of each place.

    Args:
        folder: where they are, as `new` and `finish` left them.

    Raises:
        FileNotFoundError: they are not there, or not to the end.
    """

    def __init__(self, folder: str | os.PathLike):
        folder = pathlib.Path(folder)
        if not (folder / _TEXTS).is_file():
            raise FileNotFoundError(
                f"Expected the folder that train_teacher.py wrote to its end. Received: "
                f"'{folder}', where '{_TEXTS}' is missing."
            )
        self.texts: list[str] = read_json(folder / _TEXTS)
        self._open(folder, "r")

    def _open(self, folder: pathlib.Path, mode: str) -> None:
        places = np.load(folder / "places.npy")
        self._arcs = np.load(folder / "arcs.npy", mode)
        self._states = np.load(folder / "states.npy", mode)
        self._places = places
        self._starts = np.cumsum(places) - places
        self._squares = np.cumsum(places**2) - places**2

    @classmethod
    def new(cls, folder: pathlib.Path, places: Sequence[int], size: int) -> "SoftTargets":
        """A folder of zeros to fill, for sentences of so many places and states of this size."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TEXTS).unlink(missing_ok=True)
        places = np.array(places, "int64")
        np.save(folder / "places.npy", places)
        shapes = {"arcs": (int((places**2).sum()),), "states": (int(places.sum()), size)}
        for name, shape in shapes.items():
            np.lib.format.open_memmap(folder / f"{name}.npy", "w+", "float16", shape)
        lessons = cls.__new__(cls)
        lessons._open(folder, "r+")
        return lessons

    def finish(self, folder: pathlib.Path, texts: Sequence[str]) -> None:
        """Say that all is written, and of which sentences."""
        self._arcs.flush()
        self._states.flush()
        write_atomically(folder / _TEXTS, json.dumps(list(texts)))

    @property
    def size(self) -> int:
        """Size of a state."""
        return self._states.shape[1]

    def arcs(self, row: int) -> np.ndarray:
        """Probabilities of the arcs of a sentence, float16, `(places, places)`."""
        count = self._places[row]
        return self._arcs[self._squares[row] :][: count**2].reshape(count, count)

    def states(self, row: int) -> np.ndarray:
        """States of the places of a sentence, float16, `(places, size)`."""
        return self._states[self._starts[row] :][: self._places[row]]


class SoftTargetBatches(SentenceBatches):
    """Batches of lessons: the inputs of a compressor, and what it is to say of arcs and states.

    Args:
        lessons: the lessons.
        processor: of the compressor.
        rows: the lessons that are taken, some perhaps twice.
        **options: of `SentenceBatches`.
    """

    def __init__(
        self, lessons: SoftTargets, processor: CompressionProcessor, rows: Sequence[int], **options
    ):
        self.lessons = lessons
        encoded = {row: processor.encode(lessons.texts[row])[1] for row in set(rows)}
        numbers = [np.array([row], "int32") for row in rows]
        super().__init__([encoded[row] for row in rows], numbers, **options)

    def _batch(self, index, rows):
        inputs, numbers = super()._batch(index, rows)
        count, places = inputs[-1].shape
        arcs = np.zeros((count, places, places), "float32")
        states = np.zeros((count, places, self.lessons.size), "float32")
        for i, row in enumerate(numbers[:, 0]):
            found = self.lessons.arcs(row)
            arcs[i, : len(found), : len(found)] = found
            states[i, : len(found)] = self.lessons.states(row)
        return inputs, {"arcs": arcs, "states": states}


class HiddenStateLoss(keras.losses.Loss):
    """Sum over the places of a sentence of the mean squared error of their states, a mean of these.

    It stays the same where Keras weighs places by their mask, since padding has no error.

    Call arguments:
        y_true: states, shape `(batch, places, size)`, all 0 for padding.
        y_pred: what is said of them, of the same shape.
    """

    def __init__(self):
        super().__init__(name="state_error", reduction="sum")

    def call(self, y_true, y_pred):
        present = ops.any(y_true != 0, axis=-1)
        errors = ops.mean(ops.square(ops.cast(y_pred, "float32") - y_true), axis=-1)
        return ops.where(present, errors, 0.0) / ops.cast(ops.shape(y_true)[0], "float32")


def imitate(
    task: Compression,
    lessons: tuple[SoftTargets, SoftTargets],
    pairs: int,
    held_out: tuple[list[str], list[str]],
    state_weight: float,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    average: int,
    seed: int,
    directory: pathlib.Path,
    resume: bool,
    verbose: int,
) -> None:
    """Let a compressor learn from lessons; the epochs of the best token F1 are kept.

    Args:
        task: the compressor.
        lessons: to learn from, and to validate with.
        pairs: how many lessons, the first ones, are of pairs, which are learned from twice.
        held_out: texts and shorter texts whose token F1 decides.
        state_weight: of the states beside the arcs in the loss.
        epochs: as all others in `Compression.fit`.
    """
    train, validation = lessons
    states = layers.Dense(train.size, name="teachers_states")(task.model.get_layer("states").output)
    outputs = {"arcs": task.model.output, "states": states}
    model = keras.Model(task.model.inputs, outputs, name="pupil")
    training.seed_generators(model, seed)
    rows = [*range(len(train.texts)), *range(pairs)]
    options = {"batch_size": batch_size, "seed": seed}
    steps = SoftTargetBatches(train, task.processor, rows, **options)
    checks = range(len(validation.texts))
    model.compile(
        training.optimizer(learning_rate, steps=len(steps) * epochs),
        loss={"arcs": PathCrossentropy(), "states": HiddenStateLoss()},
        loss_weights={"arcs": 1.0, "states": state_weight},
        jit_compile=training.jit_compile(),
    )
    history = training.fit(
        model,
        steps,
        SoftTargetBatches(validation, task.processor, checks, shuffle=False, **options),
        epochs=epochs,
        monitor="val_token_f1",
        mode="max",
        average=average,
        directory=directory,
        resume=resume,
        settings={"lessons": len(rows), "weight": state_weight, "rate": learning_rate, **options},
        verbose=verbose,
        callbacks=(TokenF1(task._kept, *held_out),),
    )
    task.describe_training(history, "texts", len(rows), seed)
