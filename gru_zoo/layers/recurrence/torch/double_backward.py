"""Gradients of the GRU recurrence on torch that can be differentiated themselves.

The steps of `torch_loop` are run once more without a gradient of their own, each keeping what torch
needs for any derivative. That takes more time and memory than a gradient alone should.
"""

import torch


def gradients(tensors, dropout, update_share, gates, sizes, d_states):
    """Gradients of what `training.run` computes from `tensors`, None where none is wanted.

    Args:
        tensors: rows, initial states, kernel, recurrent kernel and both biases, or None.
        dropout, update_share, gates, sizes: as there.
        d_states: gradient of the states.
    """
    rows, h, kernel, recurrent, bias, recurrent_bias = tensors
    x = rows @ kernel if bias is None else torch.addmm(bias, rows, kernel)
    shares = [None] * len(sizes) if update_share is None else update_share.split(sizes)
    states = [h]
    for x_t, share, size in zip(x.to(h.dtype).split(sizes), shares, sizes, strict=True):
        past = states[-1][:size]
        dropped = past if dropout is None else past * dropout[:size]
        new = _step(x_t, past, dropped, recurrent, recurrent_bias, gates)
        states.append(new if share is None else past + share * (new - past))
    wanted = [t for t in tensors if t is not None and t.requires_grad]
    found = iter(torch.autograd.grad(torch.cat(states), wanted, d_states, create_graph=True))
    return [next(found) if t is not None and t.requires_grad else None for t in tensors]


def _step(x, h, dropped, kernel, bias, gates):
    """A state from the one before it; not by `keras.ops`, whose products of float64 are float32."""
    split = 2 * len(kernel)

    def product(state, columns):
        return (state.to(kernel.dtype) @ kernel[:, columns]).to(h.dtype)

    s = product(dropped, slice(None if gates.reset_after else split))
    s = s if bias is None else s + bias.to(h.dtype)
    z, r = gates.recurrent_activation(x[:, :split] + s[:, :split]).chunk(2, dim=1)
    s_h = r * s[:, split:] if gates.reset_after else product(r * dropped, slice(split, None))
    n = gates.activation(x[:, split:] + s_h)
    return n + z * (h - n)
