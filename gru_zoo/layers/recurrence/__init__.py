"""The recurrence of a GRU over a whole sequence: one call, several implementations.

`sequence` runs the fastest implementation that supports its arguments; `explain_path` names it and
says why it is not a faster one. Which one runs when:

    on             gradient wanted   batch   mask       runs
    torch
    CPU            yes               any     packed     torch/training.py, backward.py (+ steps.py,
                                                        matmul.py)
    CPU            no                1       packed     torch/numpy_steps.py (float32, plain gates,
                                                        kernel of fewer than 460,800 entries)
    CPU            no                any     packed     torch/inference.py (+ steps.py, matmul.py)
    CUDA >= 8.0    yes / no          any     in place   torch/fused.py -> triton_kernels.py (tanh,
                                                        sigmoid, reset_after), unless cuDNN is
                                                        faster (fused.slower_than_cudnn)
    CUDA           yes / no          any     packed     torch/cudnn.py (plain gates)
    CUDA, others   yes / no          any     packed     torch/training.py / torch/inference.py
    jax
    CPU            yes / no          any     packed     jax/scan.py: packed_scan
    CPU            yes / no          any     none       jax/scan.py: scan (+ loop.py in training)
    GPU            yes / no          any     in place   jax/fused.py -> pallas_kernels.py (tanh,
                                                        sigmoid, reset_after), else jax/scan.py
    tensorflow
    CPU            yes / no          any     packed     tensorflow/loop.py
    GPU            yes / no          any     packed     tensorflow/cudnn.py (plain gates)
    GPU, others    yes / no          any     in place   tensorflow/loop.py
    any backend
    any            yes / no          any     in place   reference.py, differentiated by the backend:
                                                        for an activation that
                                                        activation_gradients.py does not know

Plain gates are tanh, sigmoid and `reset_after=True`, without recurrent dropout, zoneout and
`layer_norm`, which the fused kernels do not have either.
"Packed" leaves masked steps out, "in place" computes them and drops the result. On torch whatever
follows operations one by one, such as a transform or a second derivative, has those of
torch/plain.py. The dispatch.py of each backend says the same in more detail.

The backend is fixed at import: this module imports the implementation of
`keras.backend.backend()`, as Keras itself does.
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
# The dispatch of this backend, which has `sequence`, `plain_sequence`, `advance` and `path`; None
# for a backend without implementations of its own.
_OWN: ModuleType | None = None
if _BACKEND in ("jax", "tensorflow", "torch"):
    _OWN = importlib.import_module(f"gru_zoo.layers.recurrence.{_BACKEND}.dispatch")


class Implementation(NamedTuple):
    """Which implementation of the recurrence runs.

    Args:
        name: `"portable"`, the loop of plain `keras.ops`; `"jax"`, `"tensorflow"` or `"torch"`,
            the loops of that backend with a gradient by hand; `"pallas"` or `"triton"`, the fused
            kernels for JAX and torch on a GPU; or `"cudnn"`.
        reason: why it is not a faster one.
    """

    name: str
    reason: str


def _no_gradient_because(gates: StepConfig) -> str | None:
    """Why the gradient derived by hand does not apply, or None where it does."""
    for activation in (gates.activation, gates.recurrent_activation):
        if not has_gradient(activation):
            name = getattr(activation, "__name__", repr(activation))
            return f"the gradient of activation '{name}' does not follow from its output"
    return None


def sequence(inputs: Tensor, h0: Tensor, weights: Weights, *, gates: StepConfig, **kwargs):
    """The recurrence over a whole sequence, by the fastest implementation.

    Args:
        inputs: shape `(batch, time, features)`, in the dtype of the weights.
        h0: initial state, shape `(batch, units)`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
        **kwargs: `mask`, `dropout`, `zoneout_mask`, `reverse` and `return_sequences`, see
            `reference.sequence`.

    Returns:
        The states, shape `(batch, time, units)`, in time order, or None if not wanted; and the
        state after the step read last, shape `(batch, units)`.
    """
    if inputs.shape[-1] == 0:
        inputs, weights = _with_a_feature(inputs, weights)
    if _OWN is None:
        return reference.sequence(inputs, h0, weights, gates, **kwargs)
    run = _OWN.plain_sequence if _no_gradient_because(gates) else _OWN.sequence
    return run(inputs, h0, weights, gates=gates, **kwargs)


def _with_a_feature(inputs, weights):
    """Inputs without features as inputs with one, of zeros: TensorFlow dies of empty products."""
    rest = [[0, 0]] * (len(inputs.shape) - 1)
    kernel = keras.ops.pad(weights.kernel, [[0, 1], [0, 0]])
    return keras.ops.pad(inputs, [*rest, [0, 1]]), weights._replace(kernel=kernel)


def advance(inputs: Tensor, h: Tensor, weights: Weights, gates: StepConfig, dropout=None) -> Tensor:
    """The state after one step.

    Args:
        inputs: shape `(batch, features)`, in the dtype of the weights.
        h: previous state, shape `(batch, units)`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
        dropout: factor on the state in the products, shape `(batch, units)`, or None.

    Returns:
        Shape `(batch, units)`, in the dtype of `h`.
    """
    if inputs.shape[-1] == 0:
        inputs, weights = _with_a_feature(inputs, weights)
    run = reference.advance if _OWN is None else _OWN.advance
    return run(inputs, h, weights, gates, dropout)


def explain_path(
    layer, training: bool = False, *, batch: int = 1, masked: bool = False
) -> Implementation:
    """Which implementation a layer's recurrence runs on, and why not on a faster one.

    Args:
        layer: a `gru_zoo.layers.GRU`.
        training: whether to explain a call in training, where dropout applies. Default False.
        batch: number of sequences in the call. Decides only on torch's GPUs. Default 1.
        masked: whether the call has a mask. Decides only on torch's GPUs. Default False.

    Raises:
        TypeError: `layer` is another layer.

    Example:

        >>> from gru_zoo.layers import GRU, explain_path
        >>> explain_path(GRU(8, activation="softmax"))
        Implementation(name='portable', reason="the gradient of activation 'softmax' does not ...")
    """
    if not hasattr(layer, "gates"):
        kind = f"{type(layer).__module__}.{type(layer).__qualname__}"
        raise TypeError(f"Expected a gru_zoo.layers.GRU. Received: {layer!r}, a {kind}.")
    cell, gates = layer.cell, layer.gates(training)
    reason = _no_gradient_because(gates)
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
