"""Backpropagation through time by hand, for backends that differentiate a loop slowly.

With dh the gradient of the state after a step, and the names of `reference.step`,

    d_z = dh * to_z    to_z = (h - n) f'(z)         d_n = dh * to_n    to_n = (1 - z) g'(n)

    reset_after:   d_r = d_n * s_h f'(r)            d_s = (d_z, d_r, d_n * r)
    otherwise:     d_q = d_n W_h^T,  d_r = d_q * h' f'(r)

So every local gradient is elementwise in values that the forward loop has saved, the backward loop
carries dh alone, and the gradients of kernel and bias are products over all steps after the loop.
In a masked step, and in a unit that zoneout keeps, `to_z = to_n = 0` and dh is passed on unchanged.
"""

import math
from collections.abc import Callable

from keras import ops

from gru_zoo.layers.recurrence.activation_gradients import gradient_of
from gru_zoo.layers.recurrence.reference import first_rows, step
from gru_zoo.layers.recurrence.types import Saved, StepConfig, Tensor

_SMALL = 2**17  # Values of all steps of one gate.


def forward(x, h0, kernel, bias, mask, dropout, gates: StepConfig, reverse: bool, loop: Callable):
    """The states and what `backward` needs of every step.

    Args:
        x, h0, kernel, bias, mask, dropout, gates, reverse: see `reference.scan`.
        loop: `loop(body, carry, xs, reverse)` as `jax.lax.scan`, on tuples that may hold None. It
            may leave out the last rows of a step.

    Returns:
        States, shape `(time, batch, units)`, as `reference.scan` returns them, and a `Saved` of
        values of that shape.
    """

    def body(h, inputs):
        *x_t, mask_t = inputs
        new, saved = step(x_t, h, kernel, bias, first_rows(dropout, h), gates)
        new = new if mask_t is None else ops.where(mask_t, new, h)
        return new, (new, *saved)

    _, (states, *saved) = loop(body, h0, (*x, mask), reverse)
    return states, Saved(*saved)


def previous_states(states, h0, reverse):
    """The state before every step, `(time, batch, units)`, from the states after each."""
    h0 = ops.expand_dims(h0, 0)
    if reverse:
        return ops.concatenate([states[1:], h0], axis=0)
    return ops.concatenate([h0, states[:-1]], axis=0)


def local_gradients(previous, dropped, saved, mask, gates):
    """The factors on dh that give the gradients of the gates and the dh of the step before.

    Args:
        previous: the state before the step.
        dropped: that state with dropout; not used with `reset_after`.
        saved: the values of the step.
        mask: where False the state was carried over, or None.
        gates: activations and options of the step.

    Returns:
        to_z, to_r, to_n, the factor on dh of the step before, and r.
    """
    z, r, s_h, n = saved
    f_gradient, g_gradient = gradient_of(gates.recurrent_activation), gradient_of(gates.activation)
    to_z = (previous - n) * f_gradient(z)
    to_n = (1 - z) * g_gradient(n)
    keep = z
    if gates.zoneout:
        share = 1 - gates.zoneout
        to_z, to_n, keep = share * to_z, share * to_n, 1 - share * (1 - z)
    if mask is not None:
        to_z = ops.where(mask, to_z, 0)
        to_n = ops.where(mask, to_n, 0)
        keep = ops.where(mask, keep, 1)
    to_r = to_n * s_h * f_gradient(r) if gates.reset_after else dropped * f_gradient(r)
    return to_z, to_r, to_n, keep, r


def backward(
    d_states, starts, saved, kernel, bias, mask, dropout, gates, reverse, loop, d_last=None
):
    """Gradients of x, h0, kernel and bias.

    Args:
        d_states: gradient of the states, shape `(time, batch, units)`, or None.
        starts: the state before every step, from `previous_states`.
        saved: from `forward`.
        kernel, bias, mask, gates, reverse, loop: as given to `forward`.
        dropout: as given to `forward`. It is a constant and has no gradient.
        d_last: gradient of the state after the step read last, shape `(batch, units)`, or None.
            Default None.
    """
    units = kernel.shape[-2]
    wide, dtype = starts.dtype, kernel.dtype
    dropped = starts if dropout is None else starts * ops.cast(dropout, wide)
    transposed = ops.swapaxes(kernel, -1, -2)
    back = _back_after if gates.reset_after else _back_before

    def body(dh, inputs):
        d_state, previous_t, mask_t, r, z, s_h, n = inputs
        factor = first_rows(dropout, dh)
        dropped_t = previous_t if factor is None else previous_t * ops.cast(factor, wide)
        to_z, to_r, to_n, keep, r = local_gradients(
            previous_t, dropped_t, Saved(z, r, s_h, n), mask_t, gates
        )
        dh = dh if d_state is None else dh + d_state
        d_gates, d_dropped = back(dh, to_z, to_r, to_n, r, transposed, units, dtype)
        d_dropped = ops.cast(d_dropped, wide)
        d_dropped = d_dropped if factor is None else d_dropped * ops.cast(factor, wide)
        return dh * keep + d_dropped, d_gates

    # A loop may overwrite the last of its inputs. r comes first, since without reset_after it is
    # needed after the loop.
    xs = (d_states, starts, mask, saved.reset, saved.update, saved.inner, saved.candidate)
    d_last = ops.zeros_like(starts[0]) if d_last is None else d_last
    d_h0, d_gates = loop(body, d_last, xs, not reverse)
    d_x, d_inner = d_gates[:3], d_gates[-1]
    reset = None if gates.reset_after else saved.reset
    weights = weight_gradients(dropped, reset, (*d_x[:2], d_inner), dtype, bias)
    return tuple(d_x), d_h0, *weights


def _back_after(dh, to_z, to_r, to_n, r, transposed, units, dtype):
    d_n = dh * to_n
    d_z, d_r, d_inner = dh * to_z, dh * to_r, d_n * r
    d_s = ops.concatenate([d_z, d_r, d_inner], axis=-1)
    d_gates = tuple(ops.cast(d, dtype) for d in (d_z, d_r, d_n, d_inner))
    return d_gates, ops.matmul(ops.cast(d_s, dtype), transposed)


def _back_before(dh, to_z, to_r, to_n, r, transposed, units, dtype):
    d_n = ops.cast(dh * to_n, dtype)
    d_q = ops.cast(ops.matmul(d_n, transposed[..., 2 * units :, :]), dh.dtype)
    d_z, d_r = (ops.cast(d, dtype) for d in (dh * to_z, d_q * to_r))
    d_zr = ops.matmul(ops.concatenate([d_z, d_r], axis=-1), transposed[..., : 2 * units, :])
    return (d_z, d_r, d_n), d_q * r + ops.cast(d_zr, dh.dtype)


def weight_gradients(operand, reset, d_s, dtype, bias):
    """Gradients of kernel and bias, by one product a gate, or one for all where these are small.

    Args:
        operand: the left side of the products, shape `(time, ..., batch, features)`.
        reset: the factor on it in the candidate's product, of that shape, or None.
        d_s: gradients of the products, three of `(time, ..., batch, units)`, in the kernel's dtype.
        dtype: dtype of the kernel.
        bias: the bias, whose shape its gradient gets, or None.
    """
    operands = [ops.cast(operand, dtype)] * 3
    if reset is not None:
        operands[2] = operands[2] * ops.cast(reset, dtype)
    elif _is_small(d_s[0]):
        operands, d_s = operands[:1], [ops.concatenate(d_s, axis=-1)]
    products = [_product(*pair) for pair in zip(operands, d_s, strict=True)]
    d_kernel = ops.concatenate(products, axis=-1)
    if bias is None:
        return d_kernel, None
    d_bias = ops.concatenate([ops.sum(d, axis=(0, -2)) for d in d_s], axis=-1)
    return d_kernel, ops.reshape(d_bias, bias.shape)


def _is_small(values):
    """Whether joining three such arrays takes less time than three products."""
    known = all(isinstance(size, int) for size in values.shape)
    return known and math.prod(values.shape) < _SMALL


def _product(a: Tensor, b: Tensor) -> Tensor:
    """The sum of outer products over steps and batch."""
    return ops.matmul(ops.swapaxes(_rows(a), -1, -2), _rows(b))


def _rows(values: Tensor) -> Tensor:
    """`(time, ..., batch, units)` as `(..., time * batch, units)`."""
    shape = (*values.shape[1:-2], -1, values.shape[-1])
    return ops.reshape(ops.moveaxis(values, 0, -3), shape)
