import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import GRU, TiedEmbedding
from gru_zoo.ops.raw_call import raw_call

INPUTS = np.random.default_rng(0).normal(size=(3, 8)).astype("float32")


class Counted(keras.layers.Dense):
    """A dense layer that counts how often it is called in full."""

    full_calls = 0

    def __call__(self, *args, **kwargs):
        self.full_calls += 1
        return super().__call__(*args, **kwargs)


def layers(dtype):
    """Layers with the inputs and the keyword arguments of a call."""
    embedding = TiedEmbedding(11, 8, dtype=dtype)
    embedding(np.zeros((1, 1), "int32"))
    embedding.bias.assign(np.linspace(-1, 1, 11))
    vectors = ops.cast(INPUTS, embedding.compute_dtype)
    sequences = ops.cast(INPUTS[:, None].repeat(4, axis=1), embedding.compute_dtype)
    yield embedding, np.array([3, 10, 3], "int32"), {}
    yield embedding, vectors, {"reverse": True}
    yield keras.layers.Dense(5, activation="tanh", dtype=dtype), vectors, {}
    # Torch has no orthogonal matrices in bfloat16.
    gru = GRU(4, return_sequences=True, recurrent_initializer="glorot_uniform", dtype=dtype)
    yield gru, sequences, {}


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16", "bfloat16"])
def test_it_agrees_with_a_full_call(dtype):
    for layer, inputs, options in layers(dtype):
        inputs = ops.convert_to_tensor(inputs)
        for _ in range(2):  # The first builds some of the layers.
            raw, full = raw_call(layer, inputs, **options), layer(inputs, **options)
            assert raw.dtype == full.dtype, layer
            raw, full = (ops.convert_to_numpy(ops.cast(x, "float32")) for x in (raw, full))
            np.testing.assert_array_equal(raw, full, err_msg=str(layer))


def test_it_agrees_for_a_model_of_built_layers():
    embedding = TiedEmbedding(11, 8)
    ids = ops.convert_to_tensor(np.array([[1, 2]], "int32"))
    embedding(ids)

    class Nested(keras.Model):
        def __init__(self):
            super().__init__()
            self.embedding = embedding

        def call(self, inputs):
            ids, scale = inputs
            return self.embedding(ids) * scale, scale

    model, scale = Nested(), ops.convert_to_tensor(2.0)
    for _ in range(2):
        raw, full = raw_call(model, [ids, scale]), model([ids, scale])
        np.testing.assert_array_equal(*(ops.convert_to_numpy(x[0]) for x in (raw, full)))


def test_it_calls_in_full_only_where_it_must():
    inputs = ops.convert_to_tensor(INPUTS)
    plain = Counted(5)
    raw_call(plain, inputs)
    assert plain.full_calls == 1  # It was not built.
    raw_call(plain, inputs)
    assert plain.full_calls == 1
    mixed = Counted(5, dtype="mixed_bfloat16")
    for _ in range(2):
        raw_call(mixed, ops.cast(inputs, "bfloat16"))
    assert mixed.full_calls == 2


def test_it_agrees_for_a_quantized_layer():
    layer, inputs = keras.layers.Dense(5), ops.convert_to_tensor(INPUTS)
    layer(inputs)
    layer.quantize("int8")
    raw, full = raw_call(layer, inputs), layer(inputs)
    np.testing.assert_array_equal(*(ops.convert_to_numpy(x) for x in (raw, full)))
