"""Training that survives a kill: one call around `keras.Model.fit`."""

import os
from typing import Any

import keras

from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.training.checkpoint import CheckpointCallback
from gru_zoo.training.progress import EpochEstimate
from gru_zoo.training.seeds import torch_generator_kept


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
    keeper = CheckpointCallback(
        directory, monitor, mode, average, patience, settings, (train, validation)
    )
    start = keeper.open(model, resume)
    train.epoch = start
    history = keras.callbacks.History()
    said = (EpochEstimate(epochs - start),) if verbose else ()
    if start < epochs and not keeper.out_of_patience:
        try:
            with torch_generator_kept():
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
