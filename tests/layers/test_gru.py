import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import GRU, GRUCell, explain_path
from gru_zoo.layers.convert import copy_weights
from tests.layers.reference import equations

BATCH, TIME, FEATURES, UNITS = 3, 6, 4, 5
MASKS = {
    "right": [[1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0]],
    "left": [[0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1]],
    "gaps": [[1, 0, 1, 1, 0, 1], [0, 1, 0, 0, 1, 0], [1, 1, 1, 1, 1, 1]],
    "row fully masked": [[1, 1, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]],
    "all masked": [[0] * 6] * 3,
}


def make(seed=0, shape=(BATCH, TIME, FEATURES), units=UNITS, **kwargs):
    rng = np.random.default_rng(seed)
    layer = GRU(units, return_sequences=True, return_state=True, **kwargs)
    layer.build(shape)
    layer.cell.set_weights([rng.normal(size=v.shape) for v in layer.cell.weights])
    return layer


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    sequences = rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    return sequences, rng.normal(size=(BATCH, UNITS)).astype("float32")


def close(value, expected, **tolerance):
    value = ops.convert_to_numpy(ops.cast(value, "float32"))
    np.testing.assert_allclose(value, expected, **{"rtol": 1e-4, "atol": 1e-5, **tolerance})


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize(
    "options", [{}, {"reset_after": False}, {"use_bias": False}], ids=["after", "before", "bare"]
)
def test_computes_its_equations(data, options, go_backwards):
    layer = make(go_backwards=go_backwards, **options)
    expected = equations(layer, *data)
    outputs, state = layer(data[0], initial_state=data[1])
    close(outputs, expected)
    close(state, expected[:, -1])


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("kind", MASKS)
def test_a_masked_step_carries_the_state(data, kind, go_backwards):
    mask = np.array(MASKS[kind], "bool")
    layer = make(go_backwards=go_backwards)
    expected = equations(layer, *data, mask)
    outputs, state = layer(data[0], initial_state=data[1], mask=mask)
    close(outputs, expected)
    close(state, expected[:, -1])
    last_only = GRU(UNITS, go_backwards=go_backwards)
    copy_weights(layer, last_only)
    close(last_only(data[0], initial_state=data[1], mask=mask), expected[:, -1])


@pytest.mark.parametrize("kind", ["right", "gaps"])
def test_masked_outputs_are_zero_on_request(data, kind):
    mask = np.array(MASKS[kind], "bool")
    layer = make(zero_output_for_mask=True)
    expected = equations(layer, *data, mask)
    outputs, state = layer(data[0], initial_state=data[1], mask=mask)
    close(outputs, expected * mask[:, :, None])
    close(state, expected[:, -1])


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 9, 3), (4, 1, 2)])
def test_small_and_odd_sizes(shape):
    layer = make(shape=shape, units=1)
    rng = np.random.default_rng(2)
    sequences = rng.normal(size=shape).astype("float32")
    outputs, _ = layer(sequences)
    close(outputs, equations(layer, sequences, np.zeros((shape[0], 1))))


def difference_quotient(layer, sequences, state, mask, direction):
    """The derivative of the loss along a direction of the initial state, in float64."""

    def loss(state):
        states = equations(layer, sequences, state, mask)
        weights = [np.random.default_rng(s).normal(size=states.shape if s == 0 else state.shape)
                   for s in range(2)]  # fmt: skip
        return (states * weights[0]).sum() + (states[:, -1] * weights[1]).sum()

    h = 1e-5
    return (loss(state + h * direction) - loss(state - h * direction)) / (2 * h)


@pytest.mark.parametrize("reset_after", [True, False])
def test_gradient_of_the_initial_state_agrees_with_float64(evaluate, data, reset_after):
    layer = make(reset_after=reset_after)
    mask = np.array(MASKS["gaps"], "bool")
    d_state = evaluate(layer, *data, mask=mask)[3]
    direction = np.random.default_rng(3).normal(size=d_state.shape)
    expected = difference_quotient(layer, *data, mask, direction)
    np.testing.assert_allclose((d_state * direction).sum(), expected, rtol=1e-3)


def test_long_sequences_stay_exact():
    layer = make(shape=(1, 5000, 2), units=3)
    layer.cell.set_weights([v * 0.3 for v in layer.cell.get_weights()])
    sequences = np.random.default_rng(4).normal(size=(1, 5000, 2)).astype("float32")
    outputs, _ = layer(sequences)
    close(outputs, equations(layer, sequences, np.zeros((1, 3))), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_low_precision_does_not_drift_over_a_thousand_steps(policy):
    # An update gate near one moves the state by less than bfloat16 resolves in a step.
    shape = (2, 1000, 3)
    sequences = np.random.default_rng(5).normal(size=shape).astype("float32")
    layer = make(shape=shape, dtype=policy)
    kernel, recurrent, bias = (0.1 * w for w in layer.cell.get_weights())
    bias[:, :UNITS] = 1.5
    layer.cell.set_weights([kernel, recurrent, bias])
    outputs, state = layer(sequences)
    assert keras.backend.standardize_dtype(outputs.dtype) == policy.removeprefix("mixed_")
    expected = equations(layer, sequences, np.zeros((2, UNITS)))
    error = np.abs(ops.convert_to_numpy(ops.cast(outputs, "float32")) - expected).max()
    assert error < 1e-2 * np.abs(expected).max()


def test_streaming_equals_the_whole_sequence(data):
    layer = make()
    outputs, _ = layer(data[0])
    state = None
    for t in range(TIME):
        state = layer.step(data[0][:, t], state)
        close(outputs[:, t], ops.convert_to_numpy(state))


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_many_steps_at_once_equal_single_steps(data, dtype):
    layer = GRU(UNITS, go_backwards=True, dtype=dtype)
    state = ops.cast(data[1], "float32")
    states = layer.steps(data[0], state)
    assert keras.backend.standardize_dtype(states.dtype) == "float32"
    for t in range(TIME):
        state = layer.step(data[0][:, t], state)
        tolerance = 1e-5 if dtype == "float32" else 2e-2
        close(states[:, t], ops.convert_to_numpy(state), atol=tolerance)


def test_streaming_compiles_one_step(data):
    layer = make()
    calls = []

    def step(inputs, state):
        calls.append(inputs.shape)
        return layer.step(inputs, state)

    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        run = jax.jit(step)
    elif backend == "tensorflow":
        import tensorflow as tf

        run = tf.function(step)
    else:
        run = step
    state = ops.zeros((BATCH, UNITS))
    for t in range(TIME):
        state = run(ops.convert_to_tensor(data[0][:, t]), state)
    assert len(calls) == (TIME if backend == "torch" else 1)
    close(layer(data[0])[1], ops.convert_to_numpy(state))


def test_stateful_batches_continue(data):
    layer = make(stateful=True)
    whole, _ = make()(data[0])
    close(layer(data[0][:, :4])[0], ops.convert_to_numpy(whole)[:, :4])
    close(layer(data[0][:, 4:])[0], ops.convert_to_numpy(whole)[:, 4:])
    layer.reset_state()
    close(layer(data[0])[0], ops.convert_to_numpy(whole))


def test_stateful_layers_train(data):
    model = keras.Sequential([keras.Input(batch_shape=data[0].shape), GRU(UNITS, stateful=True)])
    model.compile("sgd", "mse")
    first = model.train_on_batch(data[0], data[1])
    for _ in range(20):
        last = model.train_on_batch(data[0], data[1])
    assert last < first


def test_cell_and_bidirectional_share_the_equations(data):
    layer = make()
    expected = equations(layer, data[0], np.zeros((BATCH, UNITS)))
    rnn = keras.layers.RNN(GRUCell(UNITS), return_sequences=True)
    rnn.build(data[0].shape)
    rnn.cell.set_weights(layer.cell.get_weights())
    close(rnn(data[0]), expected)
    both = keras.layers.Bidirectional(GRU(UNITS, return_sequences=True))
    both.build(data[0].shape)
    for one in (both.forward_layer, both.backward_layer):
        copy_weights(layer, one)
    close(both(data[0])[..., :UNITS], expected)
    flipped = equations(layer, data[0][:, ::-1], np.zeros((BATCH, UNITS)))
    close(both(data[0])[..., UNITS:], flipped[:, ::-1])


def test_weights_are_named_and_shaped_as_in_keras(data):
    for options in ({}, {"reset_after": False}, {"use_bias": False}):
        ours, theirs = GRU(UNITS, **options), keras.layers.GRU(UNITS, **options)
        ours.build(data[0].shape)
        theirs.build(data[0].shape)
        described = [[(v.name, tuple(v.shape)) for v in x.weights] for x in (ours, theirs)]
        assert described[0] == described[1]


def test_weight_files_interchange_with_keras(tmp_path, data):
    def model(cls):
        inputs = keras.Input(data[0].shape[1:])
        return keras.Model(inputs, cls(UNITS, name="gru")(inputs))

    ours, theirs = model(GRU), model(keras.layers.GRU)
    for source, target in ((ours, theirs), (theirs, ours)):
        source.save_weights(tmp_path / "model.weights.h5")
        target.load_weights(tmp_path / "model.weights.h5")
        np.testing.assert_allclose(
            source.predict(data[0], verbose=0), target.predict(data[0], verbose=0), atol=1e-5
        )
        source.set_weights([0.5 * w for w in source.get_weights()])


def test_round_trip(tmp_path, data):
    options = {"dropout": 0.1, "recurrent_dropout": 0.2, "go_backwards": True, "seed": 3,
               "zero_output_for_mask": True, "reset_after": False}  # fmt: skip
    model = keras.Sequential([keras.Input((TIME, FEATURES)), GRU(UNITS, name="gru", **options)])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded.get_layer("gru")) is GRU
    assert loaded.get_layer("gru").get_config() == model.get_layer("gru").get_config()
    np.testing.assert_allclose(
        loaded.predict(data[0], verbose=0), model.predict(data[0], verbose=0), atol=1e-6
    )


@pytest.mark.parametrize("use_cudnn", ["auto", True, False])
def test_what_was_asked_of_cudnn_comes_back(use_cudnn):
    layer = GRU(UNITS, use_cudnn=use_cudnn)
    assert GRU.from_config(layer.get_config()).use_cudnn is use_cudnn
    both = keras.layers.Bidirectional(layer)
    again = keras.layers.Bidirectional.from_config(both.get_config())
    assert again.forward_layer.use_cudnn is again.backward_layer.use_cudnn is use_cudnn


def test_recurrent_dropout_is_one_mask_for_all_steps_and_gates(data):
    # From a zero input and an identity-like recurrence a dropped unit stays dropped.
    layer = make(recurrent_dropout=0.5, seed=1)
    trained = ops.convert_to_numpy(layer(data[0], training=True)[0])
    again = ops.convert_to_numpy(layer(data[0], training=True)[0])
    assert np.abs(trained - again).max() > 1e-3
    np.testing.assert_allclose(trained[:, 0], again[:, 0], atol=1e-5)  # the first state is zero
    close(layer(data[0])[0], equations(layer, data[0], np.zeros((BATCH, UNITS))))


@pytest.mark.parametrize("reset_after", [True, False])
def test_recurrent_dropout_multiplies_the_state_in_the_products(evaluate, data, reset_after):
    # Dropping with a mask equals scaling the rows of the recurrent kernel with it: one sequence,
    # so that one mask serves the whole batch.
    sequences, state = data[0][:1], data[1][:1]
    layer = make(shape=sequences.shape, recurrent_dropout=0.4, seed=7, reset_after=reset_after)
    factor = np.ones(UNITS)
    while not 0 < (factor == 0).sum() < UNITS:  # torch draws from a generator of its own
        layer.cell.reset_recurrent_dropout_mask()
        layer.cell.get_recurrent_dropout_mask(ops.convert_to_tensor(state))
        factor = ops.convert_to_numpy(layer.cell._recurrent_dropout_mask)[0]
    plain = make(shape=sequences.shape, reset_after=reset_after)
    kernel, recurrent, bias = layer.cell.get_weights()
    plain.cell.set_weights([kernel, factor[:, None] * recurrent, bias])
    dropped = evaluate(layer, sequences, state, training=True)
    expected = evaluate(plain, sequences, state)
    expected[5] = expected[5] * factor[:, None]
    for value, reference in zip(dropped, expected, strict=True):
        np.testing.assert_allclose(value, reference, rtol=1e-4, atol=1e-5)


def test_input_dropout_is_one_mask_for_all_steps():
    layer = make(shape=(1, 4, 50), dropout=0.5, seed=1)
    kernel, recurrent, bias = layer.cell.get_weights()
    bias[0, :UNITS] = -50.0  # z = 0: the state is the candidate
    kernel[:, :UNITS] = 0.0
    layer.cell.set_weights([0.1 * kernel, 0 * recurrent, bias])
    ones = np.ones((1, 4, 50), "float32")
    outputs = ops.convert_to_numpy(layer(ones, training=True)[0])[0]
    np.testing.assert_allclose(outputs, np.tile(outputs[:1], (4, 1)), atol=1e-6)
    assert np.abs(outputs - ops.convert_to_numpy(layer(ones)[0])[0]).max() > 1e-3


def test_compiled_models_fit_and_predict(data):
    backend = keras.backend.backend()
    inputs = keras.Input((TIME, FEATURES))
    mask = keras.Input((TIME,), dtype="bool")
    hidden = GRU(UNITS, return_sequences=True)(inputs, mask=mask)
    model = keras.Model([inputs, mask], GRU(UNITS)(hidden, mask=mask))
    assert all(layer.supports_jit for layer in model.layers)
    model.compile("adam", "mse", jit_compile=backend != "torch")
    first, second = (layer for layer in model.layers if isinstance(layer, GRU))
    zeros = np.zeros((BATCH, UNITS))
    for kept in (np.ones((BATCH, TIME)), MASKS["right"], MASKS["gaps"]):
        kept = np.array(kept, "bool")
        losses = model.fit([data[0], kept], data[1], epochs=3, verbose=0).history["loss"]
        assert losses[-1] < losses[0]
        expected = equations(second, equations(first, data[0], zeros, kept), zeros, kept)[:, -1]
        close(model.predict([data[0], kept], verbose=0), expected)


def test_cudnn_is_not_silently_replaced():
    if explain_path(GRU(UNITS)).name == "cudnn":
        pytest.skip("cuDNN runs here")
    with pytest.raises(ValueError, match="use_cudnn=True cannot be met: "):
        make(use_cudnn=True)(np.zeros((1, 2, FEATURES), "float32"))


def test_arguments_of_keras_are_accepted(data):
    layer = make(use_cudnn=False, implementation=1, unroll=True)
    close(layer(data[0])[0], equations(layer, data[0], np.zeros((BATCH, UNITS))))


def test_a_wrong_use_cudnn_is_refused():
    with pytest.raises(ValueError, match=r"must be 'auto', True or False. Received: 'yes'"):
        GRU(3, use_cudnn="yes")


def test_states_carry_over_under_mixed_precision():
    layer = GRU(UNITS, stateful=True, dtype="mixed_bfloat16")
    sequences = np.ones((2, 3, 4), "float32")
    first, second = (ops.convert_to_numpy(ops.cast(layer(sequences), "float32")) for _ in "ab")
    assert np.abs(second - first).max() > 1e-2
    np.testing.assert_allclose(layer.states[0].numpy(), second, atol=1e-2)
