"""A loop over steps on JAX whose results overwrite its inputs.

`jax.lax.scan` allocates memory for everything that a step returns. Large blocks go back to the
system after every call on a CPU and are mapped anew, page by page, at the next.
"""

import math
from collections.abc import Callable
from typing import Any

import jax
from jax import lax
from jax import numpy as jnp

from gru_zoo.layers.recurrence.jax.derivatives import vary_alike

_LARGE = 2**21  # Bytes of one input over all steps.


def pays(xs: tuple) -> bool:
    """Whether `in_place` takes less time than `jax.lax.scan` over these inputs."""
    x = jax.tree.leaves(xs)[0]
    # While a model is exported sizes may be symbols.
    known = all(isinstance(size, int) for size in x.shape)
    on_cpu = jax.default_backend() == "cpu"
    return on_cpu and known and len(x) > 0 and math.prod(x.shape) * x.dtype.itemsize >= _LARGE


def in_place(body: Callable, carry: Any, xs: tuple, reverse: bool):
    """Run a loop like `jax.lax.scan` over at least one step.

    Results overwrite inputs of their shape and dtype, the last of these first.

    Args:
        body: `body(carry, step)` returns the carry and a tuple of results.
        carry: the first carry.
        xs: a tuple of arrays, shape `(time, ...)`, or None.
        reverse: whether the last step runs first.

    Returns:
        The last carry and the results of all steps, a tuple of arrays `(time, ...)`.
    """
    time = len(jax.tree.leaves(xs)[0])
    _, like = jax.eval_shape(body, carry, jax.tree.map(lambda x: x[0], xs))
    places = _places(xs, like)
    results = tuple(
        jnp.zeros((time, *result.shape), result.dtype) if place is None else xs[place]
        for result, place in zip(like, places, strict=True)
    )
    results, xs = vary_alike((results, xs))
    overwritten = {place: k for k, place in enumerate(places) if place is not None}

    # An input that will be overwritten is read one step ahead: XLA copies whole arrays where it
    # cannot tell that a step reads its part before it writes there.
    def body_at(i, state):
        carry, results, ahead = state
        t = time - 1 - i if reverse else i
        here = tuple(ahead[k] if k in ahead else _at(x, t) for k, x in enumerate(xs))
        carry, new = body(carry, here)
        each = zip(results, new, strict=True)
        results = tuple(lax.dynamic_update_index_in_dim(all_, one, t, 0) for all_, one in each)
        following = jnp.maximum(t - 1, 0) if reverse else jnp.minimum(t + 1, time - 1)
        read = {k: _at(results[result], following) for k, result in overwritten.items()}
        return carry, results, read

    ahead = {k: _at(xs[k], time - 1 if reverse else 0) for k in overwritten}
    return lax.fori_loop(0, time, body_at, (carry, results, ahead))[:2]


def _places(xs, like):
    """The index of the input that each result overwrites, or None."""
    free = [k for k, x in enumerate(xs) if x is not None]
    places = []
    for result in reversed(like):
        same = [k for k in free if xs[k].shape[1:] == result.shape and xs[k].dtype == result.dtype]
        places.append(same[-1] if same else None)
        free = [k for k in free if k != places[-1]]
    return places[::-1]


def _at(x, t):
    return None if x is None else lax.dynamic_index_in_dim(x, t, keepdims=False)
