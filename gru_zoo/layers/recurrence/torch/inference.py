"""The loop of the GRU recurrence on torch where no gradient is wanted.

Inputs are projected for a block of steps at a time, and states overwrite their candidates. A single
sequence is left to `numpy_steps` where that applies.
"""

import torch

from gru_zoo.layers.recurrence.torch import numpy_steps, steps


def run(packed, weights, gates):
    """The states of packed rows, as `packing.unpack` takes them.

    Args:
        packed: from `packing.pack_all`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
    """
    plan, rows, h0, dropout, update_share = packed
    before = len(h0) if plan.targets is not None else 0
    states = h0.new_empty(before + len(rows), h0.shape[1])
    states[:before] = h0[:before]
    new = states[before:]
    # Operations take less time in this mode. Tensors made in it could not take part in a gradient
    # later; `states` are made outside.
    with torch.inference_mode():
        if numpy_steps.applies(h0, weights.recurrent_kernel, dropout, update_share, gates):
            numpy_steps.fill(new, rows, h0, weights, plan.sizes)
        else:
            _fill(new, rows, h0, weights, dropout, update_share, gates, plan.sizes)
    return states


def _fill(states, rows, h, weights, dropout, update_share, gates, sizes):
    """Write the states of all steps to `states`, shape `(sum(sizes), units)`."""
    kernel, recurrent, bias, recurrent_bias = weights[:4]
    batch, units = h.shape
    f, g = steps.in_place(gates.recurrent_activation), steps.candidate(gates.activation, h)
    step = steps.stepper(gates.reset_after, recurrent, h, f, g)
    blocks = steps.blocks(sizes, units)[::-1]
    longest = max((sum(sizes[block]) for block in blocks), default=0)
    project = steps.Projection(h, longest, kernel, bias, recurrent_bias, gates.reset_after)
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


def _places_of_sizes(inner, units, sizes):
    """Views on one buffer for the gates of all steps, by size, or None where sizes are many.

    One buffer stays in the cache, and its views are made once.
    """
    distinct = set(sizes)
    if 2 * len(distinct) > len(sizes):
        return None
    return {size: steps.views(inner[:size], units) for size in distinct}
