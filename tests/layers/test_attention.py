import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import AdditiveAttention, MultiplicativeAttention

MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]], "bool")


@pytest.fixture(scope="module")
def arrays():
    """Queries, memory and keys."""
    random = np.random.default_rng(0)
    shapes = {"query": (4, 3, 6), "value": (4, 5, 2), "key": (4, 5, 7)}
    return {name: random.normal(size=shape).astype("float32") for name, shape in shapes.items()}


def additive(query, key, weights):
    kernel, bias, score = weights
    hidden = np.tanh((query @ kernel + bias)[:, :, None] + key[:, None])
    return (hidden @ score)[..., 0]


def multiplicative(query, key, weights):
    return np.einsum("btu,bsu->bts", query @ weights[0], key)


def softmax(scores, mask):
    weights = np.where(mask[:, None], np.exp(scores - scores.max(-1, keepdims=True)), 0)
    return weights / np.maximum(weights.sum(-1, keepdims=True), 1e-9)


LAYERS = [(AdditiveAttention, additive), (MultiplicativeAttention, multiplicative)]


@pytest.mark.parametrize("mask", [MASK, None])
@pytest.mark.parametrize("layer_class, scores_of", LAYERS)
def test_equals_its_equations(arrays, layer_class, scores_of, mask):
    layer = layer_class(7)
    context, weights = layer(**arrays, mask=mask)
    scores = scores_of(arrays["query"], arrays["key"], layer.get_weights())
    expected = softmax(scores, np.ones_like(MASK) if mask is None else mask)
    np.testing.assert_allclose(ops.convert_to_numpy(weights), expected, atol=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(context), expected @ arrays["value"], atol=1e-5)


@pytest.mark.parametrize("layer_class, _", LAYERS)
def test_the_memory_is_its_own_key(arrays, layer_class, _):
    layer = layer_class(2)
    found = layer(arrays["query"], arrays["value"], mask=MASK)
    same = layer(arrays["query"], arrays["value"], arrays["value"], mask=MASK)
    for one, other in zip(found, same, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(one), ops.convert_to_numpy(other))


def test_additive_attention_is_that_of_keras_on_projected_queries(arrays):
    layer, peer = AdditiveAttention(7), keras.layers.AdditiveAttention()
    context, _ = layer(**arrays, mask=MASK)
    kernel, bias, score = layer.get_weights()
    query = arrays["query"] @ kernel + bias
    inputs = [query, arrays["value"], arrays["key"]]
    peer(inputs)
    peer.set_weights([score[:, 0]])
    expected = peer(inputs, mask=[None, MASK])
    np.testing.assert_allclose(
        ops.convert_to_numpy(context)[:3], ops.convert_to_numpy(expected)[:3], atol=1e-5
    )


@pytest.mark.parametrize("layer_class, _", LAYERS)
def test_keys_of_another_size_are_refused(arrays, layer_class, _):
    with pytest.raises(ValueError, match=r"keys of 8 features.*\(4, 5, 7\).*Dense\(8\)"):
        layer_class(8)(**arrays)


@pytest.mark.parametrize("layer_class, _", LAYERS)
def test_half_precision_and_round_trip(arrays, layer_class, _):
    layer = layer_class(7, dtype="mixed_bfloat16", name="attention")
    context, weights = layer(**arrays, mask=MASK)
    assert keras.backend.standardize_dtype(context.dtype) == "bfloat16"
    assert keras.backend.standardize_dtype(weights.dtype) == "float32"
    again = layer_class.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
