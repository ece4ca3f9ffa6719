"""Gradients of activations as functions of their outputs.

With these a gradient needs no pre-activations. Activations whose output does not determine their
gradient (silu, gelu) or that mix units (softmax) are missing.
"""

from collections.abc import Callable

from keras import activations, ops


def _where_positive(positive: float, negative: Callable):
    return lambda y: ops.where(y > 0, ops.full_like(y, positive), negative(y))


_SELU_SCALE = 1.0507009873554805
_SELU_SCALE_ALPHA = 1.7580993408473766

_GRADIENTS = {
    activations.tanh: lambda y: 1 - y * y,
    activations.sigmoid: lambda y: y * (1 - y),
    activations.linear: ops.ones_like,
    activations.relu: _where_positive(1.0, ops.zeros_like),
    activations.leaky_relu: _where_positive(1.0, lambda y: ops.full_like(y, 0.2)),
    activations.elu: _where_positive(1.0, lambda y: y + 1),
    activations.selu: _where_positive(_SELU_SCALE, lambda y: y + _SELU_SCALE_ALPHA),
    activations.exponential: lambda y: y,
    activations.softplus: lambda y: 1 - ops.exp(-y),
    activations.softsign: lambda y: ops.square(1 - ops.abs(y)),
    activations.hard_sigmoid: lambda y: ops.cast((y > 0) & (y < 1), y.dtype) / 6,
    activations.hard_tanh: lambda y: ops.cast(ops.abs(y) < 1, y.dtype),
}


def has_gradient(activation: Callable) -> bool:
    """Whether the gradient of `activation` is known as a function of its output."""
    return activation in _GRADIENTS


def gradient_of(activation: Callable) -> Callable:
    """The gradient of an activation as a function of its output; see `has_gradient`."""
    return _GRADIENTS[activation]
