"""The gradient of the GRU recurrence on torch by hand, over packed rows; see `training`."""

import torch

from gru_zoo.layers.recurrence.activation_gradients import gradient_of
from gru_zoo.layers.recurrence.torch import steps
from gru_zoo.layers.recurrence.torch.matmul import RightMatmul, product


def run(packed, saved, dh, weights, gates):
    """Gradients of the packed rows' projection, the initial states and the recurrent weights.

    Args:
        packed: from `packing.pack_all`.
        saved: the states, gates and candidates of `training.forward`.
        dh: the gradients of the initial states and of the states of every step, of shape
            `(batch + rows, units)`. They are overwritten.
        weights: kernel, recurrent kernel and both biases; these may be None.
        gates: activations and options of a step.

    Returns:
        Shape `(rows, 3 * units)`, `(batch, units)` and the shapes of recurrent kernel and bias.
    """
    states, inner, n = saved
    _, recurrent, _, recurrent_bias = weights
    sizes, dropout, update_share = packed.plan.sizes, packed.dropout, packed.update_share
    units = recurrent.shape[0]
    batch = len(states) - len(n)
    d_x = recurrent.new_empty(len(n), 3 * units)
    d_recurrent = torch.zeros_like(recurrent)
    d_recurrent_bias = None if recurrent_bias is None else recurrent.new_zeros(3 * units)
    # The gradient of each state is complete when its step is reached.
    dh_steps = dh.split([batch, *sizes])
    previous_steps = states.split([batch, *sizes])
    row = len(n)
    back = (_back_after if gates.reset_after else _back_before)(recurrent, dh[:batch])
    for block in steps.blocks(sizes, units):
        some = sizes[block]
        part = slice(row - sum(some), row)
        row = part.start
        pairs = zip(previous_steps[block], some, strict=True)
        previous = torch.cat([state[:size] for state, size in pairs])
        dropped = previous
        if dropout is not None:
            dropped = previous * torch.cat([dropout[:size] for size in some])
        share = None if update_share is None else update_share[part]
        dh_pairs = [(dh_steps[k + 1], dh_steps[k][: sizes[k]]) for k in range(len(sizes))[block]]
        back(
            dh_pairs, some, previous, dropped, inner[part], n[part], dh[batch:][part], dropout,
            share, gates, d_x[part], d_recurrent, d_recurrent_bias,
        )  # fmt: skip
    return d_x, dh[:batch], d_recurrent, d_recurrent_bias


def of_projection(d_x, rows, weights, needs_rows, needs_kernel):
    """Gradients of the packed rows, the kernel and its bias; None where they are not needed."""
    kernel, _, bias, _ = weights
    d_rows = product(d_x, kernel.t()) if needs_rows else None
    d_kernel = product(rows.t(), d_x) if needs_kernel else None
    return d_rows, d_kernel, None if bias is None else d_x.sum(0)


def _back_after(kernel, dh):
    """`back` of a block of steps, with the reset gate after the product.

    `back` is given, of the block: pairs of the gradient of a step's state and of the state before
    it, the number of rows of each step, and of all rows the states before, those with dropout, the
    gates and s_h, the candidates and the gradients of the states; then the layer's dropout, the
    shares of zoneout, the options of a step; and where to write the gradients of the projected
    inputs and to add those of kernel and bias.

    Args:
        kernel: the recurrent kernel.
        dh: a tensor of the state's shape and dtype.
    """
    by_kernel = RightMatmul(kernel.t(), len(dh), dh.dtype)

    def back(
        dh_pairs, sizes, previous, dropped, inner, n, dh, dropout, update_share, gates,
        d_x, d_kernel, d_bias,
    ):  # fmt: skip
        units = n.shape[1]
        z, r, s = inner.split(units, dim=1)
        f_gradient, g_gradient = (
            gradient_of(gates.recurrent_activation),
            gradient_of(gates.activation),
        )
        local = previous.new_empty(len(n), 3, units)
        to_n = (1 - z).mul_(g_gradient(n))
        torch.mul(previous - n, f_gradient(z), out=local[:, 0])
        keep = z
        if update_share is not None:
            to_n.mul_(update_share)
            local[:, 0].mul_(update_share)
            keep = 1 - (1 - z) * update_share
        torch.mul(to_n * s, f_gradient(r), out=local[:, 1])
        torch.mul(to_n, r, out=local[:, 2])
        parts = (value.split(sizes) for value in (local, keep, d_x))
        each = zip(dh_pairs, sizes, *parts, strict=True)
        for (dh_t, dh_previous), size, local_t, keep_t, d_s in reversed(list(each)):
            torch.mul(dh_t.unsqueeze(1), local_t, out=d_s.view(size, 3, units))
            dh_previous.addcmul_(dh_t, keep_t)
            if dropout is None:
                by_kernel.add(dh_previous, d_s, out=dh_previous)
            else:
                dh_previous.addcmul_(by_kernel(d_s), dropout[:size])
        RightMatmul(d_x, units).add(d_kernel, dropped.to(kernel.dtype).t(), out=d_kernel)
        if d_bias is not None:
            d_bias.add_(d_x.sum(0))
        torch.mul(dh, to_n, out=d_x[:, 2 * units :])

    return back


def _back_before(kernel, dh):
    """`back` of a block of steps, with the reset gate before the product; see `_back_after`."""
    units = len(kernel)
    split = 2 * units
    by_zr = RightMatmul(kernel[:, :split].t(), len(dh), dh.dtype)
    by_h = RightMatmul(kernel[:, split:].t(), len(dh))

    def back(
        dh_pairs, sizes, previous, dropped, inner, n, dh, dropout, update_share, gates,
        d_x, d_kernel, _,
    ):  # fmt: skip
        z, r = inner.split(units, dim=1)
        reset = (r * dropped).to(kernel.dtype)
        f_gradient, g_gradient = (
            gradient_of(gates.recurrent_activation),
            gradient_of(gates.activation),
        )
        local = previous.new_empty(len(n), 2, units)
        to_z, to_n = local.unbind(1)
        torch.mul(previous - n, f_gradient(z), out=to_z)
        torch.mul(1 - z, g_gradient(n), out=to_n)
        to_r = dropped * f_gradient(r)
        keep = z
        if update_share is not None:
            local.mul_(update_share.unsqueeze(1))
            keep = 1 - (1 - z) * update_share
        # The columns of d_x are of z, r and n.
        d_zn, d_zr = d_x.view(len(n), 3, units)[:, ::2], d_x[:, :split]
        d_r, d_n = d_x[:, units:split], d_x[:, split:]
        split_up = (a.split(sizes) for a in (local, to_r, keep, r, d_zn, d_zr, d_r, d_n))
        each = zip(dh_pairs, sizes, zip(*split_up, strict=True), strict=True)
        for (dh_t, dh_previous), size, parts in reversed(list(each)):
            to_zn_t, to_r_t, keep_t, r_t, d_zn_t, d_zr_t, d_r_t, d_n_t = parts
            torch.mul(dh_t.unsqueeze(1), to_zn_t, out=d_zn_t)
            d_q = by_h(d_n_t).to(dh.dtype)
            torch.mul(d_q, to_r_t, out=d_r_t)
            dh_previous.addcmul_(dh_t, keep_t)
            if dropout is None:
                dh_previous.addcmul_(d_q, r_t)
                by_zr.add(dh_previous, d_zr_t, out=dh_previous)
            else:
                d_q.mul_(r_t).add_(by_zr(d_zr_t))
                dh_previous.addcmul_(d_q, dropout[:size])
        by_columns = (dropped.to(kernel.dtype), slice(split)), (reset, slice(split, None))
        for states, columns in by_columns:
            d_part = d_kernel[:, columns]
            RightMatmul(d_x[:, columns], units).add(d_part, states.t(), out=d_part)

    return back
