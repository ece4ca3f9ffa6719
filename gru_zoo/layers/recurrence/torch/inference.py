"""The loop of the GRU recurrence on torch where no gradient is wanted.

Inputs are projected for a block of steps at a time, and states overwrite their candidates. Where
the last state of each sequence is all that is wanted, one block's inputs and states are in memory.
A single sequence is left to `numpy_steps` where that applies.
"""

import numpy as np
import torch

from gru_zoo.layers.recurrence.torch import numpy_steps, packing, steps
from gru_zoo.layers.recurrence.torch.normalized import centered


def run(packed, weights, gates):
    """The states of packed rows, as `packing.unpack` takes them.

    Args:
        packed: from `packing.pack_all`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
    """
    h0 = packed.h0
    before = len(h0) if packed.plan.targets is not None else 0
    states = h0.new_empty(before + len(packed.rows), h0.shape[1])
    states[:before] = h0[:before]
    _write(states[before:], packed, centered(weights), gates)
    return states


def last(inputs, h0, weights, constants, gates, reverse):
    """The state of each sequence after the step read last, shape `(batch, units)`.

    Args:
        inputs, h0, constants, reverse: see `packing.pack_all`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
    """
    planned = packing.plan_of(inputs, constants[0], reverse)
    h, constants = packing.in_order(planned, h0, constants)
    found, weights = h.clone(), centered(weights)
    for block in steps.blocks(planned.sizes, h.shape[1])[::-1]:
        packed = packing.pack_block(inputs, h, constants, gates, reverse, planned, block)
        states = h.new_empty(len(packed.rows), h.shape[1])
        _write(states, packed, weights, gates)
        ends = [*planned.sizes[block.start + 1 : block.stop + 1], 0][: len(packed.plan.sizes)]
        row = 0
        for size, following in zip(packed.plan.sizes, ends, strict=True):
            if following < size:
                found[following:size] = states[row + following : row + size]
            row += size
        h = states[row - size :]
    if planned.order is None:
        return found
    return torch.empty_like(found).index_copy_(0, planned.order, found)


def _write(states, packed, weights, gates):
    """Write the states of packed rows to `states`, shape `(rows, units)`."""
    plan, rows, h0, dropout, update_share = packed
    # Operations take less time in this mode. Tensors made in it could not take part in a gradient
    # later; `states` are made outside.
    with torch.inference_mode(), np.errstate(all="ignore"):
        if numpy_steps.applies(h0, weights.recurrent_kernel, dropout, update_share, gates):
            numpy_steps.fill(states, rows, h0, weights, plan.sizes)
        else:
            _fill(states, rows, h0, weights, dropout, update_share, gates, plan.sizes)


def _fill(states, rows, h, weights, dropout, update_share, gates, sizes):
    """Write the states of all steps to `states`, shape `(sum(sizes), units)`."""
    batch, units = h.shape
    step = steps.stepper(gates, weights, h)
    blocks = steps.blocks(sizes, units)[::-1]
    longest = max((sum(sizes[block]) for block in blocks), default=0)
    project = steps.Projection(h, longest, weights, gates.reset_after)
    normal = steps.empty_normal(h, max(batch, longest)) if gates.layer_norm else None
    shared = _places_of_sizes(h.new_empty(batch, project.width), units, sizes, normal)
    row = 0
    for block in blocks:
        some = sizes[block]
        part = slice(row, row + sum(some))
        row = part.stop
        new = states[part]
        x = project(rows[part], new)
        places = (
            [shared[size] for size in some]
            if shared
            else steps.places(x, units, some, _first(normal, len(x)))
        )
        share = None if update_share is None else update_share[part]
        h = steps.take(step, h, dropout, some, x, new, new, places, share)


def _first(normal, rows):
    """Of the buffer for normalized products, or None, the part for so many rows."""
    return normal and steps.Normal(*(values[:rows] for values in normal))


def _places_of_sizes(inner, units, sizes, normal):
    """Views on one buffer for the gates of all steps, by size, or None where sizes are many.

    One buffer stays in the cache, and its views are made once.
    """
    distinct = set(sizes)
    if 2 * len(distinct) > len(sizes):
        return None
    return {size: steps.views(inner[:size], units, _first(normal, size)) for size in distinct}
