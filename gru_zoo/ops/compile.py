"""What a model makes of a batch, from any thread."""

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

_PROGRAMS: "weakref.WeakKeyDictionary[keras.Model, Callable]" = weakref.WeakKeyDictionary()


def predict_on_batch(model: keras.Model, inputs: Any) -> Any:
    """`model.predict_on_batch(inputs)`, beside which other threads may use the same variables.

    On JAX, Keras gives the weights away to the compiled step and takes them back from its results,
    so that others would find them deleted. There a program of our own, compiled once for each shape
    of the inputs, only reads their present values. What a layer would change while it predicts,
    such as the state of a random generator, stays as it is.
    """
    if keras.backend.backend() != "jax":
        return model.predict_on_batch(inputs)
    if model not in _PROGRAMS:
        _PROGRAMS[model] = _program(weakref.ref(model))
    outputs = _PROGRAMS[model]([variable.value for variable in model.variables], inputs)
    return keras.tree.map_structure(np.array, outputs)


def _program(reference: Callable[[], Any]) -> Callable:
    """A model's outputs for values of its variables, compiled by JAX.

    Args:
        reference: gives the model, which a program that held it would keep for ever.
    """
    import jax

    @jax.jit
    def program(values, inputs):
        model = reference()
        with keras.StatelessScope(state_mapping=list(zip(model.variables, values, strict=True))):
            return model(inputs, training=False)

    return program


def compiled(
    function: Callable, variables: Sequence[keras.Variable], fixed: bool = False
) -> Callable:
    """`function` as one piece of the backend, reading the present values of `variables`.

    Args:
        function: from arrays to tensors.
        variables: those that it reads.
        fixed: whether the arrays, which may then stand in lists, have few shapes, of one type each.
            TensorFlow compiles each with XLA then, as JAX does, which takes a second or two and
            runs faster; otherwise it makes one graph for all sizes.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        if fixed:
            return _compile_fixed_for_tensorflow(function)
        return _compile_for_tensorflow(function)
    if backend == "jax":
        import jax

        @jax.jit
        def pure(values, *arrays):
            with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
                return function(*arrays)

        return lambda *arrays: pure([v.value for v in variables], *arrays)
    import torch

    return torch.no_grad()(function)


def _compile_fixed_for_tensorflow(function: Callable) -> Callable:
    """A program of XLA for each shape of the arrays."""
    import tensorflow as tf

    program = tf.function(function, autograph=False, jit_compile=True)
    programs: dict[tuple, Callable] = {}

    def run(*arrays):
        # Left to find its program by itself, a `tf.function` takes as long as a step of a model.
        key = tuple(tuple(array.shape) for array in keras.tree.flatten(arrays))
        if key not in programs:
            programs[key] = program.get_concrete_function(*arrays)
        return programs[key](*arrays)

    return run


def _compile_for_tensorflow(function: Callable) -> Callable:
    """One graph for arrays of all sizes."""
    import tensorflow as tf

    graphs: dict[tuple, Callable] = {}

    def run(*arrays):
        key = tuple((array.ndim, array.dtype.name) for array in arrays)
        if key not in graphs:
            signature = [tf.TensorSpec([None] * ndim, dtype) for ndim, dtype in key]
            graphs[key] = tf.function(function, input_signature=signature, autograph=False)
        return graphs[key](*arrays)

    return run
