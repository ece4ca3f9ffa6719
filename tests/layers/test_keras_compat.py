"""One test for each name in `gru_zoo.layers.keras_compat` that Keras does not promise."""

import ast
import inspect

import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import GRU, GRUCell, gru, gru_cell, keras_compat
from gru_zoo.layers.keras_compat import DropoutMasks, as_mask

SEQUENCES = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")


def test_variables_have_the_switch_of_autocasting():
    variable = keras.Variable(np.ones(2, "float32"), dtype="float32")
    assert variable._autocast is True
    keras_compat.keep_precision([variable])
    assert variable._autocast is False and keras_compat.keep_precision(None) is None


def test_the_state_of_a_stateful_layer_keeps_its_precision():
    layer = GRU(3, stateful=True, dtype="mixed_bfloat16")
    layer(SEQUENCES)
    assert layer.states[0].dtype == "float32"
    first = ops.convert_to_numpy(layer.states[0].value)
    assert first.any()
    layer(SEQUENCES)
    assert (ops.convert_to_numpy(layer.states[0].value) != first).any()


def test_the_states_of_a_stateful_rnn_are_a_list_of_variables():
    layer = keras.layers.RNN(GRUCell(3), stateful=True)
    assert layer.states is None
    layer.build(SEQUENCES.shape)
    (state,) = layer.states
    assert isinstance(state, keras.Variable) and tuple(state.shape) == (2, 3)


@pytest.mark.parametrize(
    "name",
    [
        "get_dropout_mask",
        "get_recurrent_dropout_mask",
        "reset_dropout_mask",
        "reset_recurrent_dropout_mask",
    ],
)
def test_rnn_calls_the_methods_of_the_masks(name, monkeypatch):
    calls, original = [], getattr(DropoutMasks, name)

    def spy(self, *args):
        calls.append(name)
        return original(self, *args)

    assert callable(getattr(keras.layers.GRUCell, name))
    monkeypatch.setattr(DropoutMasks, name, spy)
    layer = keras.layers.RNN(GRUCell(3, dropout=0.5, recurrent_dropout=0.5))
    layer(SEQUENCES, training=False)
    # Not by the cell, which needs no mask in inference.
    assert calls


def test_the_masks_come_before_those_of_keras():
    for name in vars(DropoutMasks):
        if name.startswith(("get_", "reset_")):
            assert getattr(GRUCell, name) is getattr(DropoutMasks, name)


def test_the_seeds_are_saved_by_the_name_of_their_generator():
    cell = GRUCell(3, dropout=0.5, seed=1)
    cell.build((2, 4))
    assert isinstance(cell.seed_generator, keras.random.SeedGenerator)
    assert any(v is cell.seed_generator.state for v in cell.variables)


@pytest.mark.parametrize("forbidden", [False, True])
def test_compile_takes_no_xla_for_a_layer_that_forbids_it(forbidden):
    inputs = keras.Input((3, 4))
    layer = GRU(2, use_cudnn=False)
    model = keras.Model(inputs, layer(inputs))
    if forbidden:
        keras_compat.forbid_xla(layer)
        with pytest.warns(UserWarning, match="doesn't support `jit_compile=True`"):
            model.compile(loss="mse", jit_compile=True)
    else:
        model.compile(loss="mse", jit_compile=True)
    assert model.jit_compile is not forbidden


@pytest.mark.parametrize("module", [gru, gru_cell])
def test_no_other_file_uses_a_private_name(module):
    tree = ast.parse(inspect.getsource(module))
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert {name for name in used if name.startswith("_") and not name.endswith("__")} <= own
    assert not used & {"supports_jit", "implementation", "dropout_mask_count"}


def test_a_mask_of_any_shape_that_keras_takes_is_made_one_of_batch_and_time():
    mask = np.array([[True, False, True], [False, True, True]])
    for given in (mask, mask[..., None], mask.astype("float32")):
        found = ops.convert_to_numpy(as_mask(ops.convert_to_tensor(given), SEQUENCES))
        np.testing.assert_array_equal(found, mask)
    found = ops.convert_to_numpy(as_mask(ops.convert_to_tensor(mask[:1]), SEQUENCES))
    np.testing.assert_array_equal(found, mask[[0, 0]])
    with pytest.raises(ValueError, match=r"shape \(batch, time\), here \(2, 3\)"):
        as_mask(ops.convert_to_tensor(mask[:, :2]), SEQUENCES)


@pytest.mark.parametrize("ours", [GRU, GRUCell])
def test_the_config_is_one_of_keras_where_only_options_of_keras_are_set(ours):
    theirs = getattr(keras.layers, ours.__name__)
    layer = ours(4, recurrent_dropout=0.2, reset_after=False, name="one")
    again = theirs.from_config(layer.get_config())
    assert type(again) is theirs and again.recurrent_dropout == 0.2 and not again.reset_after
    for option in ({"layer_norm": True}, {"zoneout": 0.1}, {"recurrent_weight_dropout": 0.1}):
        config = ours(4, **option).get_config()
        assert ours.from_config(config).get_config() == config
        assert option.items() <= config.items()
        with pytest.raises((TypeError, ValueError), match="Unrecognized keyword arguments"):
            theirs.from_config(config)


def test_configs_of_keras_2_are_read():
    config = {**GRU(4).get_config(), "time_major": False, "implementation": 2}
    assert GRU.from_config(config).get_config() == {**GRU(4).get_config(), "name": config["name"]}
    with pytest.raises(ValueError, match="Expected a config with time_major=False"):
        GRU.from_config({**config, "time_major": True})


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("ours", [GRU, GRUCell])
def test_half_precision_has_every_initializer(ours, dtype):
    layer = ours(4, dtype=dtype)
    layer.build((2, 3, 5)[: 3 if ours is GRU else 2])
    assert {variable.dtype for variable in layer.trainable_variables} == {dtype}
    recurrent = ops.convert_to_numpy(ops.cast(layer.weights[1], "float32"))
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(4), atol=1e-2)
