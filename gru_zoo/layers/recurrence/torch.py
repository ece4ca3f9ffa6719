"""The GRU recurrence on torch: a loop that writes into preallocated buffers, gradient by hand.

Forward, a step costs one product and four elementwise kernels. Backward, the loop carries only
the gradient of the state, dh: the factors that turn dh into gate gradients are elementwise in
saved tensors, so they are computed for blocks of steps ahead of the loop, and the gradients of
the recurrent kernel and bias are one product over all steps after it.

The state is carried in float32 whatever the compute dtype, so that many small updates of a
half-precision state are not rounded away.
"""

import torch

from gru_zoo.layers.recurrence.portable import Gates

# Elementwise backward work is done for as many steps at once as stay within the cache.
_BLOCK_BYTES = 4 * 2**20


def _sigmoid_slope(y):
    return y * (1 - y)


def _tanh_slope(y):
    return 1 - y * y


def supports(gates: Gates) -> bool:
    """Whether this loop has the derivatives that `gates` need."""
    names = (gates.activation.__name__, gates.recurrent_activation.__name__)
    return names == ("tanh", "sigmoid")


def recurrence(x, h0, kernel, bias, mask, dropout, gates, reverse=False, training=False):
    """See `portable.recurrence`."""
    needs_grad = torch.is_grad_enabled() and any(
        t is not None and t.requires_grad for t in (x, h0, kernel, bias)
    )
    if needs_grad:
        return _Recurrence.apply(x, h0, kernel, bias, mask, dropout, gates.reset_after, reverse)
    return _forward(x, h0, kernel, bias, mask, dropout, gates.reset_after, reverse, None)


def _forward(x, h0, kernel, bias, mask, dropout, reset_after, reverse, saved):
    """States in processing order; fills `saved = (inner, n, states)` where a gradient is wanted."""
    time, batch, units = x.shape[0], x.shape[1], kernel.shape[0]
    split = 2 * units
    if saved is None:
        inner_t = x.new_empty(batch, 3 * units)
        n_t = x.new_empty(batch, units)
        states = torch.empty(time, batch, units, dtype=torch.float32, device=x.device)
    else:
        inner, n, states = saved
    h = h0.float()
    low = kernel.dtype != torch.float32
    kernel_zr, kernel_h = kernel[:, :split], kernel[:, split:]
    for k in range(time):
        t = time - 1 - k if reverse else k
        if saved is not None:
            inner_t, n_t = inner[k], n[k]
        x_t, zr = x[t], inner_t[:, :split]
        dropped = h if dropout is None else h * dropout
        dropped = dropped.to(kernel.dtype) if low else dropped
        if reset_after:
            if bias is None:
                torch.mm(dropped, kernel, out=inner_t)
            else:
                torch.addmm(bias, dropped, kernel, out=inner_t)
            zr.add_(x_t[:, :split]).sigmoid_()
        else:
            zr.copy_(x_t[:, :split]).addmm_(dropped, kernel_zr)
            if bias is not None:
                zr.add_(bias[:split])
            zr.sigmoid_()
            reset = zr[:, units:] * dropped
            torch.mm(reset, kernel_h, out=inner_t[:, split:])
            if bias is not None:
                inner_t[:, split:].add_(bias[split:])
        z, r, s = inner_t.split(units, dim=-1)
        if reset_after:
            torch.addcmul(x_t[:, split:], r, s, out=n_t)
        else:
            torch.add(x_t[:, split:], s, out=n_t)
        n_t.tanh_()
        new = states[k]
        if low:
            torch.lerp(n_t.float(), h, z.float(), out=new)
        else:
            torch.lerp(n_t, h, z, out=new)
        if mask is not None:
            torch.where(mask[t].unsqueeze(-1), new, h, out=new)
        h = new
    return states


class _Recurrence(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h0, kernel, bias, mask, dropout, reset_after, reverse):
        time, batch, units = x.shape[0], x.shape[1], kernel.shape[0]
        inner = x.new_empty(time, batch, 3 * units)
        n = x.new_empty(time, batch, units)
        states = torch.empty(time, batch, units, dtype=torch.float32, device=x.device)
        _forward(x, h0, kernel, bias, mask, dropout, reset_after, reverse, (inner, n, states))
        ctx.save_for_backward(inner, n, states, h0, kernel, mask, dropout)
        ctx.options = (bias is not None, reset_after, reverse)
        return states

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, d_states):
        inner, n, states, h0, kernel, mask, dropout = ctx.saved_tensors
        has_bias, reset_after, reverse = ctx.options
        time, batch, units = n.shape
        split = 2 * units
        if mask is not None and reverse:
            mask = mask.flip(0)
        # d_inner: gradient of the recurrent pre-activations (z, r, s); d_n: of the candidate's.
        d_inner = torch.empty_like(inner)
        d_n = torch.empty_like(n)
        kernel_t = kernel.t().contiguous()
        dh = torch.zeros_like(states[0])
        steps = max(1, _BLOCK_BYTES // (4 * batch * 3 * units))
        for end in range(time, 0, -steps):
            start = max(0, end - steps)
            block = slice(start, end)
            before = (
                torch.cat([h0.float().unsqueeze(0), states[: end - 1]])
                if start == 0
                else (states[start - 1 : end - 1])
            )
            z, r, s = inner[block].float().split(units, dim=-1)
            n_b = n[block].float()
            keep = z
            to_n = (1 - z) * _tanh_slope(n_b)
            to_z = (before - n_b) * _sigmoid_slope(z)
            if mask is not None:
                m = mask[block].unsqueeze(-1)
                keep = torch.where(m, z, 1.0)
                to_n = to_n * m
                to_z = to_z * m
            if reset_after:
                factors = torch.cat([to_z, to_n * s * _sigmoid_slope(r), to_n * r], dim=-1)
            else:
                dropped = before if dropout is None else before * dropout
                to_r = dropped * _sigmoid_slope(r)
            for k in range(end - 1, start - 1, -1):
                j = k - start
                dh.add_(d_states[k])
                torch.mul(dh, to_n[j], out=d_n[k]) if d_n.dtype == dh.dtype else d_n[k].copy_(
                    dh * to_n[j]
                )
                if reset_after:
                    d_k = (dh.repeat(1, 3) * factors[j]).to(kernel.dtype)
                    d_inner[k] = d_k
                    back = d_k @ kernel_t
                else:
                    d_reset = (d_n[k] @ kernel_t[split:]).float()
                    d_k = torch.cat([dh * to_z[j], d_reset * to_r[j]], dim=-1).to(kernel.dtype)
                    d_inner[k, :, :split] = d_k
                    d_inner[k, :, split:] = d_n[k]
                    back = (d_k @ kernel_t[:split]).float() + d_reset * r[j]
                back = back if dropout is None else back * dropout
                dh.mul_(keep[j]).add_(back)
        return (*_collect(ctx, d_inner, d_n, dh, has_bias), None, None, None, None)


def _collect(ctx, d_inner, d_n, dh, has_bias):
    """Gradients of (x, h0, kernel, bias), each one operation over all steps."""
    inner, n, states, h0, kernel, mask, dropout = ctx.saved_tensors
    _, reset_after, reverse = ctx.options
    units = n.shape[-1]
    split = 2 * units
    before = torch.cat([h0.float().unsqueeze(0), states[:-1]])
    dropped = (before if dropout is None else before * dropout).to(kernel.dtype).flatten(0, 1)
    flat = d_inner.flatten(0, 1)
    if reset_after:
        d_kernel = dropped.t() @ flat
    else:
        reset = inner[..., units:split].flatten(0, 1) * dropped
        d_kernel = torch.cat([dropped.t() @ flat[:, :split], reset.t() @ flat[:, split:]], dim=1)
    d_bias = flat.sum(0) if has_bias else None
    d_x = d_inner.clone()
    d_x[..., split:] = d_n
    if reverse:
        d_x = d_x.flip(0)
    return d_x, dh.to(h0.dtype), d_kernel, d_bias
