"""Which implementation of the recurrence runs on JAX.

    gradient by hand known    platform    mask         runs
    yes                       GPU         in place     fused.py -> pallas_kernels.py
    yes                       GPU         in place     scan.py: scan, where the kernels refuse
    yes                       CPU         packed       scan.py: packed_scan, packing.py; last.py
                                                       where only the last state is wanted
    yes                       CPU         none         scan.py: scan (loop.py in training, from
                                                       2 MiB a tensor on)
    no                        any         in place     reference.py, differentiated by JAX

All of it is compiled by `jax.jit`, also where the layer is called outside a compiled function.
"""

import functools

import jax
from keras import activations

from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.jax import packing
from gru_zoo.layers.recurrence.jax.fused import path
from gru_zoo.layers.recurrence.jax.last import packed_last
from gru_zoo.layers.recurrence.jax.scan import packed_scan, project, scan

__all__ = ["advance", "path", "plain_sequence", "sequence", "states"]


def states(inputs, h0, weights, mask, dropout, gates, reverse):
    """All states over a sequence, on a CPU without most of the masked steps.

    Args:
        inputs: shape `(time, batch, features)`.
        h0: initial states, shape `(batch, units)`, in the dtype in which they are carried.
        weights: the tensors of the layer.
        mask: boolean, shape `(time, batch, 1)`, or `(time, batch, units)` with the mask of zoneout;
            where False the state is carried over. Or None.
        dropout: factor on the state in the products, shape `(batch, units)`, or None.
        gates: activations and options of a step.
        reverse: whether the last time step is read first.

    Returns:
        States, shape `(time, batch, units)`: entry t is the state after time step t was read.
    """
    if not _packs(mask):
        return reference.states(inputs, h0, weights, mask, dropout, gates, reverse, scan, project)
    plan = packing.plan(mask[..., 0], reverse)

    def scan_of_lengths(x, h0, kernel, bias, mask, dropout, gates, reverse, gain):
        return packed_scan(x, h0, kernel, bias, dropout, plan.lengths, gates, gain)

    rows, first = packing.packed(inputs, plan), h0[plan.order]
    factor = None if dropout is None else dropout[plan.order]
    packed = reference.states(
        rows, first, weights, None, factor, gates, False, scan_of_lengths, project
    )
    return packing.unpacked(packed, h0, plan, reverse)


def _packs(mask):
    # Zoneout's mask differs from unit to unit; on a GPU the kernel takes masks as they are. While a
    # model is exported sizes may be symbols, which the stages of a loop cannot be.
    packs = mask is not None and mask.shape[-1] == 1
    packs = packs and all(isinstance(size, int) and size for size in mask.shape)
    return packs and jax.default_backend() == "cpu"


def final_state(inputs, h0, weights, mask, dropout, gates, reverse):
    """The state after the step read last, shape `(batch, units)`; arguments as of `states`."""
    if not _packs(mask):
        found = states(inputs, h0, weights, mask, dropout, gates, reverse)
        return found[0 if reverse else -1]
    plan = packing.plan(mask[..., 0], reverse)
    rows, first = packing.packed(inputs, plan), h0[plan.order]
    factor = None if dropout is None else dropout[plan.order]
    found = packed_last(rows, first, weights, factor, plan.lengths, gates)
    return found[jax.numpy.argsort(plan.order)]


def _compiled(function, **kwargs):
    """A function with the arguments of `reference.sequence`, compiled.

    Outside a compiled function the loop would otherwise be compiled anew at every call.
    """
    static = ("gates", "reverse", "return_sequences")
    return jax.jit(functools.partial(function, **kwargs), static_argnames=static, inline=True)


# The recurrence over a whole sequence, with the arguments and results of `reference.sequence`.
sequence = _compiled(reference.sequence, states=states, final=final_state)

_compiled_plain = _compiled(reference.sequence)

# One step, with the arguments and the result of `reference.advance`.
advance = reference.advance


def plain_sequence(inputs, h0, weights, gates, **kwargs):
    """The recurrence of plain operations, for activations without a gradient by hand.

    It is compiled where the activations are functions of Keras. Others may read variables, whose
    values of the first call a compiled function would keep.

    Args:
        inputs: shape `(batch, time, features)`.
        h0: initial state, shape `(batch, units)`.
        weights, gates, **kwargs: see `reference.sequence`, whose results it returns.
    """
    known = all(map(_is_of_keras, (gates.activation, gates.recurrent_activation)))
    run = _compiled_plain if known else reference.sequence
    return run(inputs, h0, weights, gates=gates, **kwargs)


def _is_of_keras(activation):
    return getattr(activations, getattr(activation, "__name__", ""), None) is activation
