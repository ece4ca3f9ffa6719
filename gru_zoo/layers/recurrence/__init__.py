"""The recurrence of a GRU over a whole sequence, one implementation a backend behind one call.

`sequence` runs the fastest implementation that supports the arguments; `explain_path` says which
one that is and why it is not a faster one.
"""

import importlib
from types import ModuleType
from typing import NamedTuple

import keras

from gru_zoo.layers.recurrence import portable
from gru_zoo.layers.recurrence.portable import Gates, Weights, project, state_dtype, step
from gru_zoo.layers.recurrence.slopes import has_slope

__all__ = ["Gates", "Path", "Weights", "explain_path", "project", "sequence", "state_dtype", "step"]

_FAST_BACKENDS = ("jax", "tensorflow", "torch")


class Path(NamedTuple):
    """Which implementation of the recurrence runs.

    Args:
        name: `"portable"`, the loop of plain `keras.ops`; `"jax"`, `"tensorflow"` or `"torch"`,
            the loop of that backend with a gradient of its own; or `"cudnn"`.
        reason: why it is not a faster one.
    """

    name: str
    reason: str


def _choose(gates: Gates) -> tuple[ModuleType, str]:
    backend = keras.backend.backend()
    if backend not in _FAST_BACKENDS:
        return portable, f"the {backend} backend has no implementation of its own"
    for activation in (gates.activation, gates.recurrent_activation):
        if not has_slope(activation):
            name = getattr(activation, "__name__", repr(activation))
            return portable, f"the slope of activation '{name}' does not follow from its output"
    fast = importlib.import_module(f"gru_zoo.layers.recurrence.{backend}")
    return fast, f"the {backend} backend has no fused kernel here"


def sequence(*args, gates: Gates, **kwargs):
    """See `portable.sequence`."""
    implementation, _ = _choose(gates)
    return implementation.sequence(*args, gates=gates, **kwargs)


def explain_path(layer, training: bool = False) -> Path:
    """Which implementation a layer's recurrence runs on, and why not on a faster one.

    Args:
        layer: a `gru_zoo.layers.GRU`.
        training: whether the call would be one in training, where dropout applies.

    Example:

        >>> explain_path(GRU(8, activation="softmax"))
        Path(name='portable', reason="the slope of activation 'softmax' does not follow ...")
    """
    gates = layer.cell.gates
    implementation, reason = _choose(gates)
    name = implementation.__name__.rsplit(".", 1)[-1]
    if name != "torch":
        return Path(name, reason)
    kernel = layer.cell.kernel.value if layer.built else keras.ops.zeros(())
    dropout = training and layer.cell.recurrent_dropout > 0
    return Path(*implementation.path(gates, kernel.is_cuda, dropout))
