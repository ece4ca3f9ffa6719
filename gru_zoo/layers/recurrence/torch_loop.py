"""The loop of the GRU recurrence on torch: preallocated buffers, gradient by hand.

Rows are packed as in `packing`. Forward, a step costs one product and four or five elementwise
kernels. Backward, the loop carries only the gradient of the state, in the buffer in which it
arrives: the factors of `gradient` are computed for blocks of steps ahead of the loop, kernel and
bias gradients are one product a block after it.
"""

import torch
from keras import activations

from gru_zoo.layers.recurrence.slopes import slope

# Elementwise backward work is done for as many steps at once as stay within the cache.
_BLOCK_BYTES = 4 * 2**20

_IN_PLACE = {
    activations.tanh: torch.tanh_,
    activations.sigmoid: torch.sigmoid_,
    activations.relu: torch.relu_,
    activations.linear: lambda t: t,
}


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
    x = torch.nn.functional.linear(rows, weights.kernel.t(), weights.bias)
    tensors = (x, h0, weights.recurrent_kernel, weights.recurrent_bias)
    if torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in tensors):
        return _Recurrence.apply(*tensors, dropout, taken, gates, sizes)
    return _forward(*tensors, dropout, taken, gates, sizes, save=False)[0]


def _in_place(activation):
    return _IN_PLACE.get(activation) or (lambda t: t.copy_(activation(t)))


def _buffers(like, rows, units, sizes, reset_after, save):
    """Places for the recurrent products and candidates of every step, and views of them a step.

    Without `save` all steps share one place.
    """
    width = (3 if reset_after else 2) * units
    rows = rows if save else sizes[0]
    inner, n = like.new_empty(rows, width), like.new_empty(rows, units)
    views = (inner, inner[:, : 2 * units], *inner.split(units, dim=1), n)
    if save:
        return inner, n, zip(*(view.split(sizes) for view in views), strict=True)
    first = {size: tuple(view[:size] for view in views) for size in set(sizes)}
    return inner, n, (first[size] for size in sizes)


def _forward(x, h0, kernel, bias, dropout, taken, gates, sizes, save):
    """Initial states and after them the states of every step; with `save`, what a step made."""
    batch, units = h0.shape
    states = h0.new_empty(batch + len(x), units)
    states[:batch] = h0
    if not sizes:
        return states, x, x
    inner, n, steps = _buffers(h0, len(x), units, sizes, gates.reset_after, save)
    run = _step_after if gates.reset_after else _step_before
    f, g = _in_place(gates.recurrent_activation), _in_place(gates.activation)
    inputs = zip(x[:, : 2 * units].split(sizes), x[:, 2 * units :].split(sizes), strict=True)
    h, *new_states = states.split([batch, *sizes])
    shares = [None] * len(sizes) if taken is None else taken.split(sizes)
    each = zip(sizes, inputs, steps, new_states, shares, strict=True)
    for size, x_t, views, new, share in each:
        h = h[:size] if len(h) > size else h
        dropped = h if dropout is None else h * dropout[:size]
        z, n_t = run(x_t, dropped, kernel, bias, f, g, *views)
        torch.lerp(n_t, h, z, out=new)
        if share is not None:
            torch.lerp(h, new, share, out=new)
        h = new
    return states, inner, n


def _step_after(x_t, dropped, kernel, bias, f, g, inner, zr, z, r, s, n):
    x_zr, x_h = x_t
    if kernel.dtype != inner.dtype:
        inner.copy_(torch.mm(dropped.to(kernel.dtype), kernel))
        if bias is not None:
            inner.add_(bias)
    elif bias is None:
        torch.mm(dropped, kernel, out=inner)
    else:
        torch.addmm(bias, dropped, kernel, out=inner)
    f(zr.add_(x_zr))
    g(torch.addcmul(x_h.to(n.dtype), r, s, out=n))
    return z, n


def _step_before(x_t, dropped, kernel, _, f, g, inner, zr, z, r, n):
    x_zr, x_h = x_t
    split = zr.shape[1]
    low = kernel.dtype
    f(torch.add(torch.mm(dropped.to(low), kernel[:, :split]), x_zr, out=inner))
    g(torch.add(torch.mm((r * dropped).to(low), kernel[:, split:]), x_h, out=n))
    return z, n


class _Recurrence(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h0, kernel, bias, dropout, taken, gates, sizes):
        states, inner, n = _forward(x, h0, kernel, bias, dropout, taken, gates, sizes, save=True)
        ctx.save_for_backward(states, inner, n, kernel, dropout, taken)
        ctx.options = (bias is not None, gates, sizes)
        return states

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, d_states):
        states, inner, n, kernel, dropout, taken = ctx.saved_tensors
        has_bias, gates, sizes = ctx.options
        units = kernel.shape[0]
        batch = len(states) - len(n)
        # From here on the gradient of each state, complete when its step is reached.
        dh = torch.empty_like(states).copy_(d_states)
        d_x = kernel.new_empty(len(n), 3 * units)
        d_kernel = torch.zeros_like(kernel)
        d_bias = kernel.new_zeros(3 * units) if has_bias else None
        dh_steps = dh.split([batch, *sizes])
        before_steps = states.split([batch, *sizes])
        row = len(n)
        for block in _blocks(sizes, units):
            some = [sizes[k] for k in block]
            rows = slice(row - sum(some), row)
            row = rows.start
            before = torch.cat([before_steps[k][: sizes[k]] for k in block])
            dropped = before
            if dropout is not None:
                dropped = before * torch.cat([dropout[:size] for size in some])
            share = None if taken is None else taken[rows]
            steps = [(dh_steps[k + 1], dh_steps[k][: sizes[k]]) for k in block]
            back = _back_after if gates.reset_after else _back_before
            back(
                steps, some, before, dropped, inner[rows], n[rows], dh[batch:][rows],
                kernel, dropout, share, gates, d_x[rows], d_kernel, d_bias,
            )  # fmt: skip
        return d_x, dh[:batch], d_kernel, d_bias, None, None, None, None


def _blocks(sizes, units):
    """Ranges of steps, the last first, each as large as the cache holds."""
    end = len(sizes)
    while end:
        start, rows = end - 1, sizes[end - 1]
        while start and (rows + sizes[start - 1]) * 3 * units * 4 <= _BLOCK_BYTES:
            start -= 1
            rows += sizes[start]
        yield range(start, end)
        end = start


def _back_after(
    steps, sizes, before, dropped, inner, n, dh,
    kernel, dropout, taken, gates, d_x, d_kernel, d_bias,
):  # fmt: skip
    units = n.shape[1]
    z, r, s = inner.split(units, dim=1)
    f_slope, g_slope = slope(gates.recurrent_activation), slope(gates.activation)
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
    transposed = kernel.t()
    each = zip(steps, sizes, factors.split(sizes), keep.split(sizes), d_x.split(sizes), strict=True)
    for (dh_t, dh_before), size, factors_t, keep_t, d_s in reversed(list(each)):
        torch.mul(dh_t.unsqueeze(1), factors_t, out=d_s.view(size, 3, units))
        dh_before.addcmul_(dh_t, keep_t)
        if dropout is None and kernel.dtype == dh.dtype:
            dh_before.addmm_(d_s, transposed)
        else:
            back = torch.mm(d_s, transposed)
            dh_before.add_(back) if dropout is None else dh_before.addcmul_(back, dropout[:size])
    d_kernel.addmm_(dropped.to(kernel.dtype).t(), d_x)
    if d_bias is not None:
        d_bias.add_(d_x.sum(0))
    torch.mul(dh, to_n, out=d_x[:, 2 * units :])


def _back_before(
    steps, sizes, before, dropped, inner, n, dh,
    kernel, dropout, taken, gates, d_x, d_kernel, _,
):  # fmt: skip
    units = n.shape[1]
    split = 2 * units
    z, r = inner.split(units, dim=1)
    reset = (r * dropped).to(kernel.dtype)
    f_slope, g_slope = slope(gates.recurrent_activation), slope(gates.activation)
    to_n = (1 - z).mul_(g_slope(n))
    to_z = (before - n).mul_(f_slope(z))
    to_r = dropped * f_slope(r)
    keep = z
    if taken is not None:
        to_n.mul_(taken)
        to_z.mul_(taken)
        keep = 1 - (1 - z) * taken
    back_zr, back_h = kernel[:, :split].t(), kernel[:, split:].t()
    factors = (to_z, to_r, to_n, keep, r)
    each = zip(
        steps, sizes, *(value.split(sizes) for value in factors), d_x.split(sizes), strict=True
    )
    for (dh_t, dh_before), size, to_z_t, to_r_t, to_n_t, keep_t, r_t, d_t in reversed(list(each)):
        d_z, d_r, d_n = d_t.split(units, dim=1)
        d_q = torch.mm(torch.mul(dh_t, to_n_t, out=d_n), back_h).to(dh.dtype)
        torch.mul(dh_t, to_z_t, out=d_z)
        torch.mul(d_q, to_r_t, out=d_r)
        back = torch.mm(d_t[:, :split], back_zr) + d_q * r_t
        dh_before.addcmul_(dh_t, keep_t)
        dh_before.add_(back) if dropout is None else dh_before.addcmul_(back, dropout[:size])
    d_kernel[:, :split].addmm_(dropped.to(kernel.dtype).t(), d_x[:, :split])
    d_kernel[:, split:].addmm_(reset.t(), d_x[:, split:])
