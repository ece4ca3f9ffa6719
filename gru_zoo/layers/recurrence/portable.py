"""The GRU recurrence in plain `keras.ops`: the reference the fast backends are held to.

Equations, with gates in Keras' order z (update), r (reset), h (candidate), for one step:

    z = f(x_z + s_z)            s = h' W + b,  h' = h * dropout
    r = f(x_r + s_r)
    n = g(x_h + r * s_h)                            if reset_after   (Cho et al. 2014, v3; cuDNN)
    n = g(x_h + (r * h') W_h)                       otherwise        (Cho et al. 2014, v1)
    h_new = z * h + (1 - z) * n

The state may have a wider dtype than the weights: products run in the weights' dtype, all else in
the state's, so that many small updates of a half-precision state are not rounded away.
"""

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
from keras import ops

Tensor = Any


@dataclasses.dataclass(frozen=True)
class Gates:
    """What a step computes with, besides its tensors.

    Args:
        activation: g, the candidate's activation.
        recurrent_activation: f, the activation of the update and reset gates.
        reset_after: whether the reset gate is applied after the recurrent product.
    """

    activation: Callable[[Tensor], Tensor]
    recurrent_activation: Callable[[Tensor], Tensor]
    reset_after: bool


class Weights(NamedTuple):
    """The tensors of a GRU, in the dtype in which products are computed.

    Args:
        kernel: shape `(features, 3 * units)`.
        recurrent_kernel: shape `(units, 3 * units)`.
        bias: of the inputs, shape `(3 * units,)`, or None.
        recurrent_bias: of the recurrent product, shape `(3 * units,)`, or None. Only with
            `reset_after`.
    """

    kernel: Tensor
    recurrent_kernel: Tensor
    bias: Tensor | None
    recurrent_bias: Tensor | None


class Saved(NamedTuple):
    """What a step computes on its way, each of shape `(batch, units)`.

    Args:
        update: z.
        reset: r.
        inner: the recurrent part of the candidate before the reset gate, s_h; with
            `reset_after` False the part that comes after it, (r * h') W_h.
        candidate: n.
    """

    update: Tensor
    reset: Tensor
    inner: Tensor
    candidate: Tensor


def project(inputs: Tensor, weights: Weights) -> tuple[Tensor, Tensor, Tensor]:
    """The input's part of z, r and h: `(..., features)` to three times `(..., units)`.

    Three arrays, because XLA's CPU compiler makes a loop that slices its inputs twice as slow.
    """
    kernels = ops.split(weights.kernel, 3, axis=-1)
    if weights.bias is None:
        return tuple(ops.matmul(inputs, kernel) for kernel in kernels)
    biases = ops.split(weights.bias, 3)
    return tuple(ops.matmul(inputs, k) + b for k, b in zip(kernels, biases, strict=True))


def state_dtype(dtype) -> str:
    """The dtype in which a state is carried over the steps of weights of `dtype`."""
    dtype = keras.backend.standardize_dtype(dtype)
    return "float32" if dtype in ("float16", "bfloat16") else dtype


def step(
    x: tuple[Tensor, Tensor, Tensor],
    h: Tensor,
    kernel: Tensor,
    bias: Tensor | None,
    dropout: Tensor | None,
    gates: Gates,
) -> tuple[Tensor, Saved]:
    """One step of the recurrence.

    Args:
        x: projected input of z, r and h, input bias included, each `(batch, units)`.
        h: previous state, shape `(batch, units)`.
        kernel: recurrent kernel, shape `(units, 3 * units)`.
        bias: recurrent bias, shape `(3 * units,)`, or None.
        dropout: factor on the state that enters the products, shape `(batch, units)`, or None.
        gates: activations and placement of the reset gate.

    Returns:
        The new state, shape `(batch, units)`, and the values a gradient needs.
    """
    units = kernel.shape[0]
    wide, low = h.dtype, kernel.dtype
    x_z, x_r, x_h = (ops.cast(part, wide) for part in x)
    dropped = h if dropout is None else h * ops.cast(dropout, wide)
    if gates.reset_after:
        s = ops.cast(ops.matmul(ops.cast(dropped, low), kernel), wide)
        s = s if bias is None else s + ops.cast(bias, wide)
        s_z, s_r, s_h = ops.split(s, 3, axis=-1)
    else:
        s = ops.cast(ops.matmul(ops.cast(dropped, low), kernel[:, : 2 * units]), wide)
        s_z, s_r = ops.split(s, 2, axis=-1)
    z = gates.recurrent_activation(x_z + s_z)
    r = gates.recurrent_activation(x_r + s_r)
    if gates.reset_after:
        n = gates.activation(x_h + r * s_h)
    else:
        s_h = ops.cast(ops.matmul(ops.cast(r * dropped, low), kernel[:, 2 * units :]), wide)
        n = gates.activation(x_h + s_h)
    new = z * h + (1 - z) * n
    return new, Saved(z, r, s_h, n)


def scan(
    x: tuple[Tensor, Tensor, Tensor],
    h0: Tensor,
    kernel: Tensor,
    bias: Tensor | None,
    mask: Tensor | None,
    dropout: Tensor | None,
    gates: Gates,
    reverse: bool,
) -> Tensor:
    """All states of the recurrence over a projected sequence.

    Args:
        x: projected inputs of z, r and h, input bias included, each `(time, batch, units)`.
        h0: initial state, shape `(batch, units)`, in the dtype in which it is carried.
        kernel: recurrent kernel, shape `(units, 3 * units)`.
        bias: recurrent bias, shape `(3 * units,)`, or None.
        mask: boolean, shape `(time, batch, 1)`; where False the state is carried over. Or None.
        dropout: time-constant factor on the state, shape `(batch, units)`, or None.
        gates: activations and placement of the reset gate.
        reverse: whether the last time step is read first.

    Returns:
        States, shape `(time, batch, units)`: entry t is the state after time step t was read.
    """

    def body(h, inputs):
        new, _ = step(inputs[:3], h, kernel, bias, dropout, gates)
        new = new if mask is None else ops.where(inputs[3], new, h)
        return new, new

    xs = [*x] if mask is None else [*x, mask]
    _, states = ops.scan(body, h0, xs, reverse=reverse)
    return states


def sequence(
    inputs: Tensor,
    h0: Tensor,
    weights: Weights,
    gates: Gates,
    mask: Tensor | None = None,
    dropout: Tensor | None = None,
    reverse: bool = False,
    return_sequences: bool = True,
    scan: Callable = scan,
) -> tuple[Tensor | None, Tensor]:
    """The recurrence over a whole sequence, the input projected before it.

    Args:
        inputs: shape `(batch, time, features)`.
        h0: initial state, shape `(batch, units)`.
        weights: the GRU's tensors.
        gates: activations and placement of the reset gate.
        mask: boolean, shape `(batch, time)`; where False the state is carried over. Or None.
        dropout: time-constant factor on the state, shape `(batch, units)`, or None.
        reverse: whether the last time step is read first.
        return_sequences: whether the states of all steps are wanted.
        scan: the loop, with the arguments and the result of this module's `scan`.

    Returns:
        The states, shape `(batch, time, units)`, entry t the state after time step t was read,
        or None if not wanted; and the state after the last step read, shape `(batch, units)`.
    """
    x = project(ops.transpose(inputs, (1, 0, 2)), weights)
    h0 = ops.cast(h0, state_dtype(x[0].dtype))
    if mask is not None:
        mask = ops.expand_dims(ops.transpose(mask), -1)
    states = scan(
        x, h0, weights.recurrent_kernel, weights.recurrent_bias, mask, dropout, gates, reverse
    )
    last = states[0 if reverse else -1]
    return ops.transpose(states, (1, 0, 2)) if return_sequences else None, last
