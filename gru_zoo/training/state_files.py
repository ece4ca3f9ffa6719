"""The files from which a training resumes."""

import json
import os
import pathlib
from typing import Any

import keras
import numpy as np

from gru_zoo.files import as_path, read_json, write_atomically
from gru_zoo.training.best_weights import BestWeights, Snapshot
from gru_zoo.training.history import history_csv
from gru_zoo.training.seeds import seed_states

_STATE = "state.json"


class StateFiles:
    """Directory of a training: `state.json`, weights files of some epochs, and `history.csv`.

    `state.json` is replaced last and names the weights files that belong to it, so a kill at any
    moment leaves the state of the last finished epoch. Files of others are left alone.

    Args:
        directory: the directory, made by `open`.
        settings: values that must be the same when the training is resumed, as JSON has them.
        examples: digests of the training and validation examples.
    """

    def __init__(self, directory: str | os.PathLike, settings: dict[str, Any], examples: list[str]):
        self.directory: pathlib.Path = as_path(directory)
        self.settings = json.loads(json.dumps(settings))
        self.examples = examples
        self._files: set[str] = set()

    def open(self, resume: bool) -> dict[str, Any] | None:
        """Make the directory; the checked state of a training in it, None if there is none.

        Raises:
            FileExistsError: there is one, and `resume` is False.
            ValueError: it had other settings or examples, or its state is damaged.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        if not (self.directory / _STATE).is_file():
            return None
        if not resume:
            raise FileExistsError(
                f"'{self.directory}' holds a training. Resume it (resume=True, --resume), or "
                "choose another directory."
            )
        state = read_json(self.directory / _STATE)
        self._check_same(state)
        return state

    def _check_same(self, state: dict[str, Any]) -> None:
        before, now = state["settings"], self.settings
        if before != now:
            names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
            expected, received = (
                ", ".join(f"{name}={settings.get(name)!r}" for name in names)
                for settings in (before, now)
            )
            raise ValueError(
                f"The training in '{self.directory}' had other settings. Expected: {expected}. "
                f"Received: {received}. Resume with the same, or choose another directory."
            )
        if state["examples"] != self.examples:
            raise ValueError(
                f"The training in '{self.directory}' had other examples. Give the same in the same "
                "order, or choose another directory."
            )

    def load(self, state: dict[str, Any], model: keras.Model, best: BestWeights) -> None:
        """Put a state from `open` into a compiled model, and its best weights into `best`."""
        model.optimizer.build(model.trainable_variables)
        for value, file in state["best"]:
            model.load_weights(self.directory / file)
            best.snapshots.append(Snapshot(value, file, model.get_weights()))
        model.load_weights(self.directory / state["last_file"])
        for variable, value in zip(seed_states(model), state["seeds"], strict=True):
            variable.assign(np.array(value, variable.dtype))
        self._files = {state["last_file"], *(snapshot.file for snapshot in best.snapshots)}

    def save(
        self,
        model: keras.Model,
        epochs: int,
        file: str,
        best: BestWeights,
        history: dict[str, list[float]],
    ) -> None:
        """Write the state after an epoch, and remove the weights files it no longer names.

        Args:
            model: the model, whose weights and optimizer state go into `file`.
            epochs: number of finished epochs.
            file: name of the weights file of the last epoch.
            best: the best epochs, which name their weights files.
            history: values of each epoch, by quantity.
        """
        model.save_weights(self.directory / file)
        state = {
            "epoch": epochs,
            "best": [[snapshot.value, snapshot.file] for snapshot in best.snapshots],
            "last_file": file,
            "settings": self.settings,
            "examples": self.examples,
            "history": history,
            "seeds": [np.asarray(v.numpy()).tolist() for v in seed_states(model)],
        }
        write_atomically(self.directory / _STATE, json.dumps(state, indent=1))
        write_atomically(self.directory / "history.csv", history_csv(history))
        kept = {file, *(snapshot.file for snapshot in best.snapshots)}
        for name in self._files - kept:
            (self.directory / name).unlink(missing_ok=True)
        self._files = kept
