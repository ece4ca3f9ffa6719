"""The recurrence on JAX with gradients by hand: over all steps, over packed steps, and projection.

Each function has a `jax.custom_vjp`, since JAX would otherwise keep every value of a step for the
gradient of its loop and multiply kernel by kernel in it.
"""

import dataclasses
import functools

import jax
from keras import activations

from gru_zoo.layers.recurrence import gradient, reference
from gru_zoo.layers.recurrence.jax import fused, packing
from gru_zoo.layers.recurrence.jax import loop as loop_in_place
from gru_zoo.layers.recurrence.types import Weights


def _sigmoid(x):
    """Keras' sigmoid, by tanh, which XLA computes faster than exp on a CPU."""
    return 0.5 * jax.numpy.tanh(0.5 * x) + 0.5


def _with_fast_sigmoid(gates):
    """The gates with `_sigmoid`, for a loop forward; no gradient is known of that function."""
    if gates.recurrent_activation is not activations.sigmoid:
        return gates
    return dataclasses.replace(gates, recurrent_activation=_sigmoid)


def _loop(body, carry, xs, reverse):
    """See `jax.lax.scan`."""
    run = loop_in_place.in_place if loop_in_place.pays(xs) else jax.lax.scan
    return run(body, carry, xs, reverse=reverse)


@functools.partial(jax.custom_vjp, nondiff_argnums=(6, 7))
def scan(x, h0, kernel, bias, mask, dropout, gates, reverse):
    """All states over projected inputs, see `reference.scan`."""
    tensors = (x, h0, kernel, bias, mask, dropout)
    kernels = fused.kernels(kernel, mask, gates)
    if kernels:
        return kernels.forward(*tensors, gates, reverse, save=False)[0]
    return reference.scan(*tensors, _with_fast_sigmoid(gates), reverse)


def _forward(x, h0, kernel, bias, mask, dropout, gates, reverse):
    tensors = (x, h0, kernel, bias, mask, dropout)
    kernels = fused.kernels(kernel, mask, gates)
    if kernels:
        states, saved = kernels.forward(*tensors, gates, reverse)
    else:
        states, saved = gradient.forward(*tensors, _with_fast_sigmoid(gates), reverse, _loop)
    return states, (states, saved, h0, kernel, bias, mask, dropout)


def _backward(gates, reverse, residuals, d_states):
    states, saved, h0, kernel, bias, mask, dropout = residuals
    starts = gradient.previous_states(states, h0, reverse)
    arguments = (d_states, starts, saved, kernel, bias, mask, dropout, gates, reverse)
    kernels = fused.kernels(kernel, mask, gates)
    gradients = kernels.backward(*arguments) if kernels else gradient.backward(*arguments, _loop)
    return *gradients, None, None


scan.defvjp(_forward, _backward)


@functools.partial(jax.custom_vjp, nondiff_argnums=(6,))
def packed_scan(x, h0, kernel, bias, dropout, lengths, gates):
    """All states over projected inputs of packed sequences, see `packing`.

    Args:
        x: projected inputs of z, r and h, each `(time, batch, units)`, packed.
        h0: initial states, shape `(batch, units)`, longest sequence first.
        kernel, bias: see `reference.scan`.
        dropout: factor on the state, shape `(batch, units)`, longest sequence first, or None.
        lengths: number of kept steps of each sequence, falling, shape `(batch,)`.
        gates: activations and options of a step.

    Returns:
        States, shape `(time, batch, units)`, packed.
    """
    loop = packing.loop_of(lengths, len(h0))
    gates = _with_fast_sigmoid(gates)
    return reference.scan(x, h0, kernel, bias, None, dropout, gates, False, loop=loop)


def _packed_forward(x, h0, kernel, bias, dropout, lengths, gates):
    loop = packing.loop_of(lengths, len(h0))
    tensors = (x, h0, kernel, bias, None, dropout)
    states, saved = gradient.forward(*tensors, _with_fast_sigmoid(gates), False, loop)
    return states, (states, saved, h0, kernel, bias, dropout, lengths)


def _packed_backward(gates, residuals, d_states):
    states, saved, h0, kernel, bias, dropout, lengths = residuals
    loop = packing.loop_of(lengths, len(h0))
    starts = gradient.previous_states(states, h0, reverse=False)
    arguments = (d_states, starts, saved, kernel, bias, None, dropout, gates, False)
    return *gradient.backward(*arguments, loop), None, None


packed_scan.defvjp(_packed_forward, _packed_backward)


@jax.custom_vjp
def _projected(inputs, kernel, bias):
    return reference.project(inputs, Weights(kernel, None, bias, None))


def _projected_forward(inputs, kernel, bias):
    return _projected(inputs, kernel, bias), (inputs, kernel, bias)


def _projected_backward(residuals, d_x):
    # By hand, since XLA copies all of `d_x` to transpose it for the gradient that JAX derives.
    inputs, kernel, bias = residuals
    kernels = jax.numpy.split(kernel, 3, axis=-1)
    d_inputs = sum(d @ part.T for d, part in zip(d_x, kernels, strict=True))
    return d_inputs, *gradient.weight_gradients(inputs, None, d_x, kernel.dtype, bias)


_projected.defvjp(_projected_forward, _projected_backward)


def project(inputs, weights):
    """The input's part of z, r and h, see `reference.project`."""
    if weights.gain is not None:
        return reference.project(inputs, weights)
    return _projected(inputs, weights.kernel, weights.bias)
