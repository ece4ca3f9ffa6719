"""The GRU recurrence on JAX: the kernels of `pallas` where they run, else a loop over steps."""

import functools

import jax
from keras import activations

from gru_zoo.layers.recurrence import reference as reference
from gru_zoo.layers.recurrence.jax import packing as jax_packing
from gru_zoo.layers.recurrence.jax.scan import (
    _backward,
    _forward,
    _packed_backward,
    _packed_forward,
    _packed_scan,
    _projected,
    _projected_backward,
    _projected_forward,
    project,
    scan,
)

scan.defvjp(_forward, _backward)


_packed_scan.defvjp(_packed_forward, _packed_backward)


_projected.defvjp(_projected_forward, _projected_backward)


def states(inputs, h0, weights, mask, dropout, gates, reverse):
    """See `reference.states`; on a CPU without most of the masked steps."""
    # Zoneout's mask differs from unit to unit; on a GPU the kernel takes masks as they are. While a
    # model is exported sizes may be symbols, which the stages of a loop cannot be.
    packs = mask is not None and mask.shape[-1] == 1
    packs = packs and all(isinstance(size, int) and size for size in mask.shape)
    if not packs or jax.default_backend() != "cpu":
        return reference.states(inputs, h0, weights, mask, dropout, gates, reverse, scan, project)
    plan = jax_packing.plan(mask[..., 0], reverse)

    def of_lengths(x, h0, kernel, bias, mask, dropout, gates, reverse):
        return _packed_scan(x, h0, kernel, bias, dropout, plan.lengths, gates)

    rows, first = jax_packing.packed(inputs, plan), h0[plan.order]
    factor = None if dropout is None else dropout[plan.order]
    found = reference.states(rows, first, weights, None, factor, gates, False, of_lengths, project)
    return jax_packing.unpacked(found, h0, plan, reverse)


def _compiled(function, **kwargs):
    """Outside a compiled function the loop would be compiled anew at every call."""
    static = ("gates", "reverse", "return_sequences")
    return jax.jit(functools.partial(function, **kwargs), static_argnames=static, inline=True)


sequence = _compiled(reference.sequence, states=states)

_compiled_plain = _compiled(reference.sequence)

advance = reference.advance


def plain_sequence(inputs, h0, weights, gates, **kwargs):
    """See `reference.sequence`; compiled where the activations are functions of Keras.

    Others may read variables, whose values of the first call a compiled function would keep.
    """
    known = all(map(_is_of_keras, (gates.activation, gates.recurrent_activation)))
    run = _compiled_plain if known else reference.sequence
    return run(inputs, h0, weights, gates=gates, **kwargs)


def _is_of_keras(activation):
    return getattr(activations, getattr(activation, "__name__", ""), None) is activation
