import keras
import numpy as np
import pytest

from gru_zoo.training.options import check_options, frozen, layers_to_freeze
from tests.backends import JIT


@pytest.fixture
def model():
    given = keras.Input((2,))
    x = keras.layers.Dense(3, name="first_dense")(given)
    x = keras.layers.BatchNormalization(name="first_norm")(x)
    x = keras.layers.Activation("relu", name="without_weights")(x)
    return keras.Model(given, keras.layers.Dense(1, name="last")(x))


def names(model, freeze):
    return [layer.name for layer in layers_to_freeze(model, freeze)]


def test_names_and_patterns_of_layers(model):
    assert names(model, ()) == []
    assert names(model, "first_*") == ["first_dense", "first_norm"]
    assert names(model, ["last", "first_norm"]) == ["last", "first_norm"]
    assert names(model, ["first_dense", "first_d*"]) == ["first_dense"]


def test_layers_that_cannot_be_frozen(model):
    for name in ("without_weights", "encoder"):
        message = rf"among \['first_dense', 'first_norm', 'last'\]. Received: freeze='{name}'"
        with pytest.raises(ValueError, match=message):
            names(model, name)
    with pytest.raises(ValueError, match="left to train. Received: freeze='\\*', all of them"):
        names(model, "*")
    with pytest.raises(TypeError, match="names of layers to freeze. Received: 3"):
        names(model, [3])


def fit(model):
    model.compile("sgd", "mse", jit_compile=JIT)
    random = np.random.default_rng(0)
    model.fit(random.normal(size=(8, 2)), random.normal(size=(8, 1)), verbose=0)


@pytest.mark.parametrize("freeze", [(), "first_*"])
def test_frozen_layers_keep_all_their_weights(model, freeze):
    layers = [model.get_layer(name) for name in ("first_dense", "first_norm", "last")]
    before = [layer.get_weights() for layer in layers]
    with frozen(layers_to_freeze(model, freeze)):
        fit(model)
    changed = [
        any((new != old).any() for new, old in zip(layer.get_weights(), weights, strict=True))
        for layer, weights in zip(layers, before, strict=True)
    ]
    assert changed == ([False, False, True] if freeze else [True, True, True])
    assert all(layer.trainable for layer in layers)


def test_layers_that_were_frozen_before_stay_so(model):
    model.get_layer("last").trainable = False
    with frozen(layers_to_freeze(model, ["first_dense", "last"])):
        assert not model.get_layer("first_dense").trainable
    assert model.get_layer("first_dense").trainable and not model.get_layer("last").trainable


def test_options_are_checked(model):
    stop = keras.callbacks.EarlyStopping()
    check_options({"callbacks": [stop]}, model, ["callbacks"])
    with pytest.raises(TypeError, match=r"among \['callbacks'\]. Received: patience=3"):
        check_options({"patience": 3}, model, ["callbacks"])
    for wrong in (stop, ["early_stopping"]):
        with pytest.raises(TypeError, match="a list of callbacks of Keras"):
            check_options({"callbacks": wrong}, model, ["callbacks"])
