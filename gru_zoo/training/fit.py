"""Training that survives a kill: one call around `keras.Model.fit`."""

import contextlib
import csv
import io
import json
import numbers
import os
import pathlib
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import numpy as np

from gru_zoo.batching.dataset import Epochs
from gru_zoo.files import as_path, read_json, write_atomically

_STATE = "state.json"


def optimizer(
    learning_rate: float, steps: int, warmup: float = 0.1, **kwargs: Any
) -> keras.optimizers.Optimizer:
    """Adam whose rate rises linearly, then falls along a cosine to 2 % of its peak.

    Args:
        learning_rate: the peak, above 0.
        steps: batches of the whole training.
        warmup: share of `steps` in which the rate rises.
        **kwargs: further arguments of `keras.optimizers.Adam`.

    Raises:
        ValueError: the rate is out of its range.
    """
    if not 0 < learning_rate < float("inf"):
        raise ValueError(
            f"Expected a learning rate above 0. Received: learning_rate={learning_rate!r}."
        )
    warmup_steps = max(1, int(steps * warmup))
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / 20,
        decay_steps=max(1, steps - warmup_steps),
        alpha=0.02,
        warmup_target=learning_rate,
        warmup_steps=warmup_steps,
    )
    # Recurrent gradients explode now and then; a norm of 1 is what most GRU papers clip at.
    return keras.optimizers.Adam(schedule, global_clipnorm=1.0, **kwargs)


def split(count: int, share: float, seed: int, what: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows to train on and rows held out, drawn at random.

    Args:
        count: number of examples.
        share: of the examples to hold out, above 0 and below 1; at least one is.
        seed: of the draw.
        what: what the examples are called in the error, such as "texts".

    Raises:
        ValueError: if one side would be empty.
    """
    held_out = max(1, round(count * share))
    if not (0 < share < 1 and held_out < count):
        raise ValueError(
            f"Expected validation to leave {what} on both sides. Received: validation={share} of "
            f"{count} {what}. Give a share between 0 and 1 of two {what} or more, or separate "
            f"{what} to validate with."
        )
    order = np.random.default_rng(seed).permutation(count)
    return order[held_out:], order[:held_out]


def split_pairs(
    pairs: tuple[Sequence, Sequence], validation: Any, seed: int, what: str
) -> tuple[tuple, tuple]:
    """Pairs to train on and pairs held out, each as firsts and seconds.

    Args:
        pairs: firsts and as many seconds.
        validation: share of them to hold out, or pairs of its own, which are taken as they are.
        seed: of the draw.
        what: what a pair is called in the error, such as "texts and labels".

    Raises:
        TypeError: see `is_share`.
        ValueError: see `split`.
    """
    if not is_share(validation, what):
        return pairs, tuple(validation)
    train, held_out = (
        tuple([column[i] for i in rows] for column in pairs)
        for rows in split(len(pairs[0]), validation, seed, "pairs")
    )
    return train, held_out


def is_share(validation: Any, pair: str = "") -> bool:
    """Whether `validation` is a share of the examples, and not examples of its own.

    Args:
        validation: as it was given to `fit`.
        pair: what a pair of its own examples has, such as "texts and labels"; "" where they are
            no pair.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(validation, numbers.Real):
        return True
    sized = hasattr(validation, "__len__") and not isinstance(validation, str)
    if not sized or (pair and len(validation) != 2):
        examples = f"a pair of {pair}" if pair else "examples"
        raise TypeError(
            f"Expected validation as a share of the examples, such as 0.1, or {examples}. "
            f"Received: validation={validation!r:.80}."
        )
    return False


def jit_compile() -> str | bool:
    """What `keras.Model.compile` takes for batches of many shapes.

    Only JAX gains by compiling each; the others would compile anew for every shape of a batch.
    """
    return "auto" if keras.backend.backend() == "jax" else False


def fit(
    model: keras.Model,
    train: Epochs,
    validation: Epochs,
    *,
    epochs: int,
    monitor: str,
    mode: str,
    average: int = 1,
    patience: int | None = None,
    directory: str | os.PathLike | None = None,
    resume: bool = False,
    settings: dict[str, Any] | None = None,
    verbose: int | str = "auto",
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> keras.callbacks.History:
    """Train a compiled model and leave it with the weights of its best epochs.

    Args:
        model: compiled model.
        train: training batches, reshuffled every epoch.
        validation: validation batches.
        epochs: number of epochs.
        monitor: quantity that decides which epoch is best, such as `"val_loss"`.
        mode: `"min"` or `"max"`.
        average: number of best epochs whose mean the weights become.
        patience: stop after so many epochs without a better one; None goes on to the end.
        directory: where each epoch's state is kept; None keeps nothing on disk.
        resume: go on after the last epoch finished in `directory`.
        settings: what must be the same when a training is resumed.
        verbose: as in `keras.Model.fit`.
        callbacks: further callbacks. What they put into the logs of an epoch can be monitored.

    Returns:
        The history of all epochs, those before a resume included.

    A training that is broken off, by an error or by hand, leaves the model with the weights of its
    best epochs so far, or with those it began with.

    Raises:
        FileExistsError: if `directory` holds a training and `resume` is False.
        ValueError: if a number is out of its range, the training in `directory` had other settings
            or examples or is damaged, or the loss or what is monitored is no number.
    """
    if mode not in ("min", "max"):
        raise ValueError(f"Expected mode 'min' or 'max'. Received: mode={mode!r}.")
    if epochs < 1:
        raise ValueError(f"Expected epochs of 1 or more. Received: epochs={epochs}.")
    if average < 1:
        raise ValueError(f"Expected average of 1 or more. Received: average={average}.")
    if patience is not None and patience < 1:
        raise ValueError(f"Expected patience of 1 or more, or None. Received: patience={patience}.")
    if resume and directory is None:
        raise ValueError(
            "Expected a directory to resume from. Received: resume=True, directory=None. Name the "
            "directory of the training, or leave resume out."
        )
    before = model.get_weights()
    options = {"epochs": epochs, "average": average, "patience": patience}
    settings = {**options, **(settings or {})}
    keeper = _Keeper(directory, monitor, mode, average, patience, settings, (train, validation))
    start = keeper.open(model, resume)
    train.epoch = start
    history = keras.callbacks.History()
    said = (EpochEstimate(epochs - start),) if verbose else ()
    if start < epochs and not keeper.out_of_patience:
        try:
            with _torch_generator_kept():
                history = model.fit(
                    train,
                    validation_data=validation,
                    initial_epoch=start,
                    epochs=epochs,
                    shuffle=False,  # Batches shuffles
                    verbose=verbose,
                    callbacks=[*callbacks, keeper, *said],
                )
        except BaseException:
            model.set_weights(before)
            keeper.restore_best(model)
            raise
    keeper.restore_best(model)
    history.set_model(model)
    history.history = keeper.history
    history.epoch = list(range(len(keeper.history["loss"])))
    return history


def _torch_generator_kept():
    """On torch, gives back the global random generator as it was; `_Keeper` seeds it anew."""
    if keras.backend.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.random.fork_rng(devices=range(torch.cuda.device_count()))


class _Best(NamedTuple):
    """An epoch worth keeping: value of the monitored quantity, file if any, weights."""

    value: float
    file: str
    weights: list[np.ndarray]


class _Keeper(keras.callbacks.Callback):
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
        self.best: list[_Best] = []
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
            self.best.append(_Best(value, file, model.get_weights()))
        model.load_weights(self.directory / state["last_file"])
        for variable, value in zip(_seeds(model), state["seeds"], strict=True):
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
            self.best.append(_Best(value, file, self.model.get_weights()))
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
            "seeds": [np.asarray(v.numpy()).tolist() for v in _seeds(self.model)],
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


def seed_generators(model: keras.Model, seed: int) -> None:
    """Start the random generators of a model, such as those of dropout, from a seed."""
    for index, variable in enumerate(_seeds(model)):
        # torch keeps them as signed numbers of 32 bits.
        variable.assign(np.array([seed % 2**31, index], variable.dtype))


def _seeds(model: keras.Model) -> list[keras.Variable]:
    """The states of the model's random generators, which weight files leave out."""
    return [v for v in model.variables if v.path.endswith("seed_generator_state")]


class EpochEstimate(keras.callbacks.Callback):
    """Says how long an epoch will take, once a few steps are measured.

    Args:
        epochs: number of epochs to come.
        skip: first steps left out, since they compile.
        steps: steps measured.
    """

    def __init__(self, epochs: int, skip: int = 10, steps: int = 30):
        super().__init__()
        self.epochs, self.skip, self.steps = epochs, skip, steps
        self.seen, self.start = 0, 0.0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        if self.seen == self.skip:
            self.start = time.perf_counter()
        total = self.params.get("steps")
        if self.seen == self.skip + self.steps and total:
            epoch = (time.perf_counter() - self.start) / self.steps * total / 60
            print(f"\nAbout {epoch:.1f} min an epoch, {epoch * self.epochs:.0f} min in all.")


def read_history(text: str) -> dict[str, list[float]]:
    """The history that `history_csv` wrote."""
    (_, *names), *rows = csv.reader(io.StringIO(text))
    return {name: [float(row[i]) for row in rows] for i, name in enumerate(names, 1)}


def history_csv(history: dict[str, list[float]]) -> str:
    """One line an epoch, one column a quantity."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", *history])
    writer.writerows([i + 1, *row] for i, row in enumerate(zip(*history.values(), strict=True)))
    return text.getvalue()
