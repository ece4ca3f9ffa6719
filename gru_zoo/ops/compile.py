"""Compiled functions: the one place where functions of models become programs of the backend.

TensorFlow's programs are kept in a `ProgramCache` of at most `MAX_PROGRAMS`, since every new shape
of an input would add one. JAX keeps its own, one for each shape, and torch compiles nothing.
"""

import collections
import threading
import weakref
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import keras
import numpy as np

MAX_PROGRAMS = 64  # of one function

_predictors: "weakref.WeakKeyDictionary[keras.Model, Callable]" = weakref.WeakKeyDictionary()


class ProgramCache:
    """Programs by key. When it is full, the least recently used program is dropped.

    It may be used from several threads.

    Args:
        max_size: number of programs kept, 1 or more.
    """

    def __init__(self, max_size: int = MAX_PROGRAMS):
        self.max_size = max_size
        self._programs: collections.OrderedDict[Hashable, Callable] = collections.OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._programs)

    def get(self, key: Hashable, make: Callable[[], Callable]) -> Callable:
        """The program of `key`, which `make` makes if it is missing."""
        with self._lock:
            if key in self._programs:
                self._programs.move_to_end(key)
            else:
                self._programs[key] = make()
                if len(self._programs) > self.max_size:
                    self._programs.popitem(last=False)
            return self._programs[key]


def predict_on_batch(model: keras.Model, inputs: Any) -> Any:
    """As `model.predict_on_batch(inputs)`, safe while other threads use the same variables.

    On JAX, Keras donates the weights to the compiled step and takes them back from its results, so
    other threads would find them deleted. There, the model is compiled here, once for each shape of
    the inputs, as a function that only reads the variables. Changes that a layer would make to them
    during prediction, such as to the state of a random generator, are lost.

    Args:
        model: the model.
        inputs: an array or a nested structure of arrays, as the model takes them.

    Returns:
        NumPy arrays in the structure of the model's outputs.
    """
    if keras.backend.backend() != "jax":
        return model.predict_on_batch(inputs)
    if model not in _predictors:
        _predictors[model] = _compile_model_for_jax(weakref.ref(model))
    outputs = _predictors[model]([variable.value for variable in model.variables], inputs)
    return keras.tree.map_structure(np.array, outputs)


def _compile_model_for_jax(reference: Callable[[], Any]) -> Callable:
    """A function from the values of a model's variables and its inputs to its outputs.

    Args:
        reference: weak reference to the model, which is the key of its own function.
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
    """`function` as a program of the backend that reads the current values of `variables`.

    On torch it is `function` itself, without gradients.

    Args:
        function: function from arrays to tensors.
        variables: the Keras variables that it reads.
        fixed: whether the arrays, which may then stand in lists, have few shapes, of one dtype
            each. If True, TensorFlow compiles each shape with XLA, which takes a second or two and
            runs faster; else it builds one graph for all shapes. JAX always compiles each shape.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _compile_shapes(function) if fixed else _compile_graph(function)
    if backend == "jax":
        import jax

        @jax.jit
        def program(values, *arrays):
            with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
                return function(*arrays)

        return lambda *arrays: program([v.value for v in variables], *arrays)
    import torch

    return torch.no_grad()(function)


def _compile_shapes(function: Callable) -> Callable:
    """On TensorFlow, a program of XLA for each shape of the arrays."""
    import tensorflow as tf

    programs = ProgramCache()

    def run(*arrays):
        # One `tf.function` for all shapes would never drop a program, and takes as long to look
        # one up as a model takes for a step.
        def make():
            program = tf.function(function, autograph=False, jit_compile=True)
            return program.get_concrete_function(*arrays)

        key = tuple(tuple(array.shape) for array in keras.tree.flatten(arrays))
        return programs.get(key, make)(*arrays)

    return run


def _compile_graph(function: Callable) -> Callable:
    """On TensorFlow, one graph for arrays of all shapes with the same axes and dtypes."""
    import tensorflow as tf

    graphs = ProgramCache()

    def run(*arrays):
        key = tuple((array.ndim, array.dtype.name) for array in arrays)

        def make():
            signature = [tf.TensorSpec([None] * ndim, dtype) for ndim, dtype in key]
            return tf.function(function, input_signature=signature, autograph=False)

        return graphs.get(key, make)(*arrays)

    return run
