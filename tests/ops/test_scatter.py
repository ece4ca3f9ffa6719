"""Scatter-add along the last axis."""

import keras
import numpy as np

from gru_zoo.ops.scatter import scatter_add, scatter_add_shared

IDS = np.array([[0, 3, 3, 1], [4, 4, 4, 0]], "int32")


def arrays():
    random = np.random.default_rng(1)
    return (random.normal(size=shape).astype("float32") for shape in ((2, 5), (2, 4)))


def test_all_weights_of_an_id_count():
    values, weights = arrays()
    expected = values.copy()
    for row in range(2):
        for place, weight in zip(IDS[row], weights[row], strict=True):
            expected[row, place] += weight
    result = scatter_add(*map(keras.ops.convert_to_tensor, (values, IDS, weights)))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(result), expected, atol=1e-6)


def test_shared_ids_are_the_same_for_all_rows():
    values, weights = arrays()
    tensors = map(keras.ops.convert_to_tensor, (values, IDS[0], weights))
    shared = keras.ops.convert_to_numpy(scatter_add_shared(*tensors))
    tensors = map(keras.ops.convert_to_tensor, (values, IDS[[0, 0]], weights))
    expected = keras.ops.convert_to_numpy(scatter_add(*tensors))
    np.testing.assert_allclose(shared, expected, atol=1e-6)


class ScatterAdd(keras.layers.Layer):
    """A layer whose weights are the values and the weights of `scatter_add`."""

    def build(self, shape):
        self.values = self.add_weight(shape=(2, 5), name="values")
        self.addends = self.add_weight(shape=(2, 4), name="addends")

    def call(self, ids):
        return scatter_add(self.values.value, ids, self.addends.value)

    def compute_output_shape(self, shape):
        return 2, 5


def test_both_have_gradients():
    """A step of gradient descent at rate 1 subtracts them."""
    layer = ScatterAdd()
    model = keras.Sequential([keras.Input((4,), dtype="int32"), layer])
    before = model.get_weights()
    model.compile("sgd", loss=lambda upstream, y: keras.ops.sum(upstream * y, axis=-1))
    model.optimizer.learning_rate = 1.0
    upstream = np.arange(10, dtype="float32").reshape(2, 5)
    model.train_on_batch(IDS, upstream)
    gradients = [old - new for old, new in zip(before, model.get_weights(), strict=True)]
    for gradient, rows in zip(
        gradients, (upstream, np.take_along_axis(upstream, IDS, 1)), strict=True
    ):
        np.testing.assert_allclose(gradient, rows / 2, atol=1e-6)  # the mean over two rows
