"""The GRU recurrence on torch with a gradient by hand, in preallocated buffers.

Rows are packed, see `packing`. Forward, a step costs one product and four elementwise kernels,
which overwrite the projected inputs. Backward, the loop carries only the gradient of the state, in
the buffer in which it arrives. The local gradients of `gradient.py` are computed for a block of
steps before the loop over it, and the gradients of kernel and bias are one product a block after
it, see `backward`. Without a gradient `inference` runs.

A gradient that is differentiated itself, or that something watches, is that of `plain.py`.
"""

import numpy as np
import torch

from gru_zoo.layers.recurrence.torch import backward, inference, packing, plain, steps
from gru_zoo.layers.recurrence.torch.normalized import centered, of_centered
from gru_zoo.layers.recurrence.torch.watched import is_watched, without_autocast
from gru_zoo.layers.recurrence.types import Weights


def run(inputs, h0, weights, gates, mask, dropout, zoneout_mask, reverse, return_sequences):
    """The recurrence over a whole sequence, with the arguments and results of `dispatch.sequence`.

    `h0` is in the dtype in which states are carried.
    """
    tensors = (inputs, h0, *weights)
    constants = (mask, dropout, zoneout_mask)
    if torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in tensors):
        return _Recurrence.apply(*tensors, *constants, gates, reverse, return_sequences)
    if not return_sequences:
        return None, inference.last(inputs, h0, weights, constants, gates, reverse)
    packed = packing.pack_all(inputs, h0, constants, gates, reverse)
    states = inference.run(packed, weights, gates)
    return packing.unpack(states, h0, packed.plan, reverse, return_sequences)


def forward(tensors, constants, gates, reverse, return_sequences):
    """The results of `run`, how the batch is packed, and what else a gradient needs.

    That is the `centered` weights, and of every step what `_states` returns.
    """
    inputs, h0, *weights = tensors
    packed = packing.pack_all(inputs, h0, constants, gates, reverse)
    weights = centered(Weights(*weights))
    with np.errstate(all="ignore"):  # see `normalized.Joined`
        states, *saved = _states(packed, weights, gates)
    plan = packed.plan
    rows = states if plan.targets is not None else states[len(h0) :]
    # The states are saved for the gradient, so nobody else may change them.
    results = packing.unpack(rows, h0, plan, reverse, return_sequences, copy=True)
    return results, plan, (*weights, states, *saved)


def gradients(tensors, constants, plan, saved, d_results, gates, reverse, needed):
    """Gradients of the tensors, from those of the results.

    Args:
        tensors: inputs, initial states and the tensors of `types.Weights`.
        constants: the masks and dropout.
        plan, saved: from `forward`.
        d_results: gradients of the states, shape `(batch, time, units)`, and of the last state,
            shape `(batch, units)`; either may be None.
        gates, reverse: as given to `forward`.
        needed: whether the gradient of each of the tensors is needed.
    """
    inputs, h0, *_ = tensors
    weights, saved = Weights(*saved[:6]), saved[6:]
    packed = packing.pack_all(inputs, h0, constants, gates, reverse, plan)
    dh = packing.unpack_gradients(torch.empty_like(saved[0]), plan, d_results, reverse)
    with np.errstate(all="ignore"):
        d_x, d_first, *d_recurrent = backward.run(packed, saved, dh, weights, gates)
        d_rows, *d_projection = backward.of_projection(
            d_x, packed.rows, weights, saved[5:], needed[0], needed[2]
        )
    d_inputs = None if d_rows is None else packing.pack_gradients(d_rows, inputs, plan, reverse)
    d_h0 = d_first
    if plan.order is not None:
        d_h0 = torch.empty_like(d_first).index_copy_(0, plan.order, d_first)
    pairs = zip(d_projection, d_recurrent, strict=True)
    return d_inputs, d_h0, *of_centered(Weights(*(d for pair in pairs for d in pair)))


def _states(packed, weights, gates):
    """The initial states and those of every step, and of these the gates and the candidate.

    With `layer_norm` there follow the normalized products of the states and of the inputs and what
    they were multiplied by.
    """
    rows, h, sizes = packed.rows, packed.h0, packed.plan.sizes
    batch, units = h.shape
    states = h.new_empty(batch + len(rows), units)
    states[:batch] = h
    step = steps.stepper(gates, weights, h)
    project = steps.Projection(h, len(rows), weights, gates.reset_after)
    n = torch.empty_like(states[batch:])
    inner = project(rows, n)
    normal = steps.empty_normal(h, len(rows)) if gates.layer_norm else None
    share, out = packed.update_share, states[batch:]
    # Operations and views take less time in this mode, in which nothing that is saved may be made.
    with torch.inference_mode():
        places = steps.places(inner, units, sizes, normal)
        steps.take(step, h, packed.dropout, sizes, inner, n, out, places, share)
    return states, inner, n, *(normal or ()), *(project.normal or ())


class _Recurrence(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *arguments):
        tensors, constants, options = arguments[:8], arguments[8:11], arguments[11:]
        results, plan, saved = forward(tensors, constants, *options)
        # Not the packed inputs, which are made again, so that they are in memory once.
        ctx.save_for_backward(*tensors, *constants, *saved)
        ctx.plan, ctx.options = plan, options
        ctx.set_materialize_grads(False)
        return results

    @staticmethod
    def backward(ctx, *d_results):
        arguments = ctx.saved_tensors
        tensors, constants, saved = arguments[:8], arguments[8:11], arguments[11:]
        gates, reverse, return_sequences = ctx.options
        nothing = [None] * (len(constants) + len(ctx.options))
        if torch.is_grad_enabled() or is_watched(*d_results):
            return *_plain_gradients(tensors, constants, ctx.options, d_results), *nothing
        run = without_autocast(gradients, tensors[1])
        return *run(
            tensors, constants, ctx.plan, saved, d_results, gates, reverse, ctx.needs_input_grad
        ), *nothing


def _plain_gradients(tensors, constants, options, d_results):
    inputs, h0, *weights = tensors
    with torch.enable_grad():
        results = plain.sequence(
            inputs, h0, Weights(*weights), options[0], *constants, *options[1:]
        )
    return plain.gradients(tensors, results, d_results)
