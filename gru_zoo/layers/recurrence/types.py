"""The types that all implementations of the recurrence share."""

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

import keras

Tensor = Any


@dataclasses.dataclass(frozen=True)
class StepConfig:
    """The activations and options of a step.

    Args:
        activation: g, the candidate's activation.
        recurrent_activation: f, the activation of the update and reset gates.
        reset_after: whether the reset gate is applied after the recurrent product.
        layer_norm: whether the products of input and state are normalized. Default False.
        zoneout: the expected share of the old state in the new one, in inference. 0 in training,
            where a mask is drawn. Default 0.
        use_cudnn: True if cuDNN must run the recurrence, False if it must not, `"auto"` if it may
            where nothing faster does. Default `"auto"`.
        unroll: whether a graph of TensorFlow has the steps one after the other in place of a loop.
            Default False.
    """

    activation: Callable[[Tensor], Tensor]
    recurrent_activation: Callable[[Tensor], Tensor]
    reset_after: bool
    layer_norm: bool = False
    zoneout: float = 0.0
    use_cudnn: bool | str = "auto"
    unroll: bool = False

    @property
    def as_in_cudnn(self) -> bool:
        """Whether the equations are the ones that cuDNN and the fused kernels have."""
        named = (self.activation, self.recurrent_activation, self.reset_after, self.layer_norm)
        return named == (keras.activations.tanh, keras.activations.sigmoid, True, False)


class Weights(NamedTuple):
    """The tensors of a GRU, in the dtype in which products are computed.

    Args:
        kernel: shape `(features, 3 * units)`.
        recurrent_kernel: shape `(units, 3 * units)`.
        bias: of the inputs, shape `(3 * units,)`, or None.
        recurrent_bias: of the recurrent product, shape `(3 * units,)`, or None. Only with
            `reset_after`.
        gain: of the normalized inputs, shape `(3 * units,)`, or None. Only with `layer_norm`.
        recurrent_gain: of the normalized recurrent product, shape `(3 * units,)`, or None. Only
            with `layer_norm`.
    """

    kernel: Tensor
    recurrent_kernel: Tensor
    bias: Tensor | None
    recurrent_bias: Tensor | None
    gain: Tensor | None = None
    recurrent_gain: Tensor | None = None


class Saved(NamedTuple):
    """The intermediate values of a step that its gradient needs.

    The shape is `(batch, units)` where no other is given.

    Args:
        update: z.
        reset: r.
        inner: the recurrent part of the candidate. With `reset_after` s_h, to which the reset gate
            is yet to be applied; otherwise (r * h') W_h.
        candidate: n.
        normal_gates: the normalized recurrent product of z and r before its gain, shape
            `(batch, 2 * units)`. This and the following are None without `layer_norm`.
        gates_scale: what that product was multiplied by to normalize it, shape `(batch, 1)`.
        normal_inner: the normalized recurrent product of the candidate before its gain.
        inner_scale: what that product was multiplied by, shape `(batch, 1)`.
    """

    update: Tensor
    reset: Tensor
    inner: Tensor
    candidate: Tensor
    normal_gates: Tensor | None = None
    gates_scale: Tensor | None = None
    normal_inner: Tensor | None = None
    inner_scale: Tensor | None = None


def state_dtype(dtype) -> str:
    """The dtype in which a state is carried over the steps of weights of `dtype`."""
    dtype = keras.backend.standardize_dtype(dtype)
    return "float32" if dtype in ("float16", "bfloat16") else dtype
