"""Backpropagation through time by hand, for backends that differentiate a loop slowly.

With dh the gradient of the state after a step, and the names of `reference.step`,

    d_z = dh * to_z    to_z = (h - n) f'(z)         d_n = dh * to_n    to_n = (1 - z) g'(n)

    reset_after:   d_r = d_n * s_h f'(r)            d_s = (d_z, d_r, d_n * r)
    otherwise:     d_q = d_n W_h^T,  d_r = d_q * h' f'(r)

So every local gradient is elementwise in values that the forward loop has saved, the backward loop
carries dh alone, and the gradients of kernel and bias are products over all steps after the loop.
With `layer_norm` and n = s / |s| of a `normalized.centered` product s, whose gain is w, d_s becomes

    d_s = (w d - n sum(w d n)) / |s|                d_w = the sum of d n

In a masked step, and in a unit that zoneout keeps, `to_z = to_n = 0` and dh is passed on unchanged.
"""

import functools
import math
from collections.abc import Callable

from keras import ops

from gru_zoo.layers.recurrence.activation_gradients import gradient_of
from gru_zoo.layers.recurrence.normalized import gains_of, row_sums
from gru_zoo.layers.recurrence.reference import first_rows, step
from gru_zoo.layers.recurrence.types import Saved, StepConfig, Tensor

_SMALL = 2**17  # Values of all steps of one gate.


def forward(
    x, h0, kernel, bias, mask, dropout, gates: StepConfig, reverse: bool, loop: Callable, gain=None
):
    """The states and what `backward` needs of every step.

    Args:
        x, h0, kernel, bias, mask, dropout, gates, reverse, gain: see `reference.scan`.
        loop: `loop(body, carry, xs, reverse)` as `jax.lax.scan`, on tuples that may hold None. It
            may leave out the last rows of a step.

    Returns:
        States, shape `(time, batch, units)`, as `reference.scan` returns them, and a `Saved` of
        values of that shape.
    """
    gains = gains_of(gain, h0.dtype)

    def body(h, inputs):
        *x_t, mask_t = inputs
        new, saved = step(x_t, h, kernel, bias, first_rows(dropout, h), gates, gains)
        new = new if mask_t is None else ops.where(mask_t, new, h)
        return new, (new, *present(saved))

    _, (states, *saved) = loop(body, h0, (*x, mask), reverse)
    return states, Saved(*saved)


def present(saved: Saved) -> tuple[Tensor, ...]:
    """The values that a step of these options has."""
    return tuple(value for value in saved if value is not None)


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
    z, r, s_h, n, *_ = saved
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
    d_states, starts, saved, kernel, bias, mask, dropout, gates, reverse, loop, gain=None,
    d_last=None,
):  # fmt: skip
    """Gradients of x, h0, kernel, bias and gain.

    Args:
        d_states: gradient of the states, shape `(time, batch, units)`, or None.
        starts: the state before every step, from `previous_states`.
        saved: from `forward`.
        kernel, bias, mask, gates, reverse, loop, gain: as given to `forward`.
        dropout: as given to `forward`. It is a constant and has no gradient.
        d_last: gradient of the state after the step read last, shape `(batch, units)`, or None.
            Default None.
    """
    wide, dtype = starts.dtype, kernel.dtype
    dropped = starts if dropout is None else starts * ops.cast(dropout, wide)
    transposed = ops.swapaxes(kernel, -1, -2)
    back = _back_after if gates.reset_after else _back_before
    gains = gains_of(gain, wide)

    def body(dh, inputs):
        d_state, previous_t, mask_t, *normal, r, z, s_h, n = inputs
        factor = first_rows(dropout, dh)
        dropped_t = previous_t if factor is None else previous_t * ops.cast(factor, wide)
        to_z, to_r, to_n, keep, r = local_gradients(
            previous_t, dropped_t, Saved(z, r, s_h, n), mask_t, gates
        )
        dh = dh if d_state is None else dh + d_state
        of_products = gains and functools.partial(_of_product, gains, normal)
        d_gates, d_dropped = back(dh, to_z, to_r, to_n, r, transposed, dtype, of_products)
        d_dropped = ops.cast(d_dropped, wide)
        d_dropped = d_dropped if factor is None else d_dropped * ops.cast(factor, wide)
        return dh * keep + d_dropped, d_gates

    # A loop may overwrite the last of its inputs. r comes first, since without reset_after it is
    # needed after the loop.
    last = (saved.reset, saved.update, saved.inner, saved.candidate)
    d_last = ops.zeros_like(starts[0]) if d_last is None else d_last
    d_h0, d_gates = loop(
        body, d_last, (d_states, starts, mask, *present(saved)[4:], *last), not reverse
    )
    reset = None if gates.reset_after else saved.reset
    if gain is None:
        d_s = (*d_gates[:2], d_gates[-1])
        return tuple(d_gates[:3]), d_h0, *weight_gradients(dropped, reset, d_s, dtype, bias), None
    *d_gates, d_zr, d_h = d_gates
    d_kernel, _ = weight_gradients(dropped, reset, (d_zr, d_h), dtype, None)
    d_s = (*d_gates[:2], d_gates[-1])
    normal = (*ops.split(saved.normal_gates, 2, axis=-1), saved.normal_inner)
    d_gain = sums([ops.cast(d, wide) * value for d, value in zip(d_s, normal, strict=True)], gain)
    return tuple(d_gates[:3]), d_h0, d_kernel, sums(d_s, bias), d_gain


def of_normalized(d: list[Tensor], normal: list[Tensor], scale: Tensor, gain) -> list[Tensor]:
    """Gradients of the parts of a product from those of the normalized parts times their gains.

    Args:
        d: the gradients, each `(..., units)`.
        normal, scale: from `normalized.normalized` of the parts.
        gain: the gain of each part.
    """
    d = [each * g for each, g in zip(d, gain, strict=True)]
    common = sum(row_sums(each * part) for each, part in zip(d, normal, strict=True))
    return [scale * (each - part * common) for each, part in zip(d, normal, strict=True)]


def _of_product(gains, normal, d, group):
    """The gradient of the product of the gates (group 0) or of the candidate (1), see `Saved`."""
    values, scale = normal[2 * group : 2 * group + 2]
    return of_normalized([d], [values], scale, [gains[group]])[0]


def _back_after(dh, to_z, to_r, to_n, r, transposed, dtype, of_product):
    d_n = dh * to_n
    d_z, d_r, d_inner = dh * to_z, dh * to_r, d_n * r
    d_products: tuple[Tensor, ...] = ()
    if of_product:
        d_zr = ops.concatenate([d_z, d_r], axis=-1)
        d_products = of_product(d_zr, 0), of_product(d_inner, 1)
    d_s = ops.concatenate(d_products or (d_z, d_r, d_inner), axis=-1)
    d_gates = tuple(ops.cast(d, dtype) for d in (d_z, d_r, d_n, d_inner, *d_products))
    return d_gates, ops.matmul(ops.cast(d_s, dtype), transposed)


def _back_before(dh, to_z, to_r, to_n, r, transposed, dtype, of_product):
    split = 2 * (transposed.shape[-2] // 3)
    d_n = dh * to_n
    d_h = ops.cast(of_product(d_n, 1) if of_product else d_n, dtype)
    d_q = ops.cast(ops.matmul(d_h, transposed[..., split:, :]), dh.dtype)
    d_z, d_r = dh * to_z, d_q * to_r
    d_zr = ops.concatenate([d_z, d_r], axis=-1)
    d_zr = ops.cast(of_product(d_zr, 0) if of_product else d_zr, dtype)
    d_gates = tuple(ops.cast(d, dtype) for d in (d_z, d_r, d_n))
    d_products = (d_zr, d_h) if of_product else ()
    back = ops.cast(ops.matmul(d_zr, transposed[..., :split, :]), dh.dtype)
    return (*d_gates, *d_products), d_q * r + back


def weight_gradients(operand, reset, d_s, dtype, bias):
    """Gradients of kernel and bias, by one product a gate, or one for all where these are small.

    Args:
        operand: the left side of the products, shape `(time, ..., batch, features)`.
        reset: the factor on it in the candidate's product, of that shape, or None.
        d_s: gradients of the products, each `(time, ..., batch, units)`, in the kernel's dtype; the
            last is that of the candidate.
        dtype: dtype of the kernel.
        bias: the bias, whose shape its gradient gets, or None.
    """
    operands = [ops.cast(operand, dtype)] * len(d_s)
    if reset is not None:
        operands[-1] = operands[-1] * ops.cast(reset, dtype)
    elif _is_small(d_s[0]):
        operands, d_s = operands[:1], [ops.concatenate(d_s, axis=-1)]
    products = [_product(*pair) for pair in zip(operands, d_s, strict=True)]
    d_kernel = ops.concatenate(products, axis=-1)
    return d_kernel, sums(d_s, bias)


def sums(gradients, like):
    """Gradients over all steps and sequences, joined, in shape and dtype of `like`; None for it."""
    if like is None:
        return None
    joined = ops.concatenate([ops.sum(d, axis=(0, -2)) for d in gradients], axis=-1)
    return ops.cast(ops.reshape(joined, like.shape), like.dtype)


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
