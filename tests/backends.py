"""Marks of tests that need not run on every backend."""

import keras
import pytest


def only_on(backend: str, reason: str) -> pytest.MarkDecorator:
    """Skips a test on the other backends. Most such tests are on torch, whose run is shortest."""
    return pytest.mark.skipif(
        keras.backend.backend() != backend, reason=f"runs on {backend}: {reason}"
    )
