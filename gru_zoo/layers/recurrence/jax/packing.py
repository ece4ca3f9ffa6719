"""Packed sequences on JAX, see `recurrence.packing`."""

from collections.abc import Callable
from typing import Any

import jax
from jax import lax
from jax import numpy as jnp

from gru_zoo.layers.recurrence.jax import derivatives
from gru_zoo.layers.recurrence.packing import Plan, is_staged, later_stages, targets_of


def plan(mask: jax.Array, reverse: bool) -> Plan:
    """How to pack a batch.

    Args:
        mask: boolean, shape `(time, batch)`, True where a time step is kept.
        reverse: whether the last time step is read first.

    Returns:
        The plan, with `sources`.
    """
    time, batch = mask.shape
    read = mask[::-1] if reverse else mask
    kept = jnp.cumsum(read, axis=0, dtype="int32")
    order = jnp.argsort(kept[-1], descending=True)
    place = jnp.argsort(order)
    lengths = kept[-1][order]
    steps = jnp.argsort(~read, axis=0)[:, order]  # Kept steps come first.
    if reverse:
        steps, kept = time - 1 - steps, kept[::-1]
    sources = steps * batch + order
    beyond = jnp.arange(time)[:, None] >= lengths
    sources = jnp.where(beyond, time * batch, sources)
    return Plan(order, lengths, targets_of(kept, place, batch), mask, sources=sources)


def packed(inputs: jax.Array, plan: Plan) -> jax.Array:
    """Inputs, `(time, batch, features)`, in the order in which they are read, then zeros."""
    rows = inputs.reshape(-1, inputs.shape[-1])
    return rows.at[plan.sources].get(mode="fill", fill_value=0)


def unpacked(states: jax.Array, h0: jax.Array, plan: Plan, reverse: bool) -> jax.Array:
    """The state after each time step, from packed states.

    Args:
        states: packed states, shape `(time, batch, units)`.
        h0: initial states, in the order of the batch, shape `(batch, units)`.
        plan: how the batch is packed.
        reverse: whether the last time step is read first.

    Returns:
        Shape `(time, batch, units)`, in time order and in the order of the batch.
    """
    return derivatives.call(_UNPACKED, (states, h0), (plan,), (reverse,))


def _unpacked(tensors, constants, options):
    (states, h0), (plan,) = tensors, constants
    found = states.reshape(-1, states.shape[-1])[jnp.maximum(plan.targets, 0)]
    return jnp.where(plan.targets[..., None] < 0, h0, found)


def _unpacked_save(tensors, constants, options):
    return _unpacked(tensors, constants, options), ()


def _unpacked_backward(tensors, constants, options, results, saved, d_found):
    """Sums over each state's run of time steps, by a loop over these."""
    (plan,), (reverse,) = constants, options

    def add(later, step):
        d_state, kept = step
        total = d_state + later
        return jnp.where(kept, 0, total), total

    steps = (d_found, plan.mask[..., None])
    first, steps = derivatives.vary_alike((jnp.zeros_like(d_found[0]), steps))
    d_h0, totals = lax.scan(add, first, steps, reverse=not reverse)
    return packed(totals, plan), d_h0


_UNPACKED = derivatives.Gradient(_unpacked, _unpacked_save, _unpacked_backward, _unpacked)


def sizes(batch: int) -> tuple[int, ...]:
    """Number of sequences of each stage, the largest first."""
    return (batch, *later_stages(batch)) if is_staged(batch) else (batch,)


def loop_of(lengths: jax.Array, batch: int) -> Callable:
    """A loop over packed steps like `jax.lax.scan`, for bodies that treat every row alike.

    Rows beyond the length of their sequence may be computed or not. Where they are not, the results
    are 0, and the carry stays.

    Args:
        lengths: number of kept steps of each sequence, falling, shape `(batch,)`.
        batch: number of sequences.

    Returns:
        `loop(body, carry, xs, reverse)`, with a carry of shape `(batch, units)` and `xs` of
        `(time, batch, units)`, which may hold None.
    """
    stages = sizes(batch)
    stops = [*(lengths[size] for size in stages[1:]), lengths[0]]
    spans = list(zip([jnp.zeros_like(lengths[0]), *stops], stops, strict=False))

    def loop(body: Callable, carry: jax.Array, xs: Any, reverse: bool):
        time = jax.tree.leaves(xs)[0].shape[0]
        _, like = jax.eval_shape(body, carry, jax.tree.map(lambda x: x[0], xs))
        results = jax.tree.map(lambda x: jnp.zeros((time, *x.shape), x.dtype), like)
        (carry, results), xs, ends = derivatives.vary_alike(((carry, results), xs, spans))

        def stage(carry, results, size, start, stop):
            def body_at(i, state):
                carry, results = state
                t = start + stop - 1 - i if reverse else i
                zero = jnp.zeros_like(t)  # Where integers have 64 bits, plain zeros have too.
                here = jax.tree.map(
                    lambda x: lax.dynamic_slice(x, (t, zero, zero), (1, size, x.shape[2]))[0], xs
                )
                carry, new = body(carry, here)
                results = jax.tree.map(
                    lambda r, v: lax.dynamic_update_slice(r, v[None], (t, zero, zero)),
                    results,
                    new,
                )
                return carry, results

            some, results = lax.fori_loop(start, stop, body_at, (carry[:size], results))
            return jnp.concatenate([some, carry[size:]]), results

        each = list(zip(stages, ends, strict=True))
        for size, (start, stop) in reversed(each) if reverse else each:
            carry, results = stage(carry, results, size, start, stop)
        return carry, results

    return loop
