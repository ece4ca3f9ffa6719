"""Models that wait for their weights."""

import keras
import numpy as np

from gru_zoo.layers import GRU, TiedEmbedding
from gru_zoo.weights import awaiting_weights


def new_model():
    ids = keras.Input((None,), dtype="int32")
    x = GRU(4)(TiedEmbedding(6, 3, name="vectors")(ids))
    return keras.Model(ids, keras.layers.Dense(2)(x))


def kernels(model):
    return [w for w in model.get_weights() if w.ndim == 2 and w.shape[0] != 2]  # no biases


def test_weights_that_are_loaded_next_are_not_drawn():
    with awaiting_weights():
        model = new_model()
    assert not any(w.any() for w in kernels(model))


def test_clones_and_later_models_draw_again():
    with awaiting_weights():
        model = new_model()
    for later in (new_model(), keras.models.clone_model(model)):
        assert all(w.any() for w in kernels(later))


def test_a_saved_model_names_the_initializers_of_keras(tmp_path):
    with awaiting_weights():
        dense = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    dense.set_weights([np.ones((3, 2)), np.zeros(2)])
    dense.save(tmp_path / "dense.keras")
    read = keras.models.load_model(tmp_path / "dense.keras")
    assert type(read.layers[0].kernel_initializer) is keras.initializers.GlorotUniform
    np.testing.assert_array_equal(read.get_weights()[0], np.ones((3, 2)))
