"""Soft targets of a teacher, stored in a folder, and a compressor that learns from them.

The compressor learns the probability of each arc. It also learns to predict the teacher's hidden
states from its own (Mukherjee & Awadallah 2020, XtremeDistil, section 3): they hold more than the
probabilities.
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
    """Sentences with a teacher's probabilities of the arcs and hidden states of the positions.

    A sentence has a position for each word and one at each end.

    Args:
        folder: folder that `new` made and `finish` completed.

    Raises:
        FileNotFoundError: the folder is missing, or `finish` was not called.
    """

    def __init__(self, folder: str | os.PathLike):
        folder = pathlib.Path(folder)
        if not (folder / _TEXTS).is_file():
            raise FileNotFoundError(
                f"Expected a folder that train_teacher.py completed. Received: '{folder}', where "
                f"'{_TEXTS}' is missing. Run train_teacher.py again."
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
        """Make a folder of zeros, to be filled and then completed by `finish`.

        Args:
            folder: the folder.
            places: number of positions of each sentence.
            size: size of a hidden state.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TEXTS).unlink(missing_ok=True)
        places = np.array(places, "int64")
        np.save(folder / "places.npy", places)
        shapes = {"arcs": (int((places**2).sum()),), "states": (int(places.sum()), size)}
        for name, shape in shapes.items():
            np.lib.format.open_memmap(folder / f"{name}.npy", "w+", "float16", shape)
        targets = cls.__new__(cls)
        targets._open(folder, "r+")
        return targets

    def finish(self, folder: pathlib.Path, texts: Sequence[str]) -> None:
        """Write the sentences, which marks the folder as complete."""
        self._arcs.flush()
        self._states.flush()
        write_atomically(folder / _TEXTS, json.dumps(list(texts)))

    @property
    def size(self) -> int:
        """Size of a hidden state."""
        return self._states.shape[1]

    def arcs(self, row: int) -> np.ndarray:
        """Probabilities of the arcs of a sentence, float16, shape `(places, places)`."""
        count = self._places[row]
        return self._arcs[self._squares[row] :][: count**2].reshape(count, count)

    def states(self, row: int) -> np.ndarray:
        """Hidden states of the positions of a sentence, float16, shape `(places, size)`."""
        return self._states[self._starts[row] :][: self._places[row]]


class SoftTargetBatches(SentenceBatches):
    """Batches of the inputs of a compressor, with soft targets of arcs and states.

    Args:
        soft_targets: the soft targets.
        processor: processor of the compressor.
        rows: indices of the sentences; an index may occur twice.
        **options: further arguments of `SentenceBatches`.
    """

    def __init__(
        self,
        soft_targets: SoftTargets,
        processor: CompressionProcessor,
        rows: Sequence[int],
        **options,
    ):
        self.soft_targets = soft_targets
        encoded = {row: processor.encode(soft_targets.texts[row])[1] for row in set(rows)}
        numbers = [np.array([row], "int32") for row in rows]
        super().__init__([encoded[row] for row in rows], numbers, **options)

    def _batch(self, index, rows):
        inputs, numbers = super()._batch(index, rows)
        count, places = inputs[-1].shape
        arcs = np.zeros((count, places, places), "float32")
        states = np.zeros((count, places, self.soft_targets.size), "float32")
        for i, row in enumerate(numbers[:, 0]):
            probabilities = self.soft_targets.arcs(row)
            length = len(probabilities)
            arcs[i, :length, :length] = probabilities
            states[i, :length] = self.soft_targets.states(row)
        return inputs, {"arcs": arcs, "states": states}


class HiddenStateLoss(keras.losses.Loss):
    """Mean squared error of hidden states, summed over positions, averaged over sentences.

    Padding has no error, so the loss is the same where Keras weighs positions by their mask.

    Call arguments:
        y_true: hidden states, shape `(batch, places, size)`, all 0 for padding.
        y_pred: predicted states, shape `(batch, places, size)`.
    """

    def __init__(self):
        super().__init__(name="state_error", reduction="sum")

    def call(self, y_true, y_pred):
        present = ops.any(y_true != 0, axis=-1)
        errors = ops.mean(ops.square(ops.cast(y_pred, "float32") - y_true), axis=-1)
        return ops.where(present, errors, 0.0) / ops.cast(ops.shape(y_true)[0], "float32")


def distill(
    task: Compression,
    targets: tuple[SoftTargets, SoftTargets],
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
    """Train a compressor on soft targets; the epochs of the best token F1 are kept.

    Args:
        task: the compressor.
        targets: soft targets to train on, and to validate with.
        pairs: number of sentences of pairs, the first of the targets. An epoch has them twice.
        held_out: texts and shorter texts whose token F1 chooses the epochs.
        state_weight: weight of the states' loss; that of the arcs' loss is 1.
        epochs, batch_size, learning_rate, average, seed, directory, resume, verbose: see
            `Compression.fit`.
    """
    train, validation = targets
    states = layers.Dense(train.size, name="teachers_states")(task.model.get_layer("states").output)
    outputs = {"arcs": task.model.output, "states": states}
    model = keras.Model(task.model.inputs, outputs, name="pupil")
    training.seed_generators(model, seed)
    rows = [*range(len(train.texts)), *range(pairs)]
    options = {"batch_size": batch_size, "seed": seed}
    steps = SoftTargetBatches(train, task.processor, rows, **options)
    model.compile(
        training.optimizer(learning_rate, steps=len(steps) * epochs),
        loss={"arcs": PathCrossentropy(), "states": HiddenStateLoss()},
        loss_weights={"arcs": 1.0, "states": state_weight},
        jit_compile=training.jit_compile(),
    )
    history = training.fit(
        model,
        steps,
        SoftTargetBatches(
            validation, task.processor, range(len(validation.texts)), shuffle=False, **options
        ),
        epochs=epochs,
        monitor="val_token_f1",
        mode="max",
        average=average,
        directory=directory,
        resume=resume,
        settings={"lessons": len(rows), "weight": state_weight, "rate": learning_rate, **options},
        verbose=verbose,
        callbacks=(TokenF1(task.kept_words, *held_out),),
    )
    task.describe_training(history, "texts", len(rows), seed)
