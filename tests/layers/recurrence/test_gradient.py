"""The gradients of the GRU's kernels, whichever backend computes them."""

import keras
import numpy as np
import pytest

from gru_zoo.layers.recurrence import gradient

TIME, BATCH, FEATURES, UNITS = 5, 3, 2, 4


@pytest.mark.parametrize("small", [0, 2**20])  # a product a gate, and one for all
@pytest.mark.parametrize("with_reset", [False, True])
def test_kernel_and_bias(small, with_reset, monkeypatch):
    monkeypatch.setattr(gradient, "_SMALL", small)
    rng = np.random.default_rng(0)
    operand, reset = (rng.normal(size=(TIME, BATCH, FEATURES)).astype("float32") for _ in "ab")
    d_s = [rng.normal(size=(TIME, BATCH, UNITS)).astype("float32") for _ in "zrh"]
    tensors = [keras.ops.convert_to_tensor(a) for a in (operand, reset, *d_s)]
    d_kernel, d_bias = gradient.weight_gradients(
        tensors[0],
        tensors[1] if with_reset else None,
        tensors[2:],
        "float32",
        np.zeros(3 * UNITS, "float32"),
    )
    operands = [operand, operand, operand * reset if with_reset else operand]
    expected = [np.einsum("tbf,tbu->fu", a, d) for a, d in zip(operands, d_s, strict=True)]
    to_numpy = keras.ops.convert_to_numpy
    np.testing.assert_allclose(to_numpy(d_kernel), np.concatenate(expected, 1), atol=1e-5)
    np.testing.assert_allclose(to_numpy(d_bias), np.concatenate(d_s, -1).sum((0, 1)), atol=1e-5)
