"""The GRU recurrence on JAX: the kernels of `pallas` where they run, else a loop over steps."""

import dataclasses
import functools
from types import ModuleType

import jax
from keras import activations

from gru_zoo.layers.recurrence import gradient
from gru_zoo.layers.recurrence import reference as portable
from gru_zoo.layers.recurrence.jax import loop as jax_loop
from gru_zoo.layers.recurrence.jax import packing as jax_packing

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
    """See `portable.scan`."""
    tensors = (x, h0, kernel, bias, mask, dropout)
    fused = _fused(kernel, mask, gates)
    if fused:
        return fused.forward(*tensors, gates, reverse, save=False)[0]
    return portable.scan(*tensors, _quick(gates), reverse)


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


scan.defvjp(_forward, _backward)


@functools.partial(jax.custom_vjp, nondiff_argnums=(6,))
def _packed_scan(x, h0, kernel, bias, dropout, lengths, gates):
    """`scan` of packed sequences of these lengths, see `jax_packing`."""
    loop = jax_packing.loop_of(lengths, len(h0))
    return portable.scan(x, h0, kernel, bias, None, dropout, _quick(gates), False, loop=loop)


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


_packed_scan.defvjp(_packed_forward, _packed_backward)


@jax.custom_vjp
def _projected(inputs, kernel, bias):
    return portable.project(inputs, portable.Weights(kernel, None, bias, None))


def _projected_forward(inputs, kernel, bias):
    return _projected(inputs, kernel, bias), (inputs, kernel, bias)


def _projected_backward(residuals, d_x):
    """By hand, since XLA copies all of `d_x` to transpose it for the gradient that JAX derives."""
    inputs, kernel, bias = residuals
    kernels = jax.numpy.split(kernel, 3, axis=-1)
    d_inputs = sum(d @ part.T for d, part in zip(d_x, kernels, strict=True))
    return d_inputs, *gradient.weight_gradients(inputs, None, d_x, kernel.dtype, bias)


_projected.defvjp(_projected_forward, _projected_backward)


def project(inputs, weights):
    """See `portable.project`."""
    if weights.gain is not None:
        return portable.project(inputs, weights)
    return _projected(inputs, weights.kernel, weights.bias)


def states(inputs, h0, weights, mask, dropout, gates, reverse):
    """See `portable.states`; on a CPU without most of the masked steps."""
    # Zoneout's mask differs from unit to unit; on a GPU the kernel takes masks as they are. While a
    # model is exported sizes may be symbols, which the stages of a loop cannot be.
    packs = mask is not None and mask.shape[-1] == 1
    packs = packs and all(isinstance(size, int) and size for size in mask.shape)
    if not packs or jax.default_backend() != "cpu":
        return portable.states(inputs, h0, weights, mask, dropout, gates, reverse, scan, project)
    plan = jax_packing.plan(mask[..., 0], reverse)

    def of_lengths(x, h0, kernel, bias, mask, dropout, gates, reverse):
        return _packed_scan(x, h0, kernel, bias, dropout, plan.lengths, gates)

    rows, first = jax_packing.packed(inputs, plan), h0[plan.order]
    factor = None if dropout is None else dropout[plan.order]
    found = portable.states(rows, first, weights, None, factor, gates, False, of_lengths, project)
    return jax_packing.unpacked(found, h0, plan, reverse)


def _compiled(function, **kwargs):
    """Outside a compiled function the loop would be compiled anew at every call."""
    static = ("gates", "reverse", "return_sequences")
    return jax.jit(functools.partial(function, **kwargs), static_argnames=static, inline=True)


sequence = _compiled(portable.sequence, states=states)
_compiled_plain = _compiled(portable.sequence)
advance = portable.advance


def plain_sequence(inputs, h0, weights, gates, **kwargs):
    """See `portable.sequence`; compiled where the activations are functions of Keras.

    Others may read variables, whose values of the first call a compiled function would keep.
    """
    known = all(map(_is_of_keras, (gates.activation, gates.recurrent_activation)))
    run = _compiled_plain if known else portable.sequence
    return run(inputs, h0, weights, gates=gates, **kwargs)


def _is_of_keras(activation):
    return getattr(activations, getattr(activation, "__name__", ""), None) is activation
