import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import TiedEmbedding


def test_one_table_serves_both_ways():
    layer = TiedEmbedding(6, 3)
    ids = np.array([[5, 0], [2, 2]])
    vectors = ops.convert_to_numpy(layer(ids))
    table, bias = layer.get_weights()
    np.testing.assert_array_equal(vectors, table[ids])
    layer.set_weights([table, np.arange(6, dtype="float32")])
    logits = ops.convert_to_numpy(layer(vectors, reverse=True))
    np.testing.assert_allclose(logits, vectors @ table.T + np.arange(6), rtol=1e-5)


def test_in_a_model_and_from_its_config():
    layer = TiedEmbedding(6, 3, name="tied")
    ids = keras.Input((None,), dtype="int32")
    logits = layer(layer(ids), reverse=True)
    assert logits.shape == (None, None, 6)
    model = keras.Model(ids, logits)
    assert len(model.weights) == 2
    assert TiedEmbedding.from_config(layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3), (2, 1, 5, 3)])
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_vectors_of_any_number_of_axes_are_scored(shape, dtype):
    # Two axes take another product on TensorFlow than three do.
    layer = TiedEmbedding(6, 3, dtype=dtype)
    layer.build((None,))
    table = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
    layer.set_weights([table, np.linspace(-1, 1, 6)])
    vectors = np.random.default_rng(1).normal(size=shape).astype("float32")
    logits = layer(vectors, reverse=True)
    assert tuple(logits.shape) == (*shape[:-1], 6)
    expected = vectors @ table.T + np.linspace(-1, 1, 6)
    tolerance = 1e-5 if dtype == "float32" else 5e-2
    logits = ops.convert_to_numpy(ops.cast(logits, "float32"))
    np.testing.assert_allclose(logits, expected, atol=tolerance)


def test_mixed_precision_computes_in_half_and_keeps_the_table_whole():
    layer = TiedEmbedding(6, 4, dtype="mixed_bfloat16")
    ids = np.array([[1, 5]])
    vectors = layer(ids)
    assert keras.backend.standardize_dtype(vectors.dtype) == "bfloat16"
    logits = layer(vectors, reverse=True)
    assert keras.backend.standardize_dtype(logits.dtype) == "bfloat16"
    assert layer.embeddings.dtype == layer.bias.dtype == "float32"
    table = ops.convert_to_numpy(layer.embeddings.value)[ids]
    vectors = ops.convert_to_numpy(ops.cast(vectors, "float32"))
    np.testing.assert_allclose(vectors, table, rtol=2**-8)
