"""The pointer sentinel mixture, compared with its equations."""

import numpy as np
import pytest
from keras import ops

from gru_zoo.tasks.text_generation.pointer_sentinel import PointerSentinel
from gru_zoo.text.special_tokens import PAD


def drawn(batch=2, time=5, units=4, words=7, size=5, key_dim=2):
    random = np.random.default_rng(3)
    states = random.normal(size=(batch, time, units)).astype("float32")
    logits = random.normal(size=(batch, time, words)).astype("float32")
    ids = random.integers(1, words, (batch, time)).astype("int32")
    keys = random.normal(size=(batch, size, key_dim)).astype("float32")
    memory = random.integers(1, words, (batch, size)).astype("int32")
    return states, logits, ids, keys, memory


def softmax(values):
    shares = np.exp(values - values.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("words, nearest", [(7, 3), (300, 1)])
def test_equals_its_equations(words, nearest):
    states, logits, ids, keys, memory = drawn(words=words)
    memory[0, 0] = PAD  # before the beginning of a text
    layer = PointerSentinel(5, 2, nearest)
    layer.build(*(array.shape for array in (states, logits, ids, keys, memory)))
    layer.query_bias.assign([0.5, -1.0])
    scores, every = map(ops.convert_to_numpy, layer(states, logits, ids, keys, memory))
    query_kernel, query_bias, key_kernel, sentinel, bias = map(ops.convert_to_numpy, layer.weights)
    assert bias > np.log(5)
    np.testing.assert_allclose(every, np.concatenate([keys, states @ key_kernel], 1), atol=1e-5)
    read = np.concatenate([memory, ids], axis=1)
    for row in range(2):
        for t in range(5):
            query = states[row, t] @ query_kernel + query_bias
            places = [s for s in range(t, t + 6 - nearest) if read[row, s] != PAD]
            shares = softmax(
                np.array([*(every[row, places] @ query), query @ sentinel[:, 0] + bias])
            )
            expected = shares[-1] * softmax(logits[row, t])
            for place, share in zip(places, shares[:-1], strict=True):
                expected[read[row, place + 1]] += share
            np.testing.assert_allclose(np.exp(scores[row, t]), expected, atol=1e-5)
    np.testing.assert_allclose(np.exp(scores).sum(axis=-1), 1, atol=1e-5)


def test_without_memory_it_is_the_softmax():
    states, logits, ids, keys, memory = drawn(time=1)
    layer = PointerSentinel(5, 2)
    scores, _ = layer(states, logits, ids, 0 * keys, np.full_like(memory, PAD))
    np.testing.assert_allclose(np.exp(ops.convert_to_numpy(scores)), softmax(logits), atol=1e-5)


def test_config():
    layer = PointerSentinel.from_config(PointerSentinel(9, 5, 2, name="pointer").get_config())
    assert (layer.size, layer.key_dim, layer.nearest, layer.name) == (9, 5, 2, "pointer")
