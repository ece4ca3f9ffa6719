"""The loop of the GRU recurrence on torch: preallocated buffers, gradient by hand.

Rows are packed as in `packing`. Forward, a step costs one product and four elementwise kernels, in
the place where the projected inputs lie; where no gradient is wanted, `torch_inference` runs. Back,
the loop carries only the gradient of the state, in the buffer in which it arrives: the factors of
`gradient` are computed for blocks of steps ahead of the loop, kernel and bias gradients are one
product a block after it. For a gradient of the gradient, steps are run once more, see
`torch_second_order`.
"""

import torch

from gru_zoo.layers.recurrence.activation_gradients import gradient_of
from gru_zoo.layers.recurrence.torch import double_backward as torch_second_order
from gru_zoo.layers.recurrence.torch import inference as torch_inference
from gru_zoo.layers.recurrence.torch import steps as torch_steps
from gru_zoo.layers.recurrence.torch.matmul import RightMatmul, product


def run(rows, h0, weights, dropout, taken, gates, sizes):
    """Initial states and after them the states of every step.

    Args:
        rows: inputs, shape `(sum(sizes), features)`.
        h0: initial states, shape `(batch, units)`, in the order of packing.
        weights: the GRU's tensors.
        dropout: factor on the state in the products, shape `(batch, units)`, or None.
        taken: the share of the new state that zoneout lets through, `(sum(sizes), units)`, or
            None.
        gates: activations, placement of the reset gate and the like.
        sizes: number of sequences at each step.
    """
    tensors = (rows, h0, *weights[:4])
    if torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in tensors):
        return _Recurrence.apply(*tensors, dropout, taken, gates, sizes)
    return torch_inference.run(rows, h0, weights, dropout, taken, gates, sizes)


def _forward(tensors, dropout, taken, gates, sizes):
    """Initial states and after them those of every step, and what the steps computed on the way."""
    rows, h, kernel, recurrent, bias, recurrent_bias = tensors
    batch, units = h.shape
    states = h.new_empty(batch + len(rows), units)
    states[:batch] = h
    f = torch_steps.in_place(gates.recurrent_activation)
    g, factor = torch_steps.candidate(gates.activation, h)
    step = torch_steps.stepper(gates.reset_after, recurrent, h, f, g, factor)
    project = torch_steps.Projection(
        h, len(rows), kernel, bias, recurrent_bias, gates.reset_after, factor
    )
    n = torch.empty_like(states[batch:])
    inner = project(rows, n)
    places = torch_steps.places(inner, units, sizes)
    torch_steps.take(step, h, dropout, sizes, inner, n, states[batch:], places, taken)
    return states, inner, n


class _Recurrence(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *arguments):
        *tensors, dropout, taken, gates, sizes = arguments
        states, inner, n = _forward(tensors, dropout, taken, gates, sizes)
        ctx.save_for_backward(states, inner, n, dropout, taken, *tensors)
        ctx.options = (gates, sizes)
        return states

    @staticmethod
    def backward(ctx, d_states):
        states, inner, n, dropout, taken, *tensors = ctx.saved_tensors
        gates, sizes = ctx.options
        if torch.is_grad_enabled():  # this gradient is to be differentiated itself
            found = torch_second_order.gradients(tensors, dropout, taken, gates, sizes, d_states)
            return *found, *[None] * 4
        rows, _, kernel, recurrent, bias, recurrent_bias = tensors
        has_bias, has_recurrent_bias = bias is not None, recurrent_bias is not None
        units = recurrent.shape[0]
        batch = len(states) - len(n)
        # From here on the gradient of each state, complete when its step is reached.
        dh = torch.empty_like(states).copy_(d_states)
        d_x = recurrent.new_empty(len(n), 3 * units)
        d_recurrent = torch.zeros_like(recurrent)
        d_recurrent_bias = recurrent.new_zeros(3 * units) if has_recurrent_bias else None
        dh_steps = dh.split([batch, *sizes])
        before_steps = states.split([batch, *sizes])
        row = len(n)
        back = (_back_after if gates.reset_after else _back_before)(recurrent, dh[:batch])
        for block in torch_steps.blocks(sizes, units):
            some = sizes[block]
            part = slice(row - sum(some), row)
            row = part.start
            befores = zip(before_steps[block], some, strict=True)
            before = torch.cat([state[:size] for state, size in befores])
            dropped = before
            if dropout is not None:
                dropped = before * torch.cat([dropout[:size] for size in some])
            share = None if taken is None else taken[part]
            steps = [(dh_steps[k + 1], dh_steps[k][: sizes[k]]) for k in range(len(sizes))[block]]
            back(
                steps, some, before, dropped, inner[part], n[part], dh[batch:][part], dropout,
                share, gates, d_x[part], d_recurrent, d_recurrent_bias,
            )  # fmt: skip
        d_rows = product(d_x, kernel.t()) if ctx.needs_input_grad[0] else None
        d_kernel = product(rows.t(), d_x) if ctx.needs_input_grad[2] else None
        d_bias = d_x.sum(0) if has_bias else None
        d_biases = d_bias, d_recurrent_bias
        return d_rows, dh[:batch], d_kernel, d_recurrent, *d_biases, *[None] * 4


def _back_after(kernel, dh):
    by_kernel = RightMatmul(kernel.t(), len(dh), dh.dtype)

    def back(
        steps, sizes, before, dropped, inner, n, dh, dropout, taken, gates, d_x, d_kernel, d_bias
    ):
        units = n.shape[1]
        z, r, s = inner.split(units, dim=1)
        f_slope, g_slope = gradient_of(gates.recurrent_activation), gradient_of(gates.activation)
        factors = before.new_empty(len(n), 3, units)
        to_n = (1 - z).mul_(g_slope(n))
        torch.mul(before - n, f_slope(z), out=factors[:, 0])
        keep = z
        if taken is not None:
            to_n.mul_(taken)
            factors[:, 0].mul_(taken)
            keep = 1 - (1 - z) * taken
        torch.mul(to_n * s, f_slope(r), out=factors[:, 1])
        torch.mul(to_n, r, out=factors[:, 2])
        parts = (value.split(sizes) for value in (factors, keep, d_x))
        each = zip(steps, sizes, *parts, strict=True)
        for (dh_t, dh_before), size, factors_t, keep_t, d_s in reversed(list(each)):
            torch.mul(dh_t.unsqueeze(1), factors_t, out=d_s.view(size, 3, units))
            dh_before.addcmul_(dh_t, keep_t)
            if dropout is None:
                by_kernel.add(dh_before, d_s, out=dh_before)
            else:
                dh_before.addcmul_(by_kernel(d_s), dropout[:size])
        RightMatmul(d_x, units).add(d_kernel, dropped.to(kernel.dtype).t(), out=d_kernel)
        if d_bias is not None:
            d_bias.add_(d_x.sum(0))
        torch.mul(dh, to_n, out=d_x[:, 2 * units :])

    return back


def _back_before(kernel, dh):
    units = len(kernel)
    split = 2 * units
    by_zr = RightMatmul(kernel[:, :split].t(), len(dh), dh.dtype)
    by_h = RightMatmul(kernel[:, split:].t(), len(dh))

    def back(steps, sizes, before, dropped, inner, n, dh, dropout, taken, gates, d_x, d_kernel, _):
        z, r = inner.split(units, dim=1)
        reset = (r * dropped).to(kernel.dtype)
        f_slope, g_slope = gradient_of(gates.recurrent_activation), gradient_of(gates.activation)
        factors = before.new_empty(len(n), 2, units)
        to_z, to_n = factors.unbind(1)
        torch.mul(before - n, f_slope(z), out=to_z)
        torch.mul(1 - z, g_slope(n), out=to_n)
        to_r = dropped * f_slope(r)
        keep = z
        if taken is not None:
            factors.mul_(taken.unsqueeze(1))
            keep = 1 - (1 - z) * taken
        # The columns of d_x are of z, r and n.
        d_zn, d_zr = d_x.view(len(n), 3, units)[:, ::2], d_x[:, :split]
        d_r, d_n = d_x[:, units:split], d_x[:, split:]
        split_up = (a.split(sizes) for a in (factors, to_r, keep, r, d_zn, d_zr, d_r, d_n))
        each = zip(steps, sizes, zip(*split_up, strict=True), strict=True)
        for (dh_t, dh_before), size, parts in reversed(list(each)):
            to_zn_t, to_r_t, keep_t, r_t, d_zn_t, d_zr_t, d_r_t, d_n_t = parts
            torch.mul(dh_t.unsqueeze(1), to_zn_t, out=d_zn_t)
            d_q = by_h(d_n_t).to(dh.dtype)
            torch.mul(d_q, to_r_t, out=d_r_t)
            dh_before.addcmul_(dh_t, keep_t)
            if dropout is None:
                dh_before.addcmul_(d_q, r_t)
                by_zr.add(dh_before, d_zr_t, out=dh_before)
            else:
                d_q.mul_(r_t).add_(by_zr(d_zr_t))
                dh_before.addcmul_(d_q, dropout[:size])
        by_columns = (dropped.to(kernel.dtype), slice(split)), (reset, slice(split, None))
        for states, columns in by_columns:
            d_part = d_kernel[:, columns]
            RightMatmul(d_x[:, columns], units).add(d_part, states.t(), out=d_part)

    return back
