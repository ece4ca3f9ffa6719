"""The kernels for JAX's GPUs, in Pallas' interpreter and as far as CUDA's compiler."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("Pallas is JAX's", allow_module_level=True)

import jax

from gru_zoo.layers import GRU, explain_path
from gru_zoo.layers.recurrence.jax import fused as choice
from gru_zoo.layers.recurrence.jax import pallas_kernels

BATCH, TIME, FEATURES, UNITS = 5, 7, 3, 6
RNG = np.random.default_rng(0)
SEQUENCES = RNG.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
STATE = RNG.normal(size=(BATCH, UNITS)).astype("float32")
MASK = RNG.random((BATCH, TIME)) < 0.6
MASK[2] = False


@pytest.fixture
def interpreted(monkeypatch):
    """Switch the kernels on and forget compiled functions; call it to switch them off."""
    jax.clear_caches()
    monkeypatch.setattr(pallas_kernels, "INTERPRET", True)
    monkeypatch.setattr(choice, "_KERNEL_PLATFORMS", ("cpu", "gpu"))

    def undo():
        monkeypatch.undo()
        jax.clear_caches()

    yield undo
    jax.clear_caches()


def make(cls=GRU, **options):
    layer = cls(UNITS, return_sequences=True, return_state=True, **options)
    layer.build(SEQUENCES.shape)
    rng = np.random.default_rng(1)
    layer.set_weights([0.8 * rng.normal(size=v.shape) for v in layer.weights])
    return layer


def agree(values, references, **tolerance):
    for value, reference in zip(values, references, strict=True):
        scale = np.abs(reference).max()
        np.testing.assert_allclose(value / scale, reference / scale, **tolerance)


@pytest.mark.parametrize(
    ("options", "mask", "training"),
    [
        ({}, None, False),
        ({"go_backwards": True}, MASK, False),
        ({"use_bias": False, "recurrent_dropout": 0.4, "seed": 3}, MASK, True),
        ({"zoneout": 0.3}, None, False),
        ({"dtype": "mixed_bfloat16"}, MASK, False),
    ],
    ids=["plain", "backwards, masked", "no bias, dropout", "zoneout", "bfloat16"],
)
def test_equals_the_loop(evaluate, interpreted, options, mask, training):
    fused = make(**options)
    assert explain_path(fused, training).name == "pallas"
    values = evaluate(fused, SEQUENCES, STATE, mask=mask, training=training)
    interpreted()
    scanned = make(**options)
    assert explain_path(scanned, training).name == "jax"
    references = evaluate(scanned, SEQUENCES, STATE, mask=mask, training=training)
    agree(values, references, atol=2e-2 if "dtype" in options else 1e-5)


def arguments(batch, units, dtype):
    """Arguments of `pallas_kernels.forward`, masked and with dropout."""
    rng = np.random.default_rng(2)

    def normal(*shape):
        return jax.numpy.asarray(rng.normal(size=shape), dtype)

    x = tuple(normal(TIME, batch, units) for _ in range(3))
    mask = jax.numpy.asarray(rng.random((TIME, batch, 1)) < 0.7)
    h0, dropout = normal(batch, units).astype("float32"), normal(batch, units)
    return x, h0, normal(units, 3 * units), normal(3 * units), mask, dropout


@pytest.mark.parametrize(("units", "dtype"), [(64, "float32"), (100, "bfloat16")])
def test_both_kernels_lower_for_cuda(units, dtype):
    gates = GRU(units).cell.gates()
    given = arguments(20, units, dtype)

    def both(*given):
        states, saved = pallas_kernels.forward(*given, gates, False)
        return pallas_kernels.backward(states, states, saved, *given[2:], gates, False)

    lowered = jax.jit(both).trace(*given).lower(lowering_platforms=("cuda",)).as_text()
    assert lowered.count("__gpu$xla.gpu.triton") == 2


def test_why_the_kernel_does_not_run(interpreted):
    def reason(training=False, **options):
        name, reason = explain_path(GRU(**{"units": 8, **options}), training)
        assert name == "jax"
        return reason

    assert "reset_after=True" in reason(reset_after=False)
    assert "only tanh" in reason(activation="relu")
    assert "zoneout" in reason(training=True, zoneout=0.1)
    assert "float64" in reason(dtype="float64")
    assert "takes 192 KiB in float32, more than the 128 KiB" in reason(units=128)
    assert explain_path(GRU(128, dtype="bfloat16")).name == "pallas"
    interpreted()
    assert "needs a GPU, and JAX runs on 'cpu'" in reason()


@pytest.mark.gpu
def test_the_kernel_runs_on_a_gpu(evaluate):
    if jax.default_backend() != "gpu":
        pytest.skip("needs a GPU")
    layer = make()
    assert explain_path(layer).name == "pallas"
    assert "pallas_call" in str(jax.make_jaxpr(layer)(SEQUENCES))
    outputs, *_ = evaluate(layer, SEQUENCES, STATE)
    with jax.default_device(jax.devices("cpu")[0]):
        expected = [layer.step(SEQUENCES[:, 0], STATE)]
        for t in range(1, TIME):
            expected.append(layer.step(SEQUENCES[:, t], expected[-1]))
    np.testing.assert_allclose(outputs, np.stack(expected, axis=1), rtol=1e-2, atol=1e-3)
