"""Unusual inputs, masks and surroundings that keras.layers.GRU accepts."""

import importlib

import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import GRU, explain_path
from tests.layers.reference import equations
from tests.layers.test_gru import BATCH, FEATURES, TIME, UNITS, close, data, make

__all__ = ["data"]  # the fixture
BACKEND = keras.backend.backend()


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool"])
def test_integers_are_read_as_numbers(dtype):
    sequences = np.eye(FEATURES, dtype=dtype)[None]
    layer = make()
    close(layer(sequences)[0], ops.convert_to_numpy(layer(sequences.astype("float32"))[0]))


@pytest.mark.parametrize("masked", [False, True])
def test_an_empty_batch_has_empty_outputs(masked):
    mask = np.zeros((0, TIME), "bool") if masked else None
    outputs, state = make()(np.zeros((0, TIME, FEATURES), "float32"), mask=mask)
    assert outputs.shape == (0, TIME, UNITS) and state.shape == (0, UNITS)


def test_a_mask_may_have_one_row_or_an_axis_more(data):
    layer, row = make(), np.array([[1, 1, 0, 1, 0, 1]], "bool")
    whole = np.repeat(row, BATCH, axis=0)
    expected = ops.convert_to_numpy(layer(data[0], mask=whole)[0])
    close(layer(data[0], mask=row)[0], expected)
    close(layer(data[0], mask=whole[..., None])[0], expected)


@pytest.mark.parametrize("shape", [(BATCH, TIME - 2), (BATCH, TIME + 2), (2, TIME), (TIME,)])
def test_a_mask_of_another_shape_is_refused(data, shape):
    with pytest.raises(ValueError, match="Expected a mask of shape"):
        make()(data[0], mask=np.ones(shape, "bool"))


def test_an_activation_may_read_a_variable(data):
    scale = keras.Variable(1.0)
    layer = make(activation=lambda x: ops.tanh(x) * scale)
    before = ops.convert_to_numpy(layer(data[0])[1])
    scale.assign(0.5)
    assert np.abs(ops.convert_to_numpy(layer(data[0])[1]) - before).max() > 0.01


def test_a_stateful_layer_keeps_its_number_of_sequences(data):
    layer = make(stateful=True)
    layer(data[0])
    with pytest.raises(ValueError, match=f"built for batches of {BATCH} sequences. Received: 2"):
        layer(data[0][:2])


@pytest.mark.skipif(BACKEND != "tensorflow", reason="elsewhere every number of steps is known")
def test_an_unrolled_layer_needs_a_number_of_steps():
    import tensorflow as tf

    layer = make(unroll=True)
    steps = tf.TensorSpec((BATCH, None, FEATURES))
    with pytest.raises(ValueError, match="unroll=True needs a known number of time steps"):
        tf.function(lambda x: layer(x)).get_concrete_function(steps)


@pytest.mark.parametrize("value", [0, 1, None])
def test_use_cudnn_is_no_number(value):
    with pytest.raises(ValueError, match="`use_cudnn` must be"):
        GRU(3, use_cudnn=value)


def test_explains_only_its_own_layers():
    with pytest.raises(TypeError, match=r"Expected a gru_zoo\.layers\.GRU.*, a keras\."):
        explain_path(keras.layers.GRU(3))


@pytest.mark.skipif(BACKEND == "torch", reason="torch exports by torch.export, tested elsewhere")
@pytest.mark.filterwarnings("ignore:The `native_serialization` parameter:DeprecationWarning")
def test_a_masked_model_of_any_batch_is_exported(tmp_path, data):
    import tensorflow as tf

    inputs = keras.Input((None, FEATURES))
    model = keras.Model(inputs, GRU(UNITS)(keras.layers.Masking()(inputs)))
    sequences = data[0].copy()
    sequences[1, 2:] = 0
    model.export(tmp_path / "model", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "model"))
    close(np.asarray(loaded.serve(sequences)), model.predict(sequences, verbose=0))


@pytest.mark.skipif(BACKEND != "tensorflow", reason="checkpoints of TensorFlow")
def test_a_stateful_model_is_kept_in_a_checkpoint(tmp_path, data):
    import tensorflow as tf

    layer = GRU(UNITS, stateful=True)
    model = keras.Sequential([keras.Input(batch_shape=data[0].shape), layer])
    model(data[0])
    state = ops.convert_to_numpy(layer.states[0])
    path = tf.train.Checkpoint(model).write(str(tmp_path / "state"))
    layer.reset_states()
    tf.train.Checkpoint(model).read(path).assert_existing_objects_matched()
    np.testing.assert_array_equal(ops.convert_to_numpy(layer.states[0]), state)


@pytest.mark.skipif(BACKEND != "torch", reason="the hand-written gradient of torch")
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    "options",
    [{}, {"reset_after": False}, {"use_bias": False}, {"zoneout": 0.3}, {"layer_norm": True}],
    ids=["after", "before", "bare", "zoneout", "normalized"],
)
def test_a_gradient_of_the_gradient_is_exact(masked, options):
    import torch

    layer = make(dtype="float64", **options)
    mask = torch.tensor([[1, 1, 0, 1], [1, 0, 0, 0]], dtype=torch.bool) if masked else None
    rng = np.random.default_rng(0)
    sequences = torch.tensor(rng.normal(size=(2, 4, FEATURES)), requires_grad=True)
    state = torch.tensor(rng.normal(size=(2, UNITS)), requires_grad=True)

    def run(sequences, state):
        return layer(sequences, initial_state=state, mask=mask)[0]

    assert torch.autograd.gradgradcheck(run, (sequences, state))
    (gradient_of,) = torch.autograd.grad(run(sequences, state).sum(), sequences, create_graph=True)
    weights = [v.value for v in layer.trainable_variables]
    found = torch.autograd.grad((gradient_of**2).sum(), weights, allow_unused=True)
    assert all(g is not None and g.abs().max() > 0 for g in found[:2])


def test_a_step_takes_a_state_of_numpy(data):
    layer = make()
    expected = layer(data[0][:, :1], initial_state=data[1])[1]
    close(layer.step(data[0][:, 0], data[1]), ops.convert_to_numpy(expected))


@pytest.mark.parametrize("options", [{}, {"layer_norm": True}, {"zoneout": 0.5}], ids=str)
def test_bidirectional_runs_this_layer_and_no_cudnn_of_keras(options, monkeypatch):
    # On a GPU Keras' Bidirectional on torch runs one cuDNN call in place of two layers that are a
    # keras.layers.GRU. It would leave out what that layer does not know, such as layer_norm.
    module = importlib.import_module("keras.src.layers.rnn.bidirectional")

    def fused(*args, **kwargs):
        pytest.fail("Keras' Bidirectional computed in place of the layer")

    monkeypatch.setattr(module.backend, "bidirectional_gru", fused, raising=False)
    layer = keras.layers.Bidirectional(GRU(UNITS, **options))
    assert layer(np.ones((BATCH, TIME, FEATURES), "float32")).shape == (BATCH, 2 * UNITS)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("options", [{}, {"zero_output_for_mask": True}, {"layer_norm": True}])
def test_no_steps_return_the_initial_state(evaluate, data, masked, options):
    mask = np.zeros((BATCH, 0), "bool") if masked else None
    outputs, state = make(**options)(data[0][:, :0], initial_state=data[1], mask=mask)
    assert outputs.shape == (BATCH, 0, UNITS)
    close(state, data[1], rtol=0, atol=0)
    only_last = GRU(UNITS, zero_output_for_mask=True)
    close(only_last(data[0][:, :0], initial_state=data[1], mask=mask), data[1], rtol=0, atol=0)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    "shape", [(BATCH + 1, UNITS), (1, UNITS), (BATCH, UNITS + 1), (2, BATCH, UNITS), (UNITS,)]
)
def test_an_initial_state_of_another_shape_is_refused(data, shape, masked):
    mask = np.ones((BATCH, TIME), "bool") if masked else None
    state = np.zeros(shape, "float32")
    expected = rf"Expected an initial state of shape \(batch, units\), here \({BATCH}, {UNITS}\)"
    for given in (state, [state]):
        with pytest.raises(ValueError, match=expected):
            make()(data[0], initial_state=given, mask=mask)


def test_a_list_of_two_initial_states_is_refused(data):
    with pytest.raises(ValueError, match="Received: a list of shapes"):
        make().call(ops.convert_to_tensor(data[0]), initial_state=[data[1], data[1]])


@pytest.mark.parametrize("masked", [False, True])
def test_arrays_of_numpy_are_taken_without_the_bookkeeping_of_keras(data, masked):
    layer = make()
    mask = np.random.default_rng(0).random((BATCH, TIME)) < 0.6 if masked else None
    expected = ops.convert_to_numpy(layer(data[0], initial_state=data[1], mask=mask)[0])
    close(layer.call(data[0], initial_state=data[1], mask=mask)[0], expected)
    values = [
        [ops.convert_to_numpy(v) for v in variables]
        for variables in (layer.trainable_variables, layer.non_trainable_variables)
    ]
    results, _ = layer.stateless_call(*values, data[0], initial_state=data[1], mask=mask)
    close(results[0], expected)


@pytest.mark.parametrize("masked", [False, True])
def test_inputs_may_have_no_features(evaluate, masked):
    layer = make(shape=(BATCH, TIME, 0))
    mask = np.random.default_rng(0).random((BATCH, TIME)) < 0.6 if masked else None
    empty, state = np.zeros((BATCH, TIME, 0), "float32"), np.ones((BATCH, UNITS), "float32")
    found = evaluate(layer, empty, state, mask=mask)
    close(found[0], equations(layer, empty, state, mask))
    same = make(shape=(BATCH, TIME, 1))
    same.set_weights([np.zeros((1, 3 * UNITS)), *layer.get_weights()[1:]])
    expected = evaluate(same, np.zeros((BATCH, TIME, 1), "float32"), state, mask=mask)
    for place in (3, 5, 6):  # the gradients of initial state, recurrent kernel and bias
        close(found[place], expected[place])
    close(layer.step(empty[:, 0], state), equations(layer, empty[:, :1], state)[:, 0])


def test_keras_maps_the_layer_over_vectors(data):
    layer = make()
    expected = ops.convert_to_numpy(layer(data[0])[0])
    mapped = ops.vectorized_map(lambda x: layer(x[None])[0][0], ops.convert_to_tensor(data[0]))
    close(mapped, expected)
