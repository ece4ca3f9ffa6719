"""Functions on JAX with a gradient by hand that every transform of JAX can differentiate.

A `jax.custom_vjp` has no forward mode, and the gradient of its gradient goes through loops that
have none. Here a function has a `jax.custom_jvp` whose tangent is a linear primitive of our own. In
reverse mode JAX transposes the primitive, which is the gradient by hand. In forward mode it is the
tangent of the same function in plain operations, and so are the derivatives of both. The primitive
uses `jax.extend` and `jax.interpreters`, JAX's interfaces for primitives.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

_typeof = jax.typeof if hasattr(jax, "typeof") else jax.core.get_aval


@dataclasses.dataclass(frozen=True)
class Gradient:
    """A function of tensors and constants and what is needed to differentiate it.

    Every function is given a tuple of tensors and one of constants, which may hold None, and a
    hashable tuple of options.

    Args:
        run: the function.
        save: returns the result of `run` and what `backward` needs besides.
        backward: the gradient of the tensors, given also the results of `save` and the gradient of
            the result of `run`. Constants have none.
        plain: `run` in operations that JAX can differentiate in every mode.
    """

    run: Callable
    save: Callable
    backward: Callable
    plain: Callable


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 3))
def _call(gradient, tensors, constants, options):
    return gradient.run(tensors, constants, options)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 3))
def _save(gradient, tensors, constants, options):
    return gradient.save(tensors, constants, options)


@_call.defjvp
def _(gradient, options, primals, tangents):
    results, d_results = _derivative(gradient, options, primals, tangents)
    return results[0], d_results


@_save.defjvp
def _(gradient, options, primals, tangents):
    (results, saved), d_results = _derivative(gradient, options, primals, tangents)
    # What is saved is read by `backward` alone, of which no derivative is taken.
    return (results, saved), (d_results, jax.tree.map(_no_tangent, saved))


def _no_tangent(value):
    return jax.numpy.zeros_like(value)


def call(gradient: Gradient, tensors: tuple, constants: tuple, options: tuple) -> Any:
    """The result of `gradient.run`, differentiated as the class says."""
    tensors, constants = vary_alike((tensors, constants))
    return _call(gradient, tensors, constants, options)


def _derivative(gradient, options, primals, tangents):
    """The results of `gradient.save` and the tangent of that of `gradient.run`."""
    tensors, constants = primals
    results, saved = _save(gradient, tensors, constants, options)
    residual, residual_tree = jax.tree.flatten((tensors, constants, results, saved))
    d_tensors, tensors_tree = jax.tree.flatten(tangents[0])
    flat_results, results_tree = jax.tree.flatten(results)

    def tangent(residual, d_tensors):
        tensors, constants, _, _ = residual_tree.unflatten(residual)
        run = functools.partial(_plain, gradient, constants, options)
        return jax.tree.leaves(jax.jvp(run, (tensors,), (tensors_tree.unflatten(d_tensors),))[1])

    def backward(residual, d_results):
        tensors, constants, results, saved = residual_tree.unflatten(residual)
        d_results = results_tree.unflatten(d_results)
        given = (tensors, constants, options, results, saved, d_results)
        return jax.tree.leaves(gradient.backward(*given))

    def plain_backward(residual, d_results):
        tensors, constants, _, _ = residual_tree.unflatten(residual)
        run = functools.partial(_plain, gradient, constants, options)
        return jax.tree.leaves(jax.vjp(run, tensors)[1](results_tree.unflatten(d_results)))

    maps = _Maps(tangent, tangent, backward, plain_backward)
    types = tuple(map(_typeof, flat_results)), tuple(map(_typeof, d_tensors))
    flat = _linear.bind(*residual, *d_tensors, maps=maps, count=len(residual), types=types)
    return (results, saved), results_tree.unflatten(flat)


def _plain(gradient, constants, options, tensors):
    return gradient.plain(tensors, constants, options)


@dataclasses.dataclass(frozen=True)
class _Maps:
    """A linear map and its transpose, each also in plain operations.

    All are functions of a list of residuals and a list of what they are linear in.
    """

    run: Callable
    plain: Callable
    transposed: Callable
    plain_transposed: Callable

    def swapped(self):
        return _Maps(self.transposed, self.plain_transposed, self.run, self.plain)

    def batched(self, axes):
        """The maps of a batch: `axes` are those of the residuals, all else has it first."""

        def over(function):
            return lambda *given: jax.vmap(function, in_axes=(axes, 0))(*given)

        return _Maps(*map(over, (self.run, self.plain, self.transposed, self.plain_transposed)))


_linear = Primitive("gru_linear")
_linear.multiple_results = True


@_linear.def_impl
def _run(*arguments, maps, count, types):
    return maps.run(list(arguments[:count]), list(arguments[count:]))


@_linear.def_abstract_eval
def _(*arguments, maps, count, types):
    return types[0]


mlir.register_lowering(_linear, mlir.lower_fun(_run, multiple_results=True))


def _tangent_of_linear(primals, tangents, **parameters):
    count, maps = parameters["count"], parameters["maps"]
    residual, linear = list(primals[:count]), list(primals[count:])
    bind = functools.partial(_linear.bind, **parameters)
    results = bind(*primals)
    d_residual, d_linear = tangents[:count], tangents[count:]
    d_results = [jax.numpy.zeros_like(result) for result in results]
    if not all(type(d) is ad.Zero for d in d_linear):
        d_results = bind(*residual, *map(ad.instantiate_zeros, d_linear))
    known = [k for k, d in enumerate(d_residual) if type(d) is not ad.Zero]
    if known:

        def run(values):
            changed = dict(zip(known, values, strict=True))
            return maps.plain([changed.get(k, r) for k, r in enumerate(residual)], linear)

        given = [residual[k] for k in known], [d_residual[k] for k in known]
        _, others = jax.jvp(run, (given[0],), (given[1],))
        d_results = [a + b for a, b in zip(d_results, others, strict=True)]
    return results, d_results


def _transpose_of_linear(d_results, *arguments, maps, count, types):
    residual, linear = arguments[:count], arguments[count:]
    given = map(ad.instantiate_zeros, d_results)
    parameters = {"maps": maps.swapped(), "count": count, "types": types[::-1]}
    found = _linear.bind(*residual, *given, **parameters)
    wanted = [d if ad.is_undefined_primal(x) else None for d, x in zip(found, linear, strict=True)]
    return [None] * count + wanted


def _batch_of_linear(arguments, axes, *, maps, count, types):
    size = next(x.shape[d] for x, d in zip(arguments, axes, strict=True) if d is not None)
    residual, linear = arguments[:count], arguments[count:]
    moved = [
        jax.numpy.broadcast_to(x, (size, *x.shape)) if d is None else jax.numpy.moveaxis(x, d, 0)
        for x, d in zip(linear, axes[count:], strict=True)
    ]
    maps = maps.batched(list(axes[:count]))
    types = tuple(tuple(t.update(shape=(size, *t.shape)) for t in each) for each in types)
    found = _linear.bind(*residual, *moved, maps=maps, count=count, types=types)
    return found, [0] * len(found)


ad.primitive_jvps[_linear] = _tangent_of_linear
ad.primitive_transposes[_linear] = _transpose_of_linear
batching.primitive_batchers[_linear] = _batch_of_linear


def vary_alike(values: Any) -> Any:
    """The values, of which inside `jax.shard_map` all vary over the axes over which any does.

    Loops carry their state from step to step in one type, to which these axes belong.
    """
    axes = frozenset().union(*(_axes(value) for value in jax.tree.leaves(values)))
    if not axes:
        return values

    def vary(value):
        missing = tuple(axes - _axes(value))
        return jax.lax.pcast(value, missing, to="varying") if missing else value

    return jax.tree.map(vary, values)


def _axes(value):
    kind = _typeof(value)
    if hasattr(kind, "manual_axis_type"):  # since JAX 0.10
        return frozenset(kind.manual_axis_type.varying)
    return getattr(kind, "vma", frozenset())
