"""Training that survives a kill: one call around `keras.Model.fit`."""

import os
from typing import Any

import keras

from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.training.best_weights import BestWeights
from gru_zoo.training.checkpoint import CheckpointCallback
from gru_zoo.training.progress import EpochEstimate
from gru_zoo.training.seeds import EpochSeeds, keep_torch_generator
from gru_zoo.training.state_files import StateFiles


def fit(
    model: keras.Model,
    train: SeededDataset,
    validation: SeededDataset,
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

    If training is interrupted, by an error or by hand, the model keeps its best weights so far, or
    the initial ones if no epoch finished.

    Args:
        model: compiled model.
        train: training batches, shuffled anew in every epoch.
        validation: validation batches.
        epochs: number of epochs, 1 or more.
        monitor: quantity that decides which epochs are best, such as "val_loss".
        mode: "min" or "max", which values of `monitor` are best.
        average: number of best epochs, 1 or more, whose mean weights the model gets.
        patience: number of epochs, 1 or more, without a better one after which training stops;
            None trains all epochs.
        directory: where the state after each epoch is saved; None saves nothing.
        resume: continue after the last epoch finished in `directory`.
        settings: values that must be the same when a training is resumed.
        verbose: as in `keras.Model.fit`. Unless 0, the time of an epoch is logged, see
            `EpochEstimate`.
        callbacks: further callbacks. What they put into the logs of an epoch can be monitored.

    Returns:
        The history of all epochs, those before a resume included.

    Raises:
        FileExistsError: `directory` holds a training and `resume` is False.
        ValueError: a number is out of its range, the training in `directory` had other settings or
            examples or is damaged, or a loss or the monitored quantity is not finite.
    """
    _check(epochs, mode, average, patience, directory, resume)
    initial_weights = model.get_weights()
    best, files = BestWeights(average, mode), None
    if directory is not None:
        settings = {"epochs": epochs, "average": average, "patience": patience, **(settings or {})}
        files = StateFiles(directory, settings, [train.digest(), validation.digest()])
    checkpoint = CheckpointCallback(monitor, best, patience, files)
    train.epoch = start = checkpoint.open(model, resume)
    history = keras.callbacks.History()
    estimate = (EpochEstimate(epochs - start),) if verbose else ()
    if start < epochs and not checkpoint.out_of_patience:
        try:
            with keep_torch_generator():
                history = model.fit(
                    train,
                    validation_data=validation,
                    initial_epoch=start,
                    epochs=epochs,
                    shuffle=False,  # `train` shuffles by itself
                    verbose=verbose,
                    callbacks=[*callbacks, EpochSeeds(train.seed), checkpoint, *estimate],
                )
        except BaseException:
            model.set_weights(initial_weights)
            best.restore(model)
            raise
    best.restore(model)
    history.set_model(model)
    history.history = checkpoint.history
    history.epoch = list(range(len(checkpoint.history["loss"])))
    return history


def _check(epochs, mode, average, patience, directory, resume) -> None:
    """Raise ValueError if an argument of `fit` is out of its range."""
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
