"""Backpropagation through time by hand, for backends that differentiate through a loop slowly.

With dh the gradient of the state after a step, and the names of `portable.step`,

    d_z = dh * to_z    to_z = (h - n) f'(z)         d_n = dh * to_n    to_n = (1 - z) g'(n)

    reset_after:   d_r = d_n * s_h f'(r)            d_s = (d_z, d_r, d_n * r)
    otherwise:     d_q = d_n W_h^T,  d_r = d_q * h' f'(r)

so every factor is elementwise in saved values: all are computed for all steps at once, the
backward loop carries dh alone, and the gradients of kernel and bias are one product over all
steps after it. A masked step has `to_z = to_n = 0` and hands dh on unchanged.
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
        x_t, mask_t = inputs
        new, saved = step(x_t, h, kernel, bias, dropout, gates)
        new = new if mask_t is None else ops.where(mask_t, new, h)
        return new, (new, *saved)

    _, (states, *saved) = loop(body, h0, (x, mask), reverse)
    return states, Saved(*saved)


def _shift(states, h0, reverse):
    """The state before every step."""
    h0 = ops.expand_dims(h0, 0)
    if reverse:
        return ops.concatenate([states[1:], h0], axis=0)
    return ops.concatenate([h0, states[:-1]], axis=0)


def _factors(before, dropped, saved, mask, gates):
    """The factors that turn dh into gate gradients, of all steps, and z where dh passes."""
    z, r, s_h, n = saved
    f_slope, g_slope = slope(gates.recurrent_activation), slope(gates.activation)
    to_z = (before - n) * f_slope(z)
    to_n = (1 - z) * g_slope(n)
    keep = z
    if mask is not None:
        to_z = ops.where(mask, to_z, 0)
        to_n = ops.where(mask, to_n, 0)
        keep = ops.where(mask, z, 1)
    to_r = to_n * s_h * f_slope(r) if gates.reset_after else dropped * f_slope(r)
    return to_z, to_r, to_n, keep, r


def backward(d_states, states, saved, h0, kernel, bias, mask, dropout, gates, reverse, loop):
    """Gradients of x, h0, kernel and bias; the arguments are those of `forward` and its results.

    `dropout` is a sampled constant and has no gradient.
    """
    units = kernel.shape[0]
    wide, dtype = h0.dtype, kernel.dtype
    before = _shift(states, h0, reverse)
    dropped = before if dropout is None else before * ops.cast(dropout, wide)
    factors = _factors(before, dropped, saved, mask, gates)
    transposed = ops.transpose(kernel)
    back = _back_after if gates.reset_after else _back_before

    def body(dh, inputs):
        d_state, to_z, to_r, to_n, keep, r = inputs
        dh = dh + d_state
        d_x, d_dropped = back(dh, to_z, to_r, to_n, r, transposed, units, dtype)
        d_dropped = ops.cast(d_dropped, wide)
        d_dropped = d_dropped if dropout is None else d_dropped * ops.cast(dropout, wide)
        return dh * keep + d_dropped, (d_x,)

    d_h0, (d_x,) = loop(body, ops.zeros_like(h0), (d_states, *factors), not reverse)
    d_kernel, d_bias = _weight_gradients(d_x, dropped, factors[-1], dtype, units, gates)
    return d_x, d_h0, d_kernel, None if bias is None else d_bias


def _back_after(dh, to_z, to_r, to_n, r, transposed, units, dtype):
    d_n = dh * to_n
    d_zr = [dh * to_z, dh * to_r]
    d_s = ops.cast(ops.concatenate([*d_zr, d_n * r], axis=-1), dtype)
    d_x = ops.cast(ops.concatenate([*d_zr, d_n], axis=-1), dtype)
    return d_x, ops.matmul(d_s, transposed)


def _back_before(dh, to_z, to_r, to_n, r, transposed, units, dtype):
    d_n = ops.cast(dh * to_n, dtype)
    d_q = ops.cast(ops.matmul(d_n, transposed[2 * units :]), dh.dtype)
    d_zr = ops.cast(ops.concatenate([dh * to_z, d_q * to_r], axis=-1), dtype)
    d_dropped = d_q * r + ops.cast(ops.matmul(d_zr, transposed[: 2 * units]), dh.dtype)
    return ops.concatenate([d_zr, d_n], axis=-1), d_dropped


def _weight_gradients(d_x, dropped, r, dtype, units, gates):
    d_zr, d_n = d_x[..., : 2 * units], d_x[..., 2 * units :]
    r = ops.cast(r, dtype)
    before_h = before_zr = ops.cast(dropped, dtype)
    if gates.reset_after:
        d_n = d_n * r
    else:
        before_h = before_zr * r
    d_kernel = ops.concatenate([_product(before_zr, d_zr), _product(before_h, d_n)], axis=-1)
    d_bias = ops.concatenate([ops.sum(d_zr, axis=(0, 1)), ops.sum(d_n, axis=(0, 1))], axis=-1)
    return d_kernel, d_bias


def _product(a: Tensor, b: Tensor) -> Tensor:
    """The sum over steps and batch of outer products."""
    return ops.matmul(
        ops.transpose(ops.reshape(a, (-1, a.shape[-1]))), ops.reshape(b, (-1, b.shape[-1]))
    )
