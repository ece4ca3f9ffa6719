"""The recurrence of a GRU over a whole sequence, one implementation a backend behind one call.

`sequence` runs the fastest implementation that supports the arguments; `choose` says which one
that is and why it is not a faster one.
"""

import importlib
from types import ModuleType

import keras

from gru_zoo.layers.recurrence import portable
from gru_zoo.layers.recurrence.portable import Gates, Weights, project, state_dtype, step
from gru_zoo.layers.recurrence.slopes import slope

__all__ = ["Gates", "Weights", "choose", "project", "sequence", "state_dtype", "step"]

_FAST_BACKENDS = ("jax", "tensorflow", "torch")


def choose(gates: Gates) -> tuple[ModuleType, str]:
    """The implementation that `sequence` uses for `gates`, and the reason."""
    backend = keras.backend.backend()
    if backend not in _FAST_BACKENDS:
        return portable, f"the {backend} backend has no implementation of its own"
    for activation in (gates.activation, gates.recurrent_activation):
        if slope(activation) is None:
            name = getattr(activation, "__name__", repr(activation))
            return portable, f"the slope of activation '{name}' does not follow from its output"
    return importlib.import_module(f"gru_zoo.layers.recurrence.{backend}"), "supported"


def sequence(*args, gates: Gates, **kwargs):
    """See `portable.sequence`."""
    implementation, _ = choose(gates)
    return implementation.sequence(*args, gates=gates, **kwargs)
