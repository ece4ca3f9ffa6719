"""Backpropagation through time by hand, for backends that differentiate through a loop slowly.

With dh the gradient of the state after a step, and the names of `portable.step`,

    d_z = dh * to_z    to_z = (h - n) f'(z)         d_n = dh * to_n    to_n = (1 - z) g'(n)

    reset_after:   d_r = d_n * s_h f'(r)            d_s = (d_z, d_r, d_n * r)
    otherwise:     d_q = d_n W_h^T,  d_r = d_q * h' f'(r)

so every factor is elementwise in values that the forward loop has saved, the backward loop carries
dh alone, and the gradients of kernel and bias are products over all steps after it. A masked step
has `to_z = to_n = 0` and hands dh on unchanged, and so has a unit that zoneout keeps.
"""

from collections.abc import Callable

from keras import ops

from gru_zoo.layers.recurrence.portable import Gates, Saved, Tensor, step
from gru_zoo.layers.recurrence.slopes import slope


def forward(x, h0, kernel, bias, mask, dropout, gates: Gates, reverse: bool, loop: Callable):
    """States as `portable.scan` returns them, and what `backward` needs of every step.

    Args:
        loop: `loop(body, carry, xs, reverse)` as `jax.lax.scan`, on tuples that may hold None.
    """

    def body(h, inputs):
        *x_t, mask_t = inputs
        new, saved = step(x_t, h, kernel, bias, dropout, gates)
        new = new if mask_t is None else ops.where(mask_t, new, h)
        return new, (new, *saved)

    _, (states, *saved) = loop(body, h0, (*x, mask), reverse)
    return states, Saved(*saved)


def before(states, h0, reverse):
    """The state before every step."""
    h0 = ops.expand_dims(h0, 0)
    if reverse:
        return ops.concatenate([states[1:], h0], axis=0)
    return ops.concatenate([h0, states[:-1]], axis=0)


def factors(before, dropped, saved, mask, gates):
    """The factors that turn dh into gate gradients and into the dh of the step before, and r."""
    z, r, s_h, n = saved
    f_slope, g_slope = slope(gates.recurrent_activation), slope(gates.activation)
    to_z = (before - n) * f_slope(z)
    to_n = (1 - z) * g_slope(n)
    keep = z
    if gates.zoneout:
        share = 1 - gates.zoneout
        to_z, to_n, keep = share * to_z, share * to_n, 1 - share * (1 - z)
    if mask is not None:
        to_z = ops.where(mask, to_z, 0)
        to_n = ops.where(mask, to_n, 0)
        keep = ops.where(mask, keep, 1)
    to_r = to_n * s_h * f_slope(r) if gates.reset_after else dropped * f_slope(r)
    return to_z, to_r, to_n, keep, r


def backward(d_states, states, saved, h0, kernel, bias, mask, dropout, gates, reverse, loop):
    """Gradients of x, h0, kernel and bias; the arguments are those of `forward` and its results.

    `dropout` is a sampled constant and has no gradient.
    """
    units = kernel.shape[0]
    wide, dtype = h0.dtype, kernel.dtype
    starts = before(states, h0, reverse)
    dropped = starts if dropout is None else starts * ops.cast(dropout, wide)
    transposed = ops.transpose(kernel)
    back = _back_after if gates.reset_after else _back_before

    def body(dh, inputs):
        d_state, before_t, mask_t, *saved_t = inputs
        dropped_t = before_t if dropout is None else before_t * ops.cast(dropout, wide)
        to_z, to_r, to_n, keep, r = factors(before_t, dropped_t, saved_t, mask_t, gates)
        dh = dh + d_state
        d_s, d_n, d_dropped = back(dh, to_z, to_r, to_n, r, transposed, units, dtype)
        d_dropped = ops.cast(d_dropped, wide)
        d_dropped = d_dropped if dropout is None else d_dropped * ops.cast(dropout, wide)
        return dh * keep + d_dropped, (d_s, d_n)

    xs = (d_states, starts, mask, *saved)
    d_h0, (d_s, d_n) = loop(body, ops.zeros_like(h0), xs, not reverse)
    d_x = d_s[..., :units], d_s[..., units : 2 * units], d_n
    return d_x, d_h0, *weight_gradients(d_s, dropped, saved.reset, gates, bias)


def _back_after(dh, to_z, to_r, to_n, r, transposed, units, dtype):
    d_n = dh * to_n
    d_s = ops.cast(ops.concatenate([dh * to_z, dh * to_r, d_n * r], axis=-1), dtype)
    return d_s, ops.cast(d_n, dtype), ops.matmul(d_s, transposed)


def _back_before(dh, to_z, to_r, to_n, r, transposed, units, dtype):
    d_n = ops.cast(dh * to_n, dtype)
    d_q = ops.cast(ops.matmul(d_n, transposed[2 * units :]), dh.dtype)
    d_zr = ops.cast(ops.concatenate([dh * to_z, d_q * to_r], axis=-1), dtype)
    d_dropped = d_q * r + ops.cast(ops.matmul(d_zr, transposed[: 2 * units]), dh.dtype)
    return ops.concatenate([d_zr, d_n], axis=-1), d_n, d_dropped


def weight_gradients(d_s, dropped, r, gates, bias):
    """Gradients of kernel and bias.

    Args:
        d_s: gradient of the recurrent products of z, r and h, shape `(time, batch, 3 * units)`.
        dropped: the state in these products, shape `(time, batch, units)`.
        r: the reset gate, of the same shape.
        gates: placement of the reset gate.
        bias: the recurrent bias, or None.
    """
    d_s, dropped, r = map(_rows, (d_s, dropped, r))
    if gates.reset_after:
        d_kernel = _product(dropped, d_s)
    else:
        split = 2 * r.shape[-1]
        parts = _product(dropped, d_s[:, :split]), _product(r * dropped, d_s[:, split:])
        d_kernel = ops.concatenate(parts, axis=-1)
    return d_kernel, None if bias is None else ops.sum(d_s, axis=0)


def _rows(values: Tensor) -> Tensor:
    """`(time, batch, units)` as `(time * batch, units)`."""
    return ops.reshape(values, (-1, values.shape[-1]))


def _product(a: Tensor, b: Tensor) -> Tensor:
    """The sum over rows of outer products, in the dtype of `b`."""
    # This way round, since XLA is slower at the transpose of it on a CPU.
    return ops.transpose(ops.matmul(ops.transpose(b), ops.cast(a, b.dtype)))
