"""What a model makes of a batch, from any thread."""

import weakref
from collections.abc import Callable
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
