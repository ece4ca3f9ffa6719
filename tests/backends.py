"""A mark for tests that run on one backend, and settings that differ between backends."""

import keras
import pytest

# Whether a training of a few steps is compiled, which is faster on JAX alone: there every operation
# would be compiled by itself otherwise.
JIT = keras.backend.backend() == "jax"


def only_on(backend: str, reason: str) -> pytest.MarkDecorator:
    """Skip a test on the other backends; most such tests run on torch, whose suite is fastest.

    Args:
        backend: the backend on which the test runs.
        reason: why one backend is enough.
    """
    return pytest.mark.skipif(
        keras.backend.backend() != backend, reason=f"runs on {backend}: {reason}"
    )
