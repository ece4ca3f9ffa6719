import keras
import numpy as np

from gru_zoo.layers.layer_normalization import LayerNormalization


def test_equals_that_of_keras_and_takes_its_weights():
    inputs = np.random.default_rng(0).normal(1, 3, size=(2, 5, 4)).astype("float32")
    ours, theirs = LayerNormalization(), keras.layers.LayerNormalization()
    theirs(inputs), ours(inputs)
    weights = [np.array([1, 2, -1, 0.5], "float32"), np.array([0, 1, 2, 3], "float32")]
    theirs.set_weights(weights)
    ours.set_weights(theirs.get_weights())
    expected = keras.ops.convert_to_numpy(theirs(inputs))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(ours(inputs)), expected, atol=1e-5)
    again = LayerNormalization.from_config(ours.get_config())
    assert again.get_config() == ours.get_config()
