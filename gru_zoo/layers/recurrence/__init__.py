"""The recurrence of a GRU over a whole sequence, one implementation a backend behind one call.

`recurrence` picks the fastest implementation that supports the arguments and `path` names it.
"""

import importlib

import keras

from gru_zoo.layers.recurrence import portable
from gru_zoo.layers.recurrence.portable import Gates, step

__all__ = ["Gates", "path", "recurrence", "step"]

_FAST_BACKENDS = ("torch",)


def _implementation(gates: Gates):
    backend = keras.backend.backend()
    if backend in _FAST_BACKENDS:
        fast = importlib.import_module(f"gru_zoo.layers.recurrence.{backend}")
        if fast.supports(gates):
            return fast
    return portable


def path(gates: Gates) -> str:
    """Name of the implementation that `recurrence` uses for `gates` on the current backend."""
    return _implementation(gates).__name__.rsplit(".", 1)[-1]


def recurrence(x, h0, kernel, bias, mask, dropout, gates, reverse=False, training=False):
    """See `portable.recurrence`."""
    fast = _implementation(gates)
    return fast.recurrence(x, h0, kernel, bias, mask, dropout, gates, reverse, training)
