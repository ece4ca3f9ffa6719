"""The last step of every `fit`: the training of a task."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import keras

from gru_zoo import training
from gru_zoo.backend import versions
from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.presets.card import DataRow


class TrainingMixin:
    """What `fit` of every task ends with.

    Attributes:
        fit_options: the options that `fit` takes beside its arguments.
        history: values of each epoch of the training, by name, such as `val_loss`.
    """

    fit_options: ClassVar[type] = training.FitOptions
    history: dict[str, list[float]]

    def _check_options(self: Any, options: Mapping[str, Any], more: Iterable[str] = ()) -> None:
        """Check options of `fit`, see `gru_zoo.training.FitOptions`, before the data are read.

        Args:
            options: the options that were given.
            more: names of options beside those of `fit_options`.
        """
        training.check_options(options, self.model, [*self.fit_options.__annotations__, *more])

    def _train(
        self: Any,
        train: SeededDataset,
        validation: SeededDataset,
        compile: Callable[[keras.optimizers.Optimizer], None],
        *,
        learning_rate: float,
        warmup: float = 0.1,
        weight_decay: float | None = None,
        settings: dict[str, Any],
        kind: str,
        count: int,
        seed: int,
        epochs: int,
        model: keras.Model | None = None,
        own_callbacks: Sequence[keras.callbacks.Callback] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
        freeze: str | Sequence[str] = (),
        **options: Any,
    ) -> keras.callbacks.History:
        """Compile, train, and describe the training in the card: the last step of every `fit`.

        Args:
            train: training batches.
            validation: validation batches.
            compile: compiles the trained model with the optimizer that it gets.
            learning_rate, warmup, weight_decay: see `gru_zoo.training.optimizer`.
            settings: what a resumed training must share, besides rate, warm-up, decay and seed.
            kind, count: what the examples are, such as "texts", and how many.
            seed: seed of the random generators of the model.
            epochs: passes over `train`.
            model: the model to train, if it is not `self.model` but a model around it.
            own_callbacks: callbacks of the task, which come before those of the user.
            callbacks, freeze: see `gru_zoo.training.FitOptions`.
            **options: further arguments of `gru_zoo.training.fit`.

        Returns:
            The history, with one value of each metric per epoch.
        """
        training.seed_generators(self.model, seed)
        rate = {"rate": learning_rate, "warmup": warmup, "weight_decay": weight_decay}
        settings = {**settings, **rate, "seed": seed}
        layers = training.layers_to_freeze(self.model, freeze)
        if layers:
            settings["frozen"] = [layer.name for layer in layers]
        steps = len(train) * epochs
        with training.frozen(layers):
            compile(training.optimizer(learning_rate, steps, warmup, weight_decay=weight_decay))
            history = training.fit(
                self.model if model is None else model,
                train,
                validation,
                epochs=epochs,
                settings=settings,
                callbacks=(*own_callbacks, *callbacks),
                **options,
            )
        values = best_epoch(history.history, options["monitor"], options["mode"])
        self.describe_training(history, kind, count, seed, values)
        return history

    def describe_training(
        self: Any,
        history: keras.callbacks.History,
        kind: str,
        count: int,
        seed: int,
        best: Mapping[str, float] | None = None,
    ) -> None:
        """Keep the history of a training, describe it in the card, and remove old metrics.

        Args:
            history: history of the training.
            kind, count, seed: see `_train`.
            best: quantities of the best epoch, for the card; see `best_epoch`.
        """
        self.history = history.history
        data = DataRow(f"own {kind}", "train", count, "not stated", "given to fit")
        record: dict[str, Any] = {"command": "Task.fit", "seed": seed, "epochs": len(history.epoch)}
        if best:
            record["best epoch"] = {name: round(value, 4) for name, value in best.items()}
        record |= {"backend": keras.backend.backend(), "versions": versions()}
        self.card = self.card.replace(data=(*self.card.data, data), metrics=(), training=record)


def best_epoch(history: Mapping[str, Sequence[float]], monitor: str, mode: str) -> dict[str, float]:
    """Quantities of the best epoch of a training, and its number from 1 as "epoch".

    Args:
        history: values of each epoch, by name.
        monitor: quantity that decides which epoch is best.
        mode: "min" or "max".
    """
    values = list(history[monitor])
    epoch = values.index(max(values) if mode == "max" else min(values))
    return {"epoch": epoch + 1, **{name: float(row[epoch]) for name, row in history.items()}}
