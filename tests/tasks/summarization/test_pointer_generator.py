import numpy as np
import pytest
from keras import ops

from gru_zoo.tasks.summarization.pointer_generator import (
    FollowingAttention,
    PointerScores,
    mixture,
    shift_right,
)
from gru_zoo.text.special_tokens import BOS

SOURCE = np.array([[7, 8, 7, 9, 5], [8, 8, 6, 0, 0]], "int32")
LAST = np.array([[BOS, 7, 9], [BOS, 8, 5]], "int32")
random = np.random.default_rng(0)


def softmax(x):
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_shift_right():
    np.testing.assert_array_equal(
        ops.convert_to_numpy(shift_right(ops.convert_to_tensor(SOURCE))),
        [[BOS, 7, 8, 7, 9], [BOS, 8, 8, 6, 0]],
    )


def test_following_attention_equals_its_equations():
    query, value, key = (
        random.normal(size=shape).astype("float32") for shape in ((2, 3, 6), (2, 5, 4), (2, 5, 3))
    )
    layer = FollowingAttention(3)
    contexts, weights = map(ops.convert_to_numpy, layer(query, value, key, LAST, SOURCE))
    kernel, follow = map(ops.convert_to_numpy, (layer.kernel, layer.follow))
    before = np.array([[BOS, 7, 8, 7, 9], [BOS, 8, 8, 6, 0]])
    scores = np.einsum("btf,fu,bsu->bts", query, kernel, key)
    scores += follow * (before[:, None] == LAST[:, :, None])
    expected = softmax(np.where(SOURCE[:, None] > 0, scores, -np.inf))
    np.testing.assert_allclose(weights, expected, atol=1e-5)
    np.testing.assert_allclose(contexts, expected @ value, atol=1e-5)
    assert FollowingAttention.from_config(layer.get_config()).units == 3


def test_an_empty_source_is_not_looked_at():
    layer, nothing = FollowingAttention(3), np.zeros((1, 4), "int32")
    value = np.ones((1, 4, 3), "float32")
    contexts, weights = layer(value[:, :2], value, value, LAST[:1, :2], nothing)
    assert not ops.convert_to_numpy(weights).any() and not ops.convert_to_numpy(contexts).any()


@pytest.fixture(scope="module")
def parts():
    """Logits, gate, weights of two rows, three steps, a vocabulary of ten."""
    weights = softmax(random.normal(size=(2, 3, 5)))
    parts = (random.normal(size=(2, 3, 10)), random.normal(size=(2, 3, 1)), weights)
    return [part.astype("float32") for part in parts]


def probabilities(logits, gate, weights):
    """The equation of the module's docstring, word for word."""
    p = sigmoid(gate) * softmax(logits)
    for b, t, s in np.ndindex(weights.shape):
        p[b, t, SOURCE[b, s]] += (1 - sigmoid(gate[b, t, 0])) * weights[b, t, s]
    return p


def test_the_mixture_equals_its_equation(parts):
    logits, gate, weights = parts
    expected = probabilities(*parts)
    for t in range(3):
        tensors = (logits[:, t], gate[:, t], weights[:, t], SOURCE)
        found = ops.convert_to_numpy(mixture(*map(ops.convert_to_tensor, tensors)))
        np.testing.assert_allclose(np.exp(found), expected[:, t], atol=1e-6)


def test_pointer_scores_equal_their_equations(parts):
    targets = np.array([[7, 4, 9], [8, 2, 6]])
    found = ops.convert_to_numpy(PointerScores()(*parts, SOURCE, targets))
    expected = np.take_along_axis(probabilities(*parts), targets[..., None], -1)[..., 0]
    np.testing.assert_allclose(np.exp(found[..., 0]), expected, atol=1e-6)
    mean = np.log(softmax(parts[0])).mean(axis=-1)
    np.testing.assert_allclose(found[..., 1], mean, atol=1e-5)
    weights = parts[2]
    for t in range(3):
        covered = np.minimum(weights[:, t], weights[:, :t].sum(axis=1)).sum(axis=-1)
        np.testing.assert_allclose(found[:, t, 2], covered, atol=1e-6)
