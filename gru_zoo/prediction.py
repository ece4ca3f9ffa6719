"""What a model makes of a batch, from any thread."""

import contextlib
import threading
from typing import Any

import keras

_LOCK = threading.Lock()


def predict_on_batch(model: keras.Model, inputs: Any) -> Any:
    """`model.predict_on_batch(inputs)`, on JAX by one thread after the other.

    There Keras gives the weights away to the compiled step and takes them back from its results, so
    a second thread would find them deleted.
    """
    alone = keras.backend.backend() == "jax"
    with _LOCK if alone else contextlib.nullcontext():
        return model.predict_on_batch(inputs)
