"""The last states of packed sequences on JAX, where no other is wanted.

The projections and states of a block of steps are in memory at a time. A gradient needs those of
all steps, and is that of `scan.packed_scan`.
"""

from jax import lax
from jax import numpy as jnp

from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.jax import derivatives, scan
from gru_zoo.layers.recurrence.types import Weights

_BLOCK_BYTES = 4 * 2**20  # Of the projections of a block, so that they stay in the cache.
_MIN_STEPS = 32


def packed_last(rows, h0, weights, dropout, lengths, gates):
    """The last state of each sequence, shape `(batch, units)`.

    Args:
        rows: inputs of packed sequences, shape `(time, batch, features)`.
        h0: initial states, shape `(batch, units)`, longest sequence first.
        weights: the tensors of the layer.
        dropout: factor on the state, shape `(batch, units)`, longest sequence first, or None.
        lengths: number of kept steps of each sequence, falling, shape `(batch,)`.
        gates: activations and options of a step.
    """
    tensors = (rows, h0, *weights[:4])
    return derivatives.call(_LAST, tensors, (dropout, lengths), (gates,))


def _run(tensors, constants, options):
    rows, h0, *weights = tensors
    dropout, lengths = constants
    time, batch, _ = rows.shape
    units = h0.shape[1]
    steps = max(_MIN_STEPS, _BLOCK_BYTES // (12 * batch * units))
    steps = min(steps, time)
    rows = jnp.pad(rows, ((0, -time % steps), (0, 0), (0, 0)))

    def block(k, carry):
        h, last = carry
        start = k * steps
        part = lax.dynamic_slice_in_dim(rows, start, steps)
        x = reference.project(part, _projecting(weights))
        of_block = jnp.clip(lengths - start, 0, steps)
        scanned = (x, h, weights[1], weights[3])
        states = scan.packed_run(scanned, (dropout, of_block), options)
        ended = (of_block > 0)[:, None]
        # Of a sequence that goes on this is overwritten in the next block.
        return states[-1], jnp.where(ended, _last_of(states, h, of_block), last)

    carry = derivatives.vary_alike((h0, h0))
    return lax.fori_loop(0, -(-lengths[0] // steps), block, carry)[1]


def _projecting(weights):
    kernel, _, bias, _ = weights
    return Weights(kernel, None, bias, None)


def _last_of(states, h0, lengths):
    found = states[jnp.maximum(lengths - 1, 0), jnp.arange(len(h0))]
    return jnp.where(lengths[:, None] > 0, found, h0)


def _save(tensors, constants, options):
    rows, h0, *weights = tensors
    x = reference.project(rows, _projecting(weights))
    states, saved = scan.packed_save((x, h0, weights[1], weights[3]), constants, options)
    return _last_of(states, h0, constants[1]), (states, saved)


def _backward(tensors, constants, options, result, saved, d_last):
    rows, h0, *weights = tensors
    lengths = constants[1]
    known = lengths[:, None] > 0
    states, saved = saved
    places = jnp.maximum(lengths - 1, 0), jnp.arange(len(h0))
    d_states = jnp.zeros_like(states).at[places].set(jnp.where(known, d_last, 0))
    scanned = (None, h0, weights[1], weights[3])
    found = scan.packed_backward(scanned, constants, options, states, saved, d_states)
    d_x, d_h0, d_recurrent, d_recurrent_bias = found
    d_rows, d_kernel, d_bias = scan.projected_backward(
        (rows, weights[0], weights[2]), (), (), None, (), d_x
    )
    d_h0 = d_h0 + jnp.where(known, 0, d_last)
    return d_rows, d_h0, d_kernel, d_recurrent, d_bias, d_recurrent_bias


def _plain(tensors, constants, options):
    rows, h0, *weights = tensors
    x = reference.project(rows, _projecting(weights))
    states = scan.packed_plain((x, h0, weights[1], weights[3]), constants, options)
    return _last_of(states, h0, constants[1])


_LAST = derivatives.Gradient(_run, _save, _backward, _plain)
