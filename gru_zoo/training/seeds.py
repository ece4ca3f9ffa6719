"""Random generators of a training: their seeds and their states."""

import contextlib

import keras
import numpy as np


def keep_torch_generator() -> contextlib.AbstractContextManager:
    """On torch, a context that restores the state of the global generator, which `fit` seeds."""
    if keras.backend.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.random.fork_rng(devices=range(torch.cuda.device_count()))


class EpochSeeds(keras.callbacks.Callback):
    """On torch, seeds the global generator before each epoch from a seed and the epoch.

    Dropout without a seed draws from that generator there, and no file keeps its state.

    Args:
        seed: seed of the training.
    """

    def __init__(self, seed: int):
        super().__init__()
        self.seed = seed

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        if keras.backend.backend() == "torch":
            import torch

            torch.manual_seed((self.seed << 16) + epoch)


def seed_generators(model: keras.Model, seed: int) -> None:
    """Reset the random generators of a model, such as those of dropout, to a seed.

    Args:
        model: the model.
        seed: 0 or more; the lower 31 bits count.
    """
    for index, variable in enumerate(seed_states(model)):
        # torch stores the state as signed 32-bit integers.
        variable.assign(np.array([seed % 2**31, index], variable.dtype))


def seed_states(model: keras.Model) -> list[keras.Variable]:
    """States of the random generators of a model, which weights files leave out.

    `variables` of a layer are its `weights` and the states of its `keras.random.SeedGenerator`s,
    as Keras documents.
    """
    weights = {id(weight) for weight in model.weights}
    return [variable for variable in model.variables if id(variable) not in weights]
