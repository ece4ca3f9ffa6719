"""Layers that return the last state alone: the same numbers in less memory."""

import pathlib
import sys

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU

BACKEND = keras.backend.backend()
TIME, FEATURES, UNITS = 9, 3, 4


class LastOfAll:
    """The last state of a layer that returns all of them, in place of both results."""

    def __init__(self, layer):
        self.layer, self.trainable_variables = layer, layer.trainable_variables

    def __call__(self, sequences, **kwargs):
        last = self.layer(sequences, **kwargs)[1]
        return last, last


def pair(**options):
    """A layer that returns the last state alone, and `LastOfAll` of one with the same weights."""
    layers = [GRU(UNITS, return_state=True, return_sequences=all_, **options) for all_ in (0, 1)]
    for layer in layers:
        layer.build((None, TIME, FEATURES))
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=v.shape) for v in layers[0].trainable_variables]
    for layer in layers:
        for variable, value in zip(layer.trainable_variables, weights, strict=True):
            variable.assign(value)
    return layers[0], LastOfAll(layers[1])


def arrays(batch):
    rng = np.random.default_rng(batch)
    lengths = rng.integers(0, TIME + 1, batch)
    masks = {
        "full": None,
        "gaps": rng.random((batch, TIME)) < 0.6,
        "right": np.arange(TIME) < lengths[:, None],
        "none": np.zeros((batch, TIME), bool),
    }
    state = rng.normal(size=(batch, UNITS)).astype("float32")
    return rng.normal(size=(batch, TIME, FEATURES)).astype("float32"), state, masks


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of few steps, so that a short sequence has several."""
    if BACKEND == "torch":
        from gru_zoo.layers.recurrence.torch import steps

        monkeypatch.setattr(steps, "_BLOCK_BYTES", 3 * UNITS * 4 * 40)
    if BACKEND == "jax":
        import jax

        from gru_zoo.layers.recurrence.jax import last

        monkeypatch.setattr(last, "_BLOCK_BYTES", 0)
        monkeypatch.setattr(last, "_MIN_STEPS", 4)
        jax.clear_caches()
        yield
        jax.clear_caches()
        return
    yield


@pytest.mark.parametrize("batch", [1, 18])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"reset_after": False, "use_bias": False},
        {"recurrent_dropout": 0.3, "go_backwards": True},
        {"layer_norm": True, "recurrent_dropout": 0.3},
    ],
    ids=str,
)
def test_the_last_state_is_that_of_all(evaluate, small_blocks, batch, options):
    alone, of_all = pair(**options)
    sequences, state, masks = arrays(batch)
    for mask in masks.values():
        found = evaluate(alone, sequences, state, mask=mask)
        expected = evaluate(of_all, sequences, state, mask=mask)
        for value, reference in zip(found, expected, strict=True):
            np.testing.assert_allclose(value, reference, rtol=1e-4, atol=1e-5)


def test_dropout_is_the_same_in_inference_of_training(small_blocks):
    """Without a gradient a call in training takes the blocks, too."""
    alone, of_all = pair(recurrent_dropout=0.3, zoneout=0.2, seed=1)
    sequences, state, masks = arrays(5)
    for mask in masks.values():
        results = []
        for layer in (alone, of_all):
            cell = getattr(layer, "layer", layer).cell
            cell.seed_generator.state.assign([1, 0])
            last, _ = layer(sequences, initial_state=state, mask=mask, training=True)
            results.append(keras.ops.convert_to_numpy(keras.ops.stop_gradient(last)))
        np.testing.assert_allclose(*results, rtol=1e-4, atol=1e-6)


LONG = (64, 3000, 2, 128)


def long_case(masked):
    batch, time, features, units = LONG
    layer = GRU(units)
    layer.build((None, None, features))
    sequences = np.random.default_rng(0).normal(size=(batch, time, features)).astype("float32")
    mask = np.arange(time) < np.linspace(time // 2, time, batch)[:, None] if masked else None
    states = batch * time * units * 4 / 2**20
    return layer, keras.ops.convert_to_tensor(sequences), mask, states


def peak(run):
    """The peak of the resident memory in a call, beyond that before, in MiB."""

    def resident(key):
        status = pathlib.Path("/proc/self/status").read_text()
        return int(status.split(f"{key}:")[1].split()[0]) / 1024

    before = resident("VmRSS")
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    run()
    return resident("VmHWM") - before


@pytest.mark.skipif(BACKEND == "jax", reason="JAX reports what a compiled function takes")
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is that of /proc")
@pytest.mark.parametrize("masked", [False, True])
def test_inference_holds_few_states(masked):
    layer, sequences, mask, states = long_case(masked)

    def run(steps):
        given = sequences[:, :steps], None if mask is None else mask[:, :steps]
        if BACKEND == "torch":
            import torch

            with torch.no_grad():
                return layer(given[0], mask=given[1])
        return layer(given[0], mask=given[1])

    run(20)  # compiles
    # All states take 94 MiB.
    assert peak(lambda: run(None)) < states / 3


@pytest.mark.skipif(BACKEND != "jax", reason="the report is JAX's")
def test_a_compiled_function_holds_few_states():
    import jax

    layer, sequences, mask, states = long_case(masked=True)
    compiled = jax.jit(lambda x, m: layer(x, mask=m)).lower(sequences, mask).compile()
    assert compiled.memory_analysis().temp_size_in_bytes / 2**20 < states / 3
