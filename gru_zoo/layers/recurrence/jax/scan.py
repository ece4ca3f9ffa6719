"""The recurrence on JAX with its gradients."""

import dataclasses
import functools
from types import ModuleType

import jax
from keras import activations

from gru_zoo.layers.recurrence import gradient
from gru_zoo.layers.recurrence import reference as reference
from gru_zoo.layers.recurrence.jax import loop as jax_loop
from gru_zoo.layers.recurrence.jax import packing as jax_packing
from gru_zoo.layers.recurrence.types import Weights

_KERNEL_PLATFORMS = ("gpu",)


def _sigmoid(x):
    """That of Keras; XLA computes tanh faster than exp on a CPU."""
    return 0.5 * jax.numpy.tanh(0.5 * x) + 0.5


def _quick(gates):
    """The gates to run a loop forward with."""
    if gates.recurrent_activation is not activations.sigmoid:
        return gates
    return dataclasses.replace(gates, recurrent_activation=_sigmoid)


def _loop(body, carry, xs, reverse):
    """See `jax.lax.scan`."""
    run = jax_loop.in_place if jax_loop.pays(xs) else jax.lax.scan
    return run(body, carry, xs, reverse=reverse)


def path(gates, units: int, dtype: str, zoned: bool) -> tuple[str, str]:
    """Whether the loop of this module runs or the fused kernel, and why; see `pallas.refusal`."""
    platform = jax.default_backend()
    if platform not in _KERNEL_PLATFORMS:
        return "jax", f"the fused kernel needs a GPU, and JAX runs on '{platform}'"
    # Imported here, since it takes a while and a CPU needs none of it.
    from gru_zoo.layers.recurrence.jax import pallas_kernels as pallas

    refusal = pallas.refusal(gates, units, dtype, zoned)
    return ("jax", refusal) if refusal else ("pallas", "every condition of the kernel is met")


def _fused(kernel, mask, gates) -> ModuleType | None:
    """The module of the fused kernel where that runs."""
    # A mask with a place for each unit is zoneout's.
    zoned = mask is not None and mask.shape[-1] > 1
    if path(gates, kernel.shape[-2], str(kernel.dtype), zoned)[0] != "pallas":
        return None
    from gru_zoo.layers.recurrence.jax import pallas_kernels as pallas

    return pallas


@functools.partial(jax.custom_vjp, nondiff_argnums=(6, 7))
def scan(x, h0, kernel, bias, mask, dropout, gates, reverse):
    """See `reference.scan`."""
    tensors = (x, h0, kernel, bias, mask, dropout)
    fused = _fused(kernel, mask, gates)
    if fused:
        return fused.forward(*tensors, gates, reverse, save=False)[0]
    return reference.scan(*tensors, _quick(gates), reverse)


def _forward(x, h0, kernel, bias, mask, dropout, gates, reverse):
    tensors = (x, h0, kernel, bias, mask, dropout)
    fused = _fused(kernel, mask, gates)
    if fused:
        states, saved = fused.forward(*tensors, gates, reverse)
    else:
        states, saved = gradient.forward(*tensors, _quick(gates), reverse, _loop)
    return states, (states, saved, h0, kernel, bias, mask, dropout)


def _backward(gates, reverse, residuals, d_states):
    states, saved, h0, kernel, bias, mask, dropout = residuals
    starts = gradient.before(states, h0, reverse)
    arguments = (d_states, starts, saved, kernel, bias, mask, dropout, gates, reverse)
    fused = _fused(kernel, mask, gates)
    gradients = fused.backward(*arguments) if fused else gradient.backward(*arguments, _loop)
    return *gradients, None, None


@functools.partial(jax.custom_vjp, nondiff_argnums=(6,))
def _packed_scan(x, h0, kernel, bias, dropout, lengths, gates):
    """`scan` of packed sequences of these lengths, see `jax_packing`."""
    loop = jax_packing.loop_of(lengths, len(h0))
    return reference.scan(x, h0, kernel, bias, None, dropout, _quick(gates), False, loop=loop)


def _packed_forward(x, h0, kernel, bias, dropout, lengths, gates):
    loop = jax_packing.loop_of(lengths, len(h0))
    tensors = (x, h0, kernel, bias, None, dropout)
    states, saved = gradient.forward(*tensors, _quick(gates), False, loop)
    return states, (states, saved, h0, kernel, bias, dropout, lengths)


def _packed_backward(gates, residuals, d_states):
    states, saved, h0, kernel, bias, dropout, lengths = residuals
    loop = jax_packing.loop_of(lengths, len(h0))
    starts = gradient.before(states, h0, reverse=False)
    arguments = (d_states, starts, saved, kernel, bias, None, dropout, gates, False)
    return *gradient.backward(*arguments, loop), None, None


@jax.custom_vjp
def _projected(inputs, kernel, bias):
    return reference.project(inputs, Weights(kernel, None, bias, None))


def _projected_forward(inputs, kernel, bias):
    return _projected(inputs, kernel, bias), (inputs, kernel, bias)


def _projected_backward(residuals, d_x):
    """By hand, since XLA copies all of `d_x` to transpose it for the gradient that JAX derives."""
    inputs, kernel, bias = residuals
    kernels = jax.numpy.split(kernel, 3, axis=-1)
    d_inputs = sum(d @ part.T for d, part in zip(d_x, kernels, strict=True))
    return d_inputs, *gradient.weight_gradients(inputs, None, d_x, kernel.dtype, bias)


def project(inputs, weights):
    """See `reference.project`."""
    if weights.gain is not None:
        return reference.project(inputs, weights)
    return _projected(inputs, weights.kernel, weights.bias)
