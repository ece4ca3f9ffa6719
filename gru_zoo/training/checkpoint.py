"""What a training keeps of its epochs, in memory and on disk."""

import json
import pathlib
from typing import NamedTuple

import keras
import numpy as np

from gru_zoo.files import as_path, read_json, write_atomically
from gru_zoo.training.history import history_csv
from gru_zoo.training.seeds import seed_states

_STATE = "state.json"


class BestWeights(NamedTuple):
    """An epoch worth keeping: value of the monitored quantity, file if any, weights."""

    value: float
    file: str
    weights: list[np.ndarray]


class CheckpointCallback(keras.callbacks.Callback):
    """Keeps the best weights and, given a directory, all that a resumed training needs.

    `state.json` is replaced last and names the weight files that belong to it, so a kill at any
    moment leaves the state of the last finished epoch.
    """

    def __init__(self, directory, monitor, mode, average, patience, settings, batches):
        super().__init__()
        self.directory = None if directory is None else as_path(directory)
        self.monitor, self.sign = monitor, 1 if mode == "max" else -1
        self.average, self.patience = average, patience
        self.settings = json.loads(json.dumps(settings))
        self.seed = batches[0].seed
        self.examples = [] if directory is None else [part.digest() for part in batches]
        self.best: list[BestWeights] = []
        self.files: set[str] = set()
        self.history: dict[str, list[float]] = {}

    def open(self, model: keras.Model, resume: bool) -> int:
        """Number of epochs that are already done; their state is loaded into the model."""
        if self.directory is None:
            return 0
        self.directory.mkdir(parents=True, exist_ok=True)
        if not (self.directory / _STATE).is_file():
            return 0
        if not resume:
            raise FileExistsError(
                f"'{self.directory}' holds a training. Resume it (resume=True, --resume), or "
                "choose another directory."
            )
        state = read_json(self.directory / _STATE)
        if state["settings"] != self.settings:
            before, now = state["settings"], self.settings
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
        model.optimizer.build(model.trainable_variables)
        for value, file in state["best"]:
            model.load_weights(self.directory / file)
            self.best.append(BestWeights(value, file, model.get_weights()))
        model.load_weights(self.directory / state["last_file"])
        for variable, value in zip(seed_states(model), state["seeds"], strict=True):
            variable.assign(np.array(value, variable.dtype))
        self.history = state["history"]
        self.files = {state["last_file"], *(best.file for best in self.best)}
        return state["epoch"]

    @property
    def out_of_patience(self) -> bool:
        """Whether the best epoch lies further back than patience allows."""
        values = [self.sign * value for value in self.history.get(self.monitor, ())]
        return (
            self.patience is not None
            and bool(values)
            and len(values) - 1 - values.index(max(values)) >= self.patience
        )

    def on_epoch_begin(self, epoch, logs=None):
        if keras.backend.backend() == "torch":
            import torch

            # Dropout without a seed draws from torch's generator there, which no file keeps.
            torch.manual_seed((self.seed << 16) + epoch)

    def on_epoch_end(self, epoch, logs=None):
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(float(value))
        if self.monitor not in self.history:
            raise ValueError(
                f"Expected a quantity to monitor among {sorted(self.history)}. Received: "
                f"monitor={self.monitor!r}."
            )
        value = self.history[self.monitor][-1]
        # A metric of what a model writes may be a number though the model is none any more.
        for name in ("loss", "val_loss", self.monitor):
            if name in self.history and not np.isfinite(self.history[name][-1]):
                raise ValueError(
                    f"The {name} is {self.history[name][-1]} after epoch {epoch + 1}. Lower the "
                    "learning rate. The weights are those of the best epochs before, or as they "
                    "were."
                )
        file = f"epoch-{epoch + 1}.weights.h5"
        worst = self.best[-1] if len(self.best) == self.average else None
        if worst is None or self.sign * (value - worst.value) > 0:
            self.best.append(BestWeights(value, file, self.model.get_weights()))
            self.best.sort(key=lambda best: -self.sign * best.value)  # the earlier of equals first
            self.best = self.best[: self.average]
        if self.directory is not None:
            self._save(self.directory, epoch + 1, file)
        if self.out_of_patience:
            self.model.stop_training = True

    def _save(self, directory: pathlib.Path, epoch: int, last_file: str) -> None:
        self.model.save_weights(directory / last_file)
        state = {
            "epoch": epoch,
            "best": [[best.value, best.file] for best in self.best],
            "last_file": last_file,
            "settings": self.settings,
            "examples": self.examples,
            "history": self.history,
            "seeds": [np.asarray(v.numpy()).tolist() for v in seed_states(self.model)],
        }
        write_atomically(directory / _STATE, json.dumps(state, indent=1))
        write_atomically(directory / "history.csv", history_csv(self.history))
        kept = {last_file, *(best.file for best in self.best)}
        for name in self.files - kept:
            (directory / name).unlink(missing_ok=True)
        self.files = kept

    def restore_best(self, model: keras.Model) -> None:
        """Give the model the mean of the weights of the best epochs."""
        if self.best:
            sets = zip(*(best.weights for best in self.best), strict=True)
            model.set_weights([np.mean(arrays, axis=0, dtype=arrays[0].dtype) for arrays in sets])
