import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import MaskedPooling

MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0]], "bool")


def expected(sequence, mask):
    rows = []
    for steps, keep in zip(sequence, mask, strict=True):
        kept = steps[keep] if keep.any() else np.zeros((1, steps.shape[-1]))
        rows.append(np.concatenate([kept.max(0), kept.mean(0)]))
    return np.stack(rows)


@pytest.fixture
def sequence():
    return np.random.default_rng(0).normal(size=(4, 4, 3)).astype("float32") - 2.0


def test_equals_numpy(sequence):
    pooled = MaskedPooling()(sequence, mask=MASK)
    np.testing.assert_allclose(ops.convert_to_numpy(pooled), expected(sequence, MASK), atol=1e-6)


def test_without_mask_every_step_counts(sequence):
    pooled = MaskedPooling()(sequence)
    every = np.ones((4, 4), "bool")
    np.testing.assert_allclose(ops.convert_to_numpy(pooled), expected(sequence, every), atol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_mean_is_accumulated_in_float32(dtype):
    # 4,096 ones: a float16 sum stalls at 2,048 and a bfloat16 sum at 256.
    ones = np.ones((1, 4096, 2), "float32")
    pooled = MaskedPooling(dtype=dtype)(ones, mask=np.ones((1, 4096), "bool"))
    assert keras.backend.standardize_dtype(pooled.dtype) == dtype
    np.testing.assert_array_equal(ops.convert_to_numpy(ops.cast(pooled, "float32")), 1.0)


def test_uses_the_mask_of_an_embedding_and_passes_none_on():
    inputs = keras.Input((4,), dtype="int32")
    embedded = keras.layers.Embedding(5, 3, mask_zero=True)(inputs)
    pooled = MaskedPooling()(embedded)
    model = keras.Model(inputs, [embedded, pooled])
    tokens = np.array([[1, 2, 0, 0], [3, 0, 0, 0]])
    steps, out = model.predict(tokens, verbose=0)
    np.testing.assert_allclose(out, expected(steps, tokens != 0), atol=1e-6)
    assert getattr(pooled, "_keras_mask", None) is None


def test_round_trip():
    layer = MaskedPooling(name="pool")
    config = keras.saving.serialize_keras_object(layer)
    assert keras.saving.deserialize_keras_object(config).name == "pool"
