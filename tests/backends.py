"""Marks of tests that need not run on every backend, and what differs between backends."""

import keras
import pytest

# What is quickest for a training of a few steps: without it JAX compiles every operation by itself,
# with it TensorFlow takes longer.
JIT = keras.backend.backend() == "jax"


def only_on(backend: str, reason: str) -> pytest.MarkDecorator:
    """Skips a test on the other backends. Most such tests are on torch, whose run is shortest."""
    return pytest.mark.skipif(
        keras.backend.backend() != backend, reason=f"runs on {backend}: {reason}"
    )
