"""layer_norm, zoneout and recurrent_weight_dropout against their equations in float64."""

import contextlib

import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import GRU, GRUCell, explain_path
from gru_zoo.layers.convert import to_onnx
from tests.backends import only_on

BATCH, TIME, FEATURES, UNITS = 3, 6, 4, 5
BACKEND = keras.backend.backend()
MASK = np.array([[1, 0, 1, 1, 0, 1], [0, 1, 0, 0, 1, 0], [1, 1, 1, 1, 1, 1]], "bool")
OPTIONS = {
    "layer_norm": {"layer_norm": True},
    "layer_norm, reset before": {"layer_norm": True, "reset_after": False, "use_bias": False},
    "zoneout": {"zoneout": 0.4},
    "zoneout, reset before": {"zoneout": 0.4, "reset_after": False, "go_backwards": True},
    "zoneout, slope 1 at 1": {"zoneout": 0.4, "recurrent_activation": "relu"},
    "weights": {"recurrent_weight_dropout": 0.4},
    "all": {"layer_norm": True, "zoneout": 0.3, "recurrent_weight_dropout": 0.3},
}


def make(seed=7, **options):
    rng = np.random.default_rng(0)
    layer = GRU(UNITS, return_sequences=True, return_state=True, seed=seed, **options)
    layer.build((BATCH, TIME, FEATURES))
    layer.cell.set_weights([0.8 * rng.normal(size=v.shape) for v in layer.cell.weights])
    return layer


def drawn(layer, training):
    """The factor on the recurrent kernel and which units zoneout keeps, as the layer draws them."""
    if not training:
        return 1.0, None
    generator, cell = keras.random.SeedGenerator(layer.cell.seed), layer.cell
    factor, zoneout_mask = 1.0, None
    if cell.recurrent_weight_dropout:
        ones = ops.ones((UNITS, 3 * UNITS))
        factor = keras.random.dropout(ones, cell.recurrent_weight_dropout, seed=generator)
        factor = ops.convert_to_numpy(factor).astype("float64")
    if cell.zoneout:
        uniform = keras.random.uniform((BATCH, TIME, UNITS), seed=generator)
        zoneout_mask = ops.convert_to_numpy(uniform) < cell.zoneout
    return factor, zoneout_mask


def normalized(s, gain):
    """Ba et al., eq. 4, over z and r together and over h."""
    parts = [part for part in (s[:, : 2 * UNITS], s[:, 2 * UNITS :]) if part.shape[1]]
    parts = [
        (p - p.mean(1, keepdims=True)) / np.sqrt(p.var(1, keepdims=True) + 1e-5) for p in parts
    ]
    return np.concatenate(parts, axis=1) * gain


def equations(layer, factor, zoneout_mask, sequences, h, kernel, recurrent, *rest, mask=MASK):
    """States in the order of computation, from the docstring's equations."""
    cell, rest = layer.cell, list(rest)
    bias = rest.pop(0) if cell.use_bias else np.zeros((2, 3 * UNITS))
    b, c = bias if bias.ndim == 2 else (bias, np.zeros(3 * UNITS))
    f = {"sigmoid": lambda a: 1 / (1 + np.exp(-a)), "relu": lambda a: np.maximum(a, 0)}
    f = f[cell.recurrent_activation.__name__]

    def norm(s, row, columns):
        return normalized(s, rest[0][row][columns]) if cell.layer_norm else s

    every, zr_only = slice(None), slice(2 * UNITS)
    recurrent, states = factor * recurrent, []
    for t in range(TIME)[:: -1 if layer.go_backwards else 1]:
        x_zr, x_h = np.split(norm(sequences[:, t] @ kernel, 0, every) + b, [2 * UNITS], 1)
        if cell.reset_after:
            s = norm(h @ recurrent, 1, every) + c
        else:
            s = norm(h @ recurrent[:, zr_only], 1, zr_only)
        z, r = np.split(f(x_zr + s[:, zr_only]), 2, 1)
        if cell.reset_after:
            inner = r * s[:, 2 * UNITS :]
        else:
            inner = (r * h) @ recurrent[:, 2 * UNITS :]
            if cell.layer_norm:
                inner -= inner.mean(1, keepdims=True)
                inner *= rest[0][1][2 * UNITS :] / np.sqrt(inner.var(1, keepdims=True) + 1e-5)
        new = z * h + (1 - z) * np.tanh(x_h + inner)
        if zoneout_mask is not None:
            new = np.where(zoneout_mask[:, t], h, new)
        elif cell.zoneout:
            new = cell.zoneout * h + (1 - cell.zoneout) * new
        h = np.where(mask[:, t, None], new, h)
        states.append(h)
    return np.stack(states, axis=1)


def loss(states):
    """The loss of the fixture `evaluate`."""
    weights = [
        np.random.default_rng(seed).normal(size=value.shape).astype("float32")
        for seed, value in enumerate((states, states[:, -1]))
    ]
    return (states * weights[0]).sum() + (states[:, -1] * weights[1]).sum()


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", OPTIONS)
def test_computes_its_equations_and_their_gradients(evaluate, name, training):
    layer = make(**OPTIONS[name])
    rng = np.random.default_rng(1)
    sequences = rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    state = rng.normal(size=(BATCH, UNITS)).astype("float32")
    outputs, last, *gradients = evaluate(layer, sequences, state, mask=MASK, training=training)
    arrays = [a.astype("float64") for a in (sequences, state, *layer.cell.get_weights()[:4])]
    arrays = arrays[: len(gradients)]
    masks = drawn(layer, training)
    expected = equations(layer, *masks, *arrays)
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(last, expected[:, -1], rtol=1e-4, atol=1e-5)
    for k, gradient in enumerate(gradients):
        direction = 1e-6 * rng.normal(size=gradient.shape)
        ends = [[a + s * direction if i == k else a for i, a in enumerate(arrays)] for s in (1, -1)]
        more, less = (loss(equations(layer, *masks, *end)) for end in ends)
        np.testing.assert_allclose((gradient * direction).sum(), (more - less) / 2, rtol=2e-3)


def test_streaming_and_cell_agree_with_the_sequence():
    layer = make(**OPTIONS["all"])
    sequences = np.random.default_rng(2).normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    expected = ops.convert_to_numpy(layer(sequences)[0])
    state = None
    for t in range(TIME):
        state = layer.step(sequences[:, t], state)
        np.testing.assert_allclose(ops.convert_to_numpy(state), expected[:, t], atol=1e-5)
    rnn = keras.layers.RNN(GRUCell(UNITS, **OPTIONS["all"]), return_sequences=True)
    rnn.build(sequences.shape)
    rnn.cell.set_weights(layer.cell.get_weights()[:4])
    np.testing.assert_allclose(ops.convert_to_numpy(rnn(sequences)), expected, atol=1e-5)


@pytest.mark.parametrize("reset_after", [True, False])
def test_a_normalized_step_follows_the_weights_of_the_moment(reset_after):
    layer = make(layer_norm=True, reset_after=reset_after)
    x = np.random.default_rng(2).normal(size=(BATCH, 1, FEATURES)).astype("float32")
    state = np.random.default_rng(3).normal(size=(BATCH, UNITS)).astype("float32")
    for factor in (1.0, 2.0):
        layer.cell.set_weights([factor * w + factor for w in layer.cell.get_weights()[:4]])
        expected = ops.convert_to_numpy(layer(x, initial_state=state)[1])
        found = ops.convert_to_numpy(layer.step(x[:, 0], state))
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@only_on("jax", "its graph can be read")
def test_a_normalized_step_computes_nothing_of_the_size_of_a_kernel():
    import jax

    layer = make(layer_norm=True)
    graph = jax.make_jaxpr(layer.step)(np.ones((1, FEATURES), "float32"), np.ones((1, UNITS), "f"))
    sizes = [out.aval.size for equation in graph.eqns for out in equation.outvars]
    assert max(sizes) < FEATURES * 3 * UNITS < UNITS * 3 * UNITS


def test_the_cell_drops_the_same_weights_at_every_step():
    layer = make(recurrent_weight_dropout=0.5)
    rnn = keras.layers.RNN(
        GRUCell(UNITS, recurrent_weight_dropout=0.5, seed=7), return_sequences=True
    )
    rnn.build((BATCH, TIME, FEATURES))
    rnn.cell.set_weights(layer.cell.get_weights()[:3])
    sequences = np.random.default_rng(3).normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    first, again = (ops.convert_to_numpy(layer(sequences, training=True)[0]) for _ in range(2))
    np.testing.assert_allclose(
        ops.convert_to_numpy(rnn(sequences, training=True)), first, atol=1e-5
    )
    assert np.abs(first - again).max() > 1e-3


def test_inference_draws_no_masks():
    rates = {"dropout": 0.5, "recurrent_dropout": 0.5, "recurrent_weight_dropout": 0.5}
    layer = GRU(UNITS, **rates, zoneout=0.5, seed=7)
    sequences = np.ones((BATCH, TIME, FEATURES), "float32")
    state = layer.cell.seed_generator.state
    before = ops.convert_to_numpy(state.value).copy()
    layer(sequences)
    np.testing.assert_array_equal(ops.convert_to_numpy(state.value), before)
    layer(sequences, training=True)
    assert (ops.convert_to_numpy(state.value) != before).any()


def test_the_cell_refuses_zoneout_in_training():
    rnn = keras.layers.RNN(GRUCell(UNITS, zoneout=0.2))
    with pytest.raises(ValueError, match=r"Use gru_zoo.layers.GRU. Received: zoneout=0.2"):
        rnn(np.zeros((1, 2, 3), "float32"), training=True)


def test_which_path_runs():
    for options in OPTIONS.values():
        assert explain_path(GRU(3, **options), training=True).name == BACKEND


def test_models_with_every_option_fit_and_come_back(tmp_path):
    model = keras.Sequential(
        [keras.Input((TIME, FEATURES)), GRU(UNITS, name="gru", **OPTIONS["all"])]
    )
    model.compile("adam", "mse", jit_compile=BACKEND != "torch")
    rng = np.random.default_rng(4)
    data = rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    model.fit(data, rng.normal(size=(BATCH, UNITS)), epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_layer("gru").get_config() == model.get_layer("gru").get_config()
    assert {**model.get_layer("gru").get_config(), **OPTIONS["all"]} == loaded.get_layer(
        "gru"
    ).get_config()
    outputs, expected = (ops.convert_to_numpy(m(data)) for m in (loaded, model))
    np.testing.assert_allclose(outputs, expected)
    np.testing.assert_allclose(loaded.predict(data, verbose=0), expected, rtol=1e-4, atol=1e-6)


def test_half_precision_normalises_in_float32():
    expected = ops.convert_to_numpy(make(layer_norm=True)(1e3 * np.ones((1, 4, FEATURES)))[0])
    outputs = make(layer_norm=True, dtype="mixed_float16")(1e3 * np.ones((1, 4, FEATURES)))[0]
    np.testing.assert_allclose(
        ops.convert_to_numpy(ops.cast(outputs, "float32")), expected, atol=0.02
    )


@pytest.mark.parametrize("name", ["zoneout", "recurrent_weight_dropout"])
def test_rates_outside_their_range_are_refused(name):
    with pytest.raises(ValueError, match=f"`{name}` must be at least 0 and less than 1"):
        GRU(3, **{name: 1.0})


def test_converters_refuse_a_normalized_layer():
    with pytest.raises(ValueError, match="has no place for its gain"):
        to_onnx(make(layer_norm=True))


@pytest.mark.parametrize("batch", [1, BATCH])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", ["layer_norm", "layer_norm, reset before", "all"])
def test_inference_equals_its_equations(name, masked, batch):
    """Without a gradient torch has a loop of its own, and the last state alone another."""
    layer = make(**OPTIONS[name])
    alone = GRU(UNITS, **OPTIONS[name])
    alone.build((batch, TIME, FEATURES))
    alone.cell.set_weights(layer.cell.get_weights()[: len(alone.cell.weights)])
    sequences = np.random.default_rng(5).normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    arrays = [a.astype("float64") for a in layer.cell.get_weights()[:4]]
    arrays = arrays[: len(layer.trainable_variables)]
    mask = MASK if masked else np.ones_like(MASK)
    state = np.zeros((BATCH, UNITS))
    expected = equations(layer, 1.0, None, sequences, state, *arrays, mask=mask)[:batch]
    given = {"mask": mask[:batch]} if masked else {}
    with_gradient = ops.convert_to_numpy(layer(sequences[:batch], **given)[0])
    with contextlib.ExitStack() as stack:
        if BACKEND == "torch":
            import torch

            stack.enter_context(torch.no_grad())
        outputs, last = layer(sequences[:batch], **given)
        only = alone(sequences[:batch], **given)
    np.testing.assert_allclose(with_gradient, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(outputs), expected, rtol=1e-4, atol=1e-5)
    for value in (last, only):
        np.testing.assert_allclose(
            ops.convert_to_numpy(value), expected[:, -1], rtol=1e-4, atol=1e-5
        )
