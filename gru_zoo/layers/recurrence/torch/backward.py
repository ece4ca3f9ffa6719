"""The gradient of the GRU recurrence on torch by hand, over packed rows; see `training`."""

from typing import NamedTuple

import torch

from gru_zoo.layers.recurrence.activation_gradients import gradient_of
from gru_zoo.layers.recurrence.torch import normalized, steps
from gru_zoo.layers.recurrence.torch.matmul import RightMatmul, product


def run(packed, saved, dh, weights, gates):
    """Gradients of the packed rows' projection, the initial states and the recurrent weights.

    Args:
        packed: from `packing.pack_all`.
        saved: from `training.forward`: states, gates, candidates, and the normalized products.
        dh: the gradients of the initial states and of the states of every step, of shape
            `(batch + rows, units)`. They are overwritten.
        weights: the tensors of the layer, `normalized.centered`.
        gates: activations and options of a step.

    Returns:
        Shape `(rows, 3 * units)`, `(batch, units)` and the shapes of recurrent kernel, bias and
        gain.
    """
    n, recurrent = saved[2], weights.recurrent_kernel
    d_x = recurrent.new_empty(len(n), n.shape[1] * 3)
    d_weights = _Sums(*(None if w is None else torch.zeros_like(w) for w in weights[1::2]))
    # Operations take less time in this mode, in which nothing that is returned may be made.
    with torch.inference_mode():
        _fill(d_x, d_weights, packed, saved, dh, weights, gates)
    return d_x, dh[: len(packed.h0)], *d_weights


def _fill(d_x, d_weights, packed, saved, dh, weights, gates):
    """Write the results of `run`, whose other arguments these are."""
    states, inner, n, *of_states = saved[:5]
    recurrent, gain = weights.recurrent_kernel, weights.recurrent_gain
    sizes, dropout, update_share = packed.plan.sizes, packed.dropout, packed.update_share
    batch = len(packed.h0)
    # The gradient of each state is complete when its step is reached.
    dh_steps = dh.split([batch, *sizes])
    previous_steps = states.split([batch, *sizes])
    row = len(n)
    back = _back(gates, recurrent, dh[:batch], gain)
    for block in steps.blocks(sizes, n.shape[1]):
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
        normal = normalized.Normal(*(values[part] for values in of_states)) if of_states else None
        back(
            dh_pairs, some, previous, dropped, inner[part], n[part], dh[batch:][part], dropout,
            share, gates, d_x[part], d_weights, normal,
        )  # fmt: skip


def of_projection(d_x, rows, weights, normal, needs_rows, needs_kernel):
    """Gradients of the packed rows, the kernel, its bias and its gain; None where not needed.

    Args:
        d_x: from `run`; overwritten.
        rows: see `packing.Packed`.
        weights: the tensors of the layer, `normalized.centered`.
        normal: the two tensors of `normalized.Normal` with `layer_norm`, else none.
        needs_rows: whether the first is needed.
        needs_kernel: whether the second is needed.
    """
    kernel, _, bias, _, gain, _ = weights
    d_bias = None if bias is None else d_x.sum(0)
    d_gain = normalized.of_projection_(d_x, normalized.Normal(*normal), gain) if normal else None
    d_rows = product(d_x, kernel.t()) if needs_rows else None
    d_kernel = product(rows.t(), d_x) if needs_kernel else None
    return d_rows, d_kernel, d_bias, d_gain


class _Sums(NamedTuple):
    """Gradients of the recurrent weights, to which those of a block are added."""

    kernel: torch.Tensor
    bias: torch.Tensor | None
    gain: torch.Tensor | None


def _back(gates, kernel, dh, gain):
    if gates.layer_norm:
        make = _back_after_normalized if gates.reset_after else _back_before_normalized
        return make(kernel, dh, gain)
    return (_back_after if gates.reset_after else _back_before)(kernel, dh)


def _back_after(kernel, dh):
    """`back` of a block of steps, with the reset gate after the product.

    `back` is given, of the block: pairs of the gradient of a step's state and of the state before
    it, the number of rows of each step, and of all rows the states before, those with dropout, the
    gates and s_h, the candidates and the gradients of the states; then the layer's dropout, the
    shares of zoneout, the options of a step; and where to write the gradients of the projected
    inputs and to add those of the weights; and the normalized products, if there are any.

    Args:
        kernel: the recurrent kernel.
        dh: a tensor of the state's shape and dtype.
    """
    by_kernel = RightMatmul(kernel.t(), len(dh), dh.dtype)

    def back(
        dh_pairs, sizes, previous, dropped, inner, n, dh, dropout, update_share, gates,
        d_x, d_weights, normal,
    ):  # fmt: skip
        units = n.shape[1]
        local, to_n, keep = _local_after(previous, inner, n, update_share, gates)
        parts = (value.split(sizes) for value in (local, keep, d_x))
        each = zip(dh_pairs, sizes, *parts, strict=True)
        for (dh_t, dh_previous), size, local_t, keep_t, d_s in reversed(list(each)):
            torch.mul(dh_t.unsqueeze(1), local_t, out=d_s.view(size, 3, units))
            dh_previous.addcmul_(dh_t, keep_t)
            if dropout is None:
                by_kernel.add(dh_previous, d_s, out=dh_previous)
            else:
                dh_previous.addcmul_(by_kernel(d_s), dropout[:size])
        _add_product(d_weights.kernel, dropped, d_x)
        if d_weights.bias is not None:
            d_weights.bias.add_(d_x.sum(0))
        torch.mul(dh, to_n, out=d_x[:, 2 * units :])

    return back


def _local_after(previous, inner, n, update_share, gates):
    """The factors on dh of the gradients of z, r and s_h, of that of n, and of the dh before."""
    units = n.shape[1]
    z, r, s = inner.split(units, dim=1)
    f_gradient, g_gradient = gradient_of(gates.recurrent_activation), gradient_of(gates.activation)
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
    return local, to_n, keep


def _add_product(total, states, d):
    """Add to the gradient of a kernel that of all steps of a block."""
    RightMatmul(d, total.shape[1]).add(total, states.to(d.dtype).t(), out=total)


def _back_after_normalized(kernel, dh, gain):
    by_kernel = RightMatmul(kernel.t(), len(dh), dh.dtype)
    joined = normalized.Joined(dh, 3)

    def back(
        dh_pairs, sizes, previous, dropped, inner, n, dh, dropout, update_share, gates,
        d_x, d_weights, normal,
    ):  # fmt: skip
        units = n.shape[1]
        local, to_n, keep = _local_after(previous, inner, n, update_share, gates)
        values = normal.values.view(local.shape)
        # In place of the factors on dh come the gradients. Fresh memory takes longer than a sum.
        d_s = (gain.view(3, units) * normal.scale.unsqueeze(2)).mul_(local)
        parts = [value.split(sizes) for value in (keep, d_s.view(len(n), -1), d_s, values)]
        arrays = (normalized.split(normalized.array(value), sizes) for value in (d_s, values))
        each = zip(dh_pairs, sizes, *parts, *arrays, strict=True)
        for (dh_t, dh_previous), size, keep_t, d, d_s_t, *rest in reversed(list(each)):
            joined.back_(d_s_t.mul_(dh_t.unsqueeze(1)), *rest)
            dh_previous.addcmul_(dh_t, keep_t)
            if dropout is None:
                by_kernel.add(dh_previous, d, out=dh_previous)
            else:
                d = d.to(kernel.dtype)
                dh_previous.addcmul_(by_kernel(d), dropout[:size])
        _add_product(d_weights.kernel, dropped, d_s.view(len(n), -1).to(kernel.dtype))
        d = local.mul_(dh.unsqueeze(1)).view(d_x.shape)
        d_x.copy_(d)
        if d_weights.bias is not None:
            d_weights.bias.add_(d.sum(0))
        d_weights.gain.add_(d.mul_(normal.values).sum(0))
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
        d_x, d_weights, _,
    ):  # fmt: skip
        r = inner[:, units:]
        local, to_r, keep = _local_before(previous, dropped, inner, n, update_share, gates)
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
        _add_product(d_weights.kernel[:, :split], dropped, d_x[:, :split])
        _add_product(d_weights.kernel[:, split:], r * dropped, d_x[:, split:])

    return back


def _local_before(previous, dropped, inner, n, update_share, gates):
    """The factors on dh of the gradients of z and n, on d_q of that of r, and z as for dh."""
    z, r = inner.split(n.shape[1], dim=1)
    f_gradient, g_gradient = gradient_of(gates.recurrent_activation), gradient_of(gates.activation)
    local = previous.new_empty(len(n), 2, n.shape[1])
    to_z, to_n = local.unbind(1)
    torch.mul(previous - n, f_gradient(z), out=to_z)
    torch.mul(1 - z, g_gradient(n), out=to_n)
    keep = z
    if update_share is not None:
        local.mul_(update_share.unsqueeze(1))
        keep = 1 - (1 - z) * update_share
    return local, dropped * f_gradient(r), keep


def _back_before_normalized(kernel, dh, gain):
    units = len(kernel)
    split = 2 * units
    by_zr = RightMatmul(kernel[:, :split].t(), len(dh))
    by_h = RightMatmul(kernel[:, split:].t(), len(dh))
    of_zr, of_h = normalized.Joined(dh, 2), normalized.Joined(dh, 1)

    def back(
        dh_pairs, sizes, previous, dropped, inner, n, dh, dropout, update_share, gates,
        d_x, d_weights, normal,
    ):  # fmt: skip
        r = inner[:, units:]
        local, to_r, keep = _local_before(previous, dropped, inner, n, update_share, gates)
        values = normal.values.view(len(n), 3, units)
        factor = gain.view(3, units) * normal.scale.unsqueeze(2)
        d, d_s = torch.empty_like(factor), torch.empty_like(factor)
        parts = (value.split(sizes) for value in (local, to_r, keep, r, values, factor, d, d_s))
        each = zip(dh_pairs, sizes, zip(*parts, strict=True), strict=True)
        for (dh_t, dh_previous), size, parts_t in reversed(list(each)):
            to_zn_t, to_r_t, keep_t, r_t, values_t, factor_t, d_t, d_s_t = parts_t
            torch.mul(dh_t.unsqueeze(1), to_zn_t, out=d_t[:, ::2])
            torch.mul(d_t[:, 2], factor_t[:, 2], out=d_s_t[:, 2])
            arrays = normalized.array(d_s_t), normalized.array(values_t)
            of_h.back_(*(a[:, 2:] for a in (d_s_t, values_t, *arrays)))
            d_q = by_h(d_s_t[:, 2].to(kernel.dtype)).to(dh.dtype)
            torch.mul(d_q, to_r_t, out=d_t[:, 1])
            torch.mul(d_t[:, :2], factor_t[:, :2], out=d_s_t[:, :2])
            of_zr.back_(*(a[:, :2] for a in (d_s_t, values_t, *arrays)))
            d_zr = d_s_t[:, :2].reshape(size, split).to(kernel.dtype)
            dh_previous.addcmul_(dh_t, keep_t)
            d_q.mul_(r_t).add_(by_zr(d_zr))
            dh_previous.add_(d_q if dropout is None else d_q * dropout[:size])
        d_s = d_s.view(len(n), -1).to(kernel.dtype)
        _add_product(d_weights.kernel[:, :split], dropped, d_s[:, :split])
        _add_product(d_weights.kernel[:, split:], r * dropped, d_s[:, split:])
        d_weights.gain.add_((d * values).sum(0).flatten())
        d_x.copy_(d.view(d_x.shape))

    return back
