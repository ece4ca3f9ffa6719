"""The states of random generators."""

import contextlib

import keras
import numpy as np


def torch_generator_kept():
    """On torch, a context that restores the global generator, which a training seeds anew."""
    if keras.backend.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.random.fork_rng(devices=range(torch.cuda.device_count()))


def seed_generators(model: keras.Model, seed: int) -> None:
    """Start the random generators of a model, such as those of dropout, from a seed."""
    for index, variable in enumerate(seed_states(model)):
        # torch keeps them as signed numbers of 32 bits.
        variable.assign(np.array([seed % 2**31, index], variable.dtype))


def seed_states(model: keras.Model) -> list[keras.Variable]:
    """The states of the model's random generators, which weight files leave out."""
    return [v for v in model.variables if v.path.endswith("seed_generator_state")]
