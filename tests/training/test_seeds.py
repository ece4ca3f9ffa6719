import keras
import numpy as np
import pytest

from gru_zoo import training
from gru_zoo.layers import GRU
from gru_zoo.training.seeds import seed_states
from tests.training.tiny_training import fit, parts


def test_the_states_are_those_of_all_generators():
    """Generators of nested layers count; weights and metrics do not."""
    inputs = keras.Input((None, 2))
    gru = GRU(3, dropout=0.1, recurrent_dropout=0.1, return_sequences=True)
    inner = keras.Sequential([keras.Input((None, 3)), keras.layers.Dropout(0.5)])
    noise = keras.layers.GaussianNoise(0.1)
    norm = keras.layers.BatchNormalization()  # has weights that are not trained
    model = keras.Model(
        inputs, norm(noise(inner(keras.layers.Bidirectional(gru)(inputs)[..., :3])))
    )
    model.compile("sgd", "mse", metrics=["mae"])
    model.fit(np.ones((1, 4, 2)), np.ones((1, 4, 3)), verbose=0)
    # The name by which Keras 3 marks them, in its order; `seed_states` does not read it.
    expected = [v for v in model.variables if v.path.endswith("seed_generator_state")]
    assert [id(v) for v in seed_states(model)] == [id(v) for v in expected]
    states = {id(v) for v in seed_states(model)}
    generators = (noise.seed_generator, inner.layers[0].seed_generator)
    assert {id(generator.state) for generator in generators} < states
    assert all(isinstance(g, keras.random.SeedGenerator) for g in generators)


@pytest.mark.parametrize("seed", [2**31, 2**40 + 5])
def test_a_seed_may_be_large(seed):
    layer = keras.layers.Dropout(0.5)
    model = keras.Sequential([keras.Input((2,)), layer])
    training.seed_generators(model, seed)
    assert np.asarray(layer.seed_generator.state.numpy())[0] == seed % 2**31


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="torch's generator")
def test_the_users_generator_goes_on():
    import torch

    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    fit(*parts())
    assert torch.equal(torch.rand(3), expected)
