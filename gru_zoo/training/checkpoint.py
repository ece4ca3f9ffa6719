"""The callback behind `gru_zoo.training.fit`: best weights, state on disk, early stopping.

The callbacks of Keras do not resume to the same result. `BackupAndRestore` keeps neither the
history nor the states of random generators, checks neither settings nor examples, and removes its
files when the training ends. `EarlyStopping` and `ModelCheckpoint` hold the best value in memory,
so a resumed training would count its patience anew, and they keep one best epoch, not the mean of
several.
"""

import keras
import numpy as np

from gru_zoo.training.best_weights import BestWeights, out_of_patience
from gru_zoo.training.state_files import StateFiles


class CheckpointCallback(keras.callbacks.Callback):
    """At the end of each epoch: checks the losses, keeps the best weights, saves, may stop.

    Args:
        monitor: quantity that decides which epochs are best, such as "val_loss".
        best: the best weights so far.
        patience: epochs without a better one after which the training stops; None never stops.
        files: where the state is saved; None keeps nothing on disk.
    """

    def __init__(
        self,
        monitor: str,
        best: BestWeights,
        patience: int | None = None,
        files: StateFiles | None = None,
    ):
        super().__init__()
        self.monitor, self.best, self.patience, self.files = monitor, best, patience, files
        self.history: dict[str, list[float]] = {}

    def open(self, model: keras.Model, resume: bool) -> int:
        """Load the state on disk, if any; number of epochs already finished.

        Raises:
            FileExistsError, ValueError: see `StateFiles.open`.
        """
        state = self.files.open(resume) if self.files else None
        if self.files is None or state is None:
            return 0
        self.files.load(state, model, self.best)
        self.history = state["history"]
        return state["epoch"]

    @property
    def out_of_patience(self) -> bool:
        """Whether the best epoch lies `patience` epochs back or more."""
        values = self.history.get(self.monitor, ())
        return out_of_patience(values, self.patience, self.best.mode)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(float(value))
        self._check_history(epoch)
        file = f"epoch-{epoch + 1}.weights.h5"
        self.best.offer(self.history[self.monitor][-1], file, self.model)
        if self.files:
            self.files.save(self.model, epoch + 1, file, self.best, self.history)
        if self.out_of_patience:
            self.model.stop_training = True

    def _check_history(self, epoch: int) -> None:
        if self.monitor not in self.history:
            raise ValueError(
                f"Expected a quantity to monitor among {sorted(self.history)}. Received: "
                f"monitor={self.monitor!r}."
            )
        # A metric of decoded texts can be finite although the weights are not: check the losses.
        for name in ("loss", "val_loss", self.monitor):
            if name in self.history and not np.isfinite(self.history[name][-1]):
                raise ValueError(
                    f"The {name} is {self.history[name][-1]} after epoch {epoch + 1}. Lower the "
                    "learning rate. The weights are those of the best epochs before, or as they "
                    "were."
                )
