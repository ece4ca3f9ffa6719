"""Gradients of the GRU recurrence on torch that can be differentiated themselves.

The steps are run once more in plain operations, of which torch can form any derivative. That takes
more time and memory than the gradient of `training.py`.
"""

import torch


def gradients(tensors, dropout, update_share, gates, sizes, d_states):
    """Gradients of `tensors`, None for those that need none.

    Args:
        tensors: rows, initial states, kernel, recurrent kernel and both biases, or None.
        dropout, update_share, gates, sizes: see `training.run`.
        d_states: gradient of the result of `training.run`.
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
    results = iter(torch.autograd.grad(torch.cat(states), wanted, d_states, create_graph=True))
    return [next(results) if t is not None and t.requires_grad else None for t in tensors]


def _step(x, h, dropped, kernel, bias, gates):
    """One step. `keras.ops` will not do: its products of float64 are float32."""
    split = 2 * len(kernel)

    def product(state, columns):
        return (state.to(kernel.dtype) @ kernel[:, columns]).to(h.dtype)

    s = product(dropped, slice(None if gates.reset_after else split))
    s = s if bias is None else s + bias.to(h.dtype)
    z, r = gates.recurrent_activation(x[:, :split] + s[:, :split]).chunk(2, dim=1)
    s_h = r * s[:, split:] if gates.reset_after else product(r * dropped, slice(split, None))
    n = gates.activation(x[:, split:] + s_h)
    return n + z * (h - n)
