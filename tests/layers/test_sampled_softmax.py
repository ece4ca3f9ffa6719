import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import SampledSoftmax

WORDS, FEATURES = 40, 6


def drawn():
    random = np.random.default_rng(0)
    hidden = random.normal(size=(3, 4, FEATURES)).astype("float32")
    targets = random.integers(0, WORDS, (3, 4)).astype("int32")
    table = random.normal(size=(WORDS, FEATURES)).astype("float32")
    return hidden, targets, table


def test_the_loss_where_one_word_is_drawn_every_time():
    hidden, _, table = drawn()
    frequencies = np.array([1e9] + [1.0] * (WORDS - 1))
    layer = SampledSoftmax(frequencies, samples=3, seed=1)
    layer.build()
    layer.bias.assign(np.linspace(-1, 1, WORDS))
    targets = np.full((3, 4), 5, "int32")
    found = ops.convert_to_numpy(layer(hidden, targets, ops.convert_to_tensor(table)))
    scores = hidden @ table.T + np.linspace(-1, 1, WORDS)
    scores = scores - np.log(3 * frequencies**0.75 / (frequencies**0.75).sum())
    positive, negative = scores[..., 5], np.log(3) + scores[..., 0]
    np.testing.assert_allclose(found, np.logaddexp(positive, negative) - positive, atol=1e-4)


def test_each_call_draws_anew_and_a_seed_draws_the_same():
    inputs = [ops.convert_to_tensor(array) for array in drawn()]

    def losses(seed):
        layer = SampledSoftmax(np.ones(WORDS), samples=5, seed=seed)
        return [ops.convert_to_numpy(layer(*inputs)) for _ in range(2)]

    first, second = losses(7)
    assert np.abs(first - second).max() > 1e-3
    for one, other in zip(losses(7), (first, second), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_target_that_is_drawn_is_not_counted_against_itself():
    hidden, _, table = drawn()
    layer = SampledSoftmax([1e9] + [0.0] * (WORDS - 1), samples=3, seed=1)  # all draws are word 0
    targets = np.zeros((3, 4), "int32")
    found = ops.convert_to_numpy(layer(hidden, targets, ops.convert_to_tensor(table)))
    np.testing.assert_allclose(found, 0.0, atol=1e-6)


@pytest.mark.parametrize("seed", [None, 3])
def test_config_comes_back(seed):
    layer = SampledSoftmax([1, 2, 3], samples=2, seed=seed)
    again = SampledSoftmax.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
