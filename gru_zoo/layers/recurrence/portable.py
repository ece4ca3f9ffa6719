"""The GRU recurrence in plain `keras.ops`: the reference the fast backends are held to.

Equations, with gates in Keras' order z (update), r (reset), h (candidate), for one step:

    z = f(x_z + s_z)            s = h' W + b,  h' = h * dropout
    r = f(x_r + s_r)
    n = g(x_h + r * s_h)                            if reset_after   (Cho et al. 2014, v3; cuDNN)
    n = g(x_h + (r * h') W_h + b_h)                 otherwise        (Cho et al. 2014, v1)
    h_new = z * h + (1 - z) * n
"""

import dataclasses
from typing import Any, Callable

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


def step(
    x: Tensor,
    h: Tensor,
    kernel: Tensor,
    bias: Tensor | None,
    dropout: Tensor | None,
    gates: Gates,
) -> Tensor:
    """One step of the recurrence.

    Args:
        x: projected input, input bias included, shape `(batch, 3 * units)`.
        h: previous state, shape `(batch, units)`.
        kernel: recurrent kernel, shape `(units, 3 * units)`.
        bias: recurrent bias, shape `(3 * units,)`, or None.
        dropout: factor on the state that enters the products, shape `(batch, units)`, or None.
        gates: activations and placement of the reset gate.

    Returns:
        The new state, shape `(batch, units)`.
    """
    units = kernel.shape[0]
    x_z, x_r, x_h = ops.split(x, 3, axis=-1)
    dropped = h if dropout is None else h * dropout
    if gates.reset_after:
        inner = ops.matmul(dropped, kernel)
        if bias is not None:
            inner = inner + bias
        s_z, s_r, s_h = ops.split(inner, 3, axis=-1)
    else:
        inner = ops.matmul(dropped, kernel[:, : 2 * units])
        if bias is not None:
            inner = inner + bias[: 2 * units]
        s_z, s_r = ops.split(inner, 2, axis=-1)
    z = gates.recurrent_activation(x_z + s_z)
    r = gates.recurrent_activation(x_r + s_r)
    if gates.reset_after:
        n = gates.activation(x_h + r * s_h)
    else:
        s_h = ops.matmul(r * dropped, kernel[:, 2 * units :])
        if bias is not None:
            s_h = s_h + bias[2 * units :]
        n = gates.activation(x_h + s_h)
    return z * h + (1 - z) * n


def recurrence(
    x: Tensor,
    h0: Tensor,
    kernel: Tensor,
    bias: Tensor | None,
    mask: Tensor | None,
    dropout: Tensor | None,
    gates: Gates,
    reverse: bool = False,
    training: bool = False,
) -> Tensor:
    """All states of the recurrence over a sequence, in the order in which they were computed.

    Args:
        x: projected inputs, input bias included, shape `(time, batch, 3 * units)`.
        h0: initial state, shape `(batch, units)`.
        kernel: recurrent kernel, shape `(units, 3 * units)`.
        bias: recurrent bias, shape `(3 * units,)`, or None.
        mask: boolean, shape `(time, batch)`; where False the state is carried over. Or None.
        dropout: time-constant factor on the state, shape `(batch, units)`, or None.
        gates: activations and placement of the reset gate.
        reverse: whether the last time step is read first.
        training: whether a gradient may be asked for; a hint for the backends.

    Returns:
        States, shape `(time, batch, units)`: entry k is the state after k + 1 steps, so the
        last entry is the final state, with `reverse` too.
    """
    if reverse:
        x = ops.flip(x, axis=0)
        mask = None if mask is None else ops.flip(mask, axis=0)

    def body(h, inputs):
        x_t, mask_t = inputs if mask is not None else (inputs, None)
        new = step(x_t, h, kernel, bias, dropout, gates)
        if mask_t is not None:
            new = ops.where(ops.expand_dims(mask_t, -1), new, h)
        return new, new

    _, states = ops.scan(body, h0, x if mask is None else (x, mask))
    return states
