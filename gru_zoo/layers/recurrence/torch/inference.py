"""The loop of the GRU recurrence on torch where no gradient is wanted.

Inputs are projected for a block of steps at a time, and states overwrite their candidates. Where
possible the loop carries H = (h + 1) / 2 instead of h. Since tanh(a) = 2 sigmoid(2 a) - 1, its
equation is

    H_new = z * H + (1 - z) * sigmoid(2 a)

so a step costs one product and four elementwise operations, none of them a tanh, which takes longer
than a sigmoid. The products are h U = 2 H U - (the sums of U's columns); the sums go to the biases.
After the loop h = 2 H - 1 is computed for all steps at once.

A single sequence is left to `numpy_steps` where that applies.
"""

import torch
from keras import activations

from gru_zoo.layers.recurrence.torch import numpy_steps, steps

_HALF = torch.tensor(0.5, device="cpu")


def run(rows, h0, weights, dropout, update_share, gates, sizes):
    """The recurrence over packed rows, with the arguments and the result of `training.run`."""
    states = h0.new_empty(len(h0) + len(rows), h0.shape[1])
    states[: len(h0)] = h0
    # Operations take less time in this mode. Tensors made in it could not take part in a gradient
    # later; `states` are made outside.
    with torch.inference_mode():
        if numpy_steps.applies(h0, weights.recurrent_kernel, dropout, update_share, gates):
            numpy_steps.fill(states[len(h0) :], rows, h0, weights, sizes)
        else:
            _fill(states[len(h0) :], rows, h0, weights, dropout, update_share, gates, sizes)
    return states


def _fill(states, rows, h, weights, dropout, update_share, gates, sizes):
    """Write the states of all steps to `states`, shape `(sum(sizes), units)`."""
    kernel, recurrent, bias, recurrent_bias = weights[:4]
    batch, units = h.shape
    halved = _can_be_halved(h, recurrent, dropout, gates)
    if halved:
        h, recurrent_bias = _halved(h, recurrent, recurrent_bias)
        g, factor, scale = torch.sigmoid_, 2.0, 2.0
    else:
        g, factor = steps.candidate(gates.activation, h)
        scale = 1.0
    f = steps.in_place(gates.recurrent_activation)
    step = steps.stepper(gates.reset_after, recurrent, h, f, g, factor, scale)
    blocks = steps.blocks(sizes, units)[::-1]
    longest = max((sum(sizes[block]) for block in blocks), default=0)
    project = steps.Projection(h, longest, kernel, bias, recurrent_bias, gates.reset_after, factor)
    shared = _places_of_sizes(h.new_empty(batch, project.width), units, sizes)
    row = 0
    for block in blocks:
        some = sizes[block]
        part = slice(row, row + sum(some))
        row = part.stop
        new = states[part]
        x = project(rows[part], new)
        places = [shared[size] for size in some] if shared else steps.places(x, units, some)
        share = None if update_share is None else update_share[part]
        h = steps.take(step, h, dropout, some, x, new, new, places, share)
    if halved:
        steps.twice_less_one(states)


def _places_of_sizes(inner, units, sizes):
    """Views on one buffer for the gates of all steps, by size, or None where sizes are many.

    One buffer stays in the cache, and its views are made once.
    """
    distinct = set(sizes)
    if 2 * len(distinct) > len(sizes):
        return None
    return {size: steps.views(inner[:size], units) for size in distinct}


def _can_be_halved(h, recurrent, dropout, gates):
    """Whether the loop carries H.

    On GPUs tanh is as fast as sigmoid, half precision has no bit to lose, and h itself is needed
    with dropout on the state or the reset gate before the product.
    """
    plain = gates.activation is activations.tanh and gates.reset_after and dropout is None
    return plain and h.is_cpu and recurrent.dtype == h.dtype


def _halved(h, recurrent, recurrent_bias):
    """H and the recurrent bias of its products."""
    sums = recurrent.sum(0)
    bias = sums.neg_() if recurrent_bias is None else recurrent_bias - sums
    return torch.add(_HALF, h, alpha=0.5), bias
