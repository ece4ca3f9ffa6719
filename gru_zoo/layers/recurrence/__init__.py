"""The recurrence of a GRU over a whole sequence, one implementation a backend behind one call.

`sequence` runs the fastest implementation that supports the arguments; `explain_path` says which
one that is and why it is not a faster one.
"""

import importlib
from types import ModuleType
from typing import NamedTuple

import keras

from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.activation_gradients import has_gradient
from gru_zoo.layers.recurrence.reference import project, step
from gru_zoo.layers.recurrence.types import StepConfig, Tensor, Weights, state_dtype

__all__ = [
    "StepConfig",
    "Implementation",
    "Weights",
    "advance",
    "explain_path",
    "project",
    "sequence",
    "state_dtype",
    "step",
]

_BACKEND = keras.backend.backend()
# The module of this backend's own loop, if it has one.
_OWN: ModuleType | None = None
if _BACKEND in ("jax", "tensorflow", "torch"):
    _OWN = importlib.import_module(f"gru_zoo.layers.recurrence.{_BACKEND}.dispatch")


class Implementation(NamedTuple):
    """Which implementation of the recurrence runs.

    Args:
        name: `"portable"`, the loop of plain `keras.ops`; `"jax"`, `"tensorflow"` or `"torch"`,
            the loop of that backend with a gradient of its own; `"pallas"` or `"triton"`, the fused
            kernels for JAX and torch on a GPU; or `"cudnn"`.
        reason: why it is not a faster one.
    """

    name: str
    reason: str


def _slow_because(gates: StepConfig) -> str | None:
    """Why the gradient derived by hand does not apply, or None where it does."""
    if gates.layer_norm:
        return "the gradient derived by hand does not cover layer_norm"
    for activation in (gates.activation, gates.recurrent_activation):
        if not has_gradient(activation):
            name = getattr(activation, "__name__", repr(activation))
            return f"the slope of activation '{name}' does not follow from its output"
    return None


def sequence(inputs: Tensor, h0: Tensor, weights: Weights, *, gates: StepConfig, **kwargs):
    """See `reference.sequence`."""
    if _OWN is None:
        return reference.sequence(inputs, h0, weights, gates, **kwargs)
    run = _OWN.plain_sequence if _slow_because(gates) else _OWN.sequence
    return run(inputs, h0, weights, gates=gates, **kwargs)


def advance(inputs: Tensor, h: Tensor, weights: Weights, gates: StepConfig, dropout=None) -> Tensor:
    """See `reference.advance`."""
    run = reference.advance if _OWN is None else _OWN.advance
    return run(inputs, h, weights, gates, dropout)


def explain_path(
    layer, training: bool = False, *, batch: int = 1, masked: bool = False
) -> Implementation:
    """Which implementation a layer's recurrence runs on, and why not on a faster one.

    Args:
        layer: a `gru_zoo.layers.GRU`.
        training: whether the call would be one in training, where dropout applies.
        batch: number of sequences in the call. It and the next decide on torch's GPUs alone.
        masked: whether the call would have a mask.

    Raises:
        TypeError: it is none.

    Example:

        >>> explain_path(GRU(8, activation="softmax"))
        Path(name='portable', reason="the slope of activation 'softmax' does not follow ...")
    """
    if not hasattr(layer, "gates"):
        kind = f"{type(layer).__module__}.{type(layer).__qualname__}"
        raise TypeError(f"Expected a gru_zoo.layers.GRU. Received: {layer!r}, a {kind}.")
    cell, gates = layer.cell, layer.gates(training)
    reason = _slow_because(gates)
    if _OWN is None:
        return Implementation(
            "portable", f"the {_BACKEND} backend has no implementation of its own"
        )
    if reason:
        return Implementation("portable", reason)
    dropout = training and cell.recurrent_dropout > 0
    zoneout = cell.zoneout > 0
    if _BACKEND == "jax":
        dtype = cell.compute_dtype
        return Implementation(*_OWN.path(gates, cell.units, dtype, training and zoneout))
    if _BACKEND == "tensorflow":
        return Implementation(*_OWN.path(gates, cell.compute_dtype, dropout, zoneout))
    if cell.built:
        kernel = keras.ops.cast(cell.recurrent_kernel, cell.compute_dtype)
    else:
        kernel = keras.ops.zeros((cell.units, 3 * cell.units), dtype=cell.compute_dtype)
    return Implementation(*_OWN.path(gates, kernel, dropout, zoneout, batch, masked))
