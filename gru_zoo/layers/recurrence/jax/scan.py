"""The recurrence on JAX with gradients by hand: over all steps, over packed steps, and projection.

JAX would otherwise keep every value of a step for the gradient of its loop and multiply kernel by
kernel in it. How other derivatives are taken is in `derivatives.py`.
"""

import dataclasses

import jax
from keras import activations

from gru_zoo.layers.recurrence import gradient, normalized, reference
from gru_zoo.layers.recurrence.jax import derivatives, fused, packing
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
    carry, xs = derivatives.vary_alike((carry, xs))
    run = loop_in_place.in_place if loop_in_place.pays(xs) else jax.lax.scan
    return run(body, carry, xs, reverse=reverse)


def scan(x, h0, kernel, bias, mask, dropout, gates, reverse, gain=None):
    """All states over projected inputs, see `reference.scan`."""
    return derivatives.call(_SCAN, (x, h0, kernel, bias, gain), (mask, dropout), (gates, reverse))


def _run(tensors, constants, options):
    (x, h0, kernel, bias, gain), (mask, dropout), (gates, reverse) = tensors, constants, options
    kernels = fused.kernels(kernel, mask, gates)
    if kernels:
        arguments = (x, h0, kernel, bias, mask, dropout, gates, reverse)
        return kernels.forward(*arguments, save=False)[0]
    gates = _with_fast_sigmoid(gates)
    return reference.scan(x, h0, kernel, bias, mask, dropout, gates, reverse, gain)


def _save(tensors, constants, options):
    (x, h0, kernel, bias, gain), (mask, dropout), (gates, reverse) = tensors, constants, options
    kernels = fused.kernels(kernel, mask, gates)
    if kernels:
        return kernels.forward(x, h0, kernel, bias, mask, dropout, gates, reverse)
    gates = _with_fast_sigmoid(gates)
    return gradient.forward(x, h0, kernel, bias, mask, dropout, gates, reverse, _loop, gain)


def _backward(tensors, constants, options, states, saved, d_states):
    (_, h0, kernel, bias, gain), (mask, dropout), (gates, reverse) = tensors, constants, options
    starts = gradient.previous_states(states, h0, reverse)
    arguments = (d_states, starts, saved, kernel, bias, mask, dropout, gates, reverse)
    kernels = fused.kernels(kernel, mask, gates)
    return kernels.backward(*arguments) if kernels else gradient.backward(*arguments, _loop, gain)


def _plain(tensors, constants, options):
    (x, h0, kernel, bias, gain), (mask, dropout), (gates, reverse) = tensors, constants, options
    return reference.scan(x, h0, kernel, bias, mask, dropout, gates, reverse, gain)


_SCAN = derivatives.Gradient(_run, _save, _backward, _plain)


def packed_scan(x, h0, kernel, bias, dropout, lengths, gates, gain=None):
    """All states over projected inputs of packed sequences, see `packing`.

    Args:
        x: projected inputs of z, r and h, each `(time, batch, units)`, packed.
        h0: initial states, shape `(batch, units)`, longest sequence first.
        kernel, bias, gain: see `reference.scan`.
        dropout: factor on the state, shape `(batch, units)`, longest sequence first, or None.
        lengths: number of kept steps of each sequence, falling, shape `(batch,)`.
        gates: activations and options of a step.

    Returns:
        States, shape `(time, batch, units)`, packed.
    """
    return derivatives.call(_PACKED, (x, h0, kernel, bias, gain), (dropout, lengths), (gates,))


def packed_run(tensors, constants, options):
    (x, h0, kernel, bias, gain), (dropout, lengths), (gates,) = tensors, constants, options
    loop, gates = packing.loop_of(lengths, len(h0)), _with_fast_sigmoid(gates)
    return reference.scan(x, h0, kernel, bias, None, dropout, gates, False, gain, loop)


def packed_save(tensors, constants, options):
    (x, h0, kernel, bias, gain), (dropout, lengths), (gates,) = tensors, constants, options
    loop, gates = packing.loop_of(lengths, len(h0)), _with_fast_sigmoid(gates)
    return gradient.forward(x, h0, kernel, bias, None, dropout, gates, False, loop, gain)


def packed_backward(tensors, constants, options, states, saved, d_states):
    (_, h0, kernel, bias, gain), (dropout, lengths), (gates,) = tensors, constants, options
    loop = packing.loop_of(lengths, len(h0))
    starts = gradient.previous_states(states, h0, reverse=False)
    rest = (None, dropout, gates, False, loop, gain)
    return gradient.backward(d_states, starts, saved, kernel, bias, *rest)


def packed_plain(tensors, constants, options):
    (x, h0, kernel, bias, gain), (dropout, _), (gates,) = tensors, constants, options
    # What the loop leaves out is read by nobody, so all may be computed.
    return reference.scan(x, h0, kernel, bias, None, dropout, gates, False, gain)


_PACKED = derivatives.Gradient(packed_run, packed_save, packed_backward, packed_plain)


def project(inputs, weights):
    """The input's part of z, r and h, see `reference.project`."""
    kernel, _, bias, _, gain, _ = weights
    return derivatives.call(_PROJECT, (inputs, kernel, bias, gain), (), ())


def _projected(tensors, constants, options):
    inputs, kernel, bias, gain = tensors
    return reference.project(inputs, Weights(kernel, None, bias, None, gain))


def projected_save(tensors, constants, options):
    inputs, kernel, bias, gain = tensors
    if gain is None:
        return _projected(tensors, constants, options), ()
    products = reference.project(inputs, Weights(kernel, None, None, None))
    normal, scales = normalized.normalized_parts(list(products))
    x = [part * g for part, g in zip(normal, _gains(gain, normal[0].dtype), strict=True)]
    x = [part.astype(inputs.dtype) for part in x]
    if bias is not None:
        x = [part + b for part, b in zip(x, jax.numpy.split(bias, 3), strict=True)]
    return tuple(x), (normal, scales)


def _gains(gain, dtype):
    return jax.numpy.split(gain.astype(dtype), 3)


def projected_backward(tensors, constants, options, x, saved, d_x):
    # By hand, since XLA copies all of `d_x` to transpose it for the gradient that JAX derives.
    inputs, kernel, bias, gain = tensors
    d_products, d_gain = d_x, None
    if gain is not None:
        normal, (scale, _, scale_h) = saved
        gains, wide = _gains(gain, scale.dtype), [d.astype(scale.dtype) for d in d_x]
        d_products = gradient.of_normalized(wide[:2], normal[:2], scale, gains[:2])
        d_products += gradient.of_normalized(wide[2:], normal[2:], scale_h, gains[2:])
        d_products = [d.astype(kernel.dtype) for d in d_products]
        d_gain = gradient.sums([d * n for d, n in zip(wide, normal, strict=True)], gain)
    kernels = jax.numpy.split(kernel, 3, axis=-1)
    d_inputs = sum(d @ part.T for d, part in zip(d_products, kernels, strict=True))
    d_kernel, _ = gradient.weight_gradients(inputs, None, d_products, kernel.dtype, None)
    return d_inputs, d_kernel, gradient.sums(d_x, bias), d_gain


_PROJECT = derivatives.Gradient(_projected, projected_save, projected_backward, _projected)
