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
    tensors = (rows, h0, weights)
    return derivatives.call(_LAST, tensors, (dropout, lengths), (gates,))


def _run(tensors, constants, options):
    rows, h0, weights = tensors
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
        x = reference.project(part, weights)
        of_block = jnp.clip(lengths - start, 0, steps)
        states = scan.packed_run(_scanned(x, h, weights), (dropout, of_block), options)
        ended = (of_block > 0)[:, None]
        # Of a sequence that goes on this is overwritten in the next block.
        return states[-1], jnp.where(ended, _last_of(states, h, of_block), last)

    carry = derivatives.vary_alike((h0, h0))
    return lax.fori_loop(0, -(-lengths[0] // steps), block, carry)[1]


def _scanned(x, h, weights):
    """The tensors of `scan.packed_run`."""
    return x, h, weights.recurrent_kernel, weights.recurrent_bias, weights.recurrent_gain


def _last_of(states, h0, lengths):
    found = states[jnp.maximum(lengths - 1, 0), jnp.arange(len(h0))]
    return jnp.where(lengths[:, None] > 0, found, h0)


def _projected(rows, weights):
    """The tensors of `scan.projected_save`."""
    return rows, weights.kernel, weights.bias, weights.gain


def _save(tensors, constants, options):
    rows, h0, weights = tensors
    x, of_projection = scan.projected_save(_projected(rows, weights), (), ())
    states, saved = scan.packed_save(_scanned(x, h0, weights), constants, options)
    return _last_of(states, h0, constants[1]), (states, saved, of_projection)


def _backward(tensors, constants, options, result, saved, d_last):
    rows, h0, weights = tensors
    lengths = constants[1]
    known = lengths[:, None] > 0
    states, saved, of_projection = saved
    places = jnp.maximum(lengths - 1, 0), jnp.arange(len(h0))
    d_states = jnp.zeros_like(states).at[places].set(jnp.where(known, d_last, 0))
    scanned = _scanned(None, h0, weights)
    found = scan.packed_backward(scanned, constants, options, states, saved, d_states)
    d_x, d_h0, d_recurrent, d_recurrent_bias, d_recurrent_gain = found
    projected = _projected(rows, weights), (), (), None, of_projection, d_x
    d_rows, d_kernel, d_bias, d_gain = scan.projected_backward(*projected)
    d_h0 = d_h0 + jnp.where(known, 0, d_last)
    d_weights = (d_kernel, d_recurrent, d_bias, d_recurrent_bias, d_gain, d_recurrent_gain)
    return d_rows, d_h0, Weights(*d_weights)


def _plain(tensors, constants, options):
    rows, h0, weights = tensors
    x = reference.project(rows, weights)
    states = scan.packed_plain(_scanned(x, h0, weights), constants, options)
    return _last_of(states, h0, constants[1])


_LAST = derivatives.Gradient(_run, _save, _backward, _plain)
