"""Long, short, odd and half-precision sequences, gradients included, and masks in compiled code."""

import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import GRU
from tests.layers.reference import equations

BACKEND = keras.backend.backend()


def make(shape, units, scale=1.0, **options):
    layer = GRU(units, return_sequences=True, return_state=True, **options)
    layer.build(shape)
    rng = np.random.default_rng(0)
    layer.cell.set_weights([scale * rng.normal(size=v.shape) for v in layer.cell.weights])
    return layer


def gradient_of(layer, sequences, state, mask, place, direction):
    """The derivative of the loss along a direction of one argument, by the float64 equations.

    `place` counts as the gradients of the fixture `evaluate` do: inputs, initial state, kernel,
    recurrent kernel.
    """

    def loss(step):
        arrays = [sequences, state, *layer.cell.get_weights()]
        arrays[place] = arrays[place] + step * direction
        states = equations(layer, *arrays[:2], mask, arrays[2:])
        parts = (states, states[:, -1])
        drawn = [np.random.default_rng(s).normal(size=p.shape) for s, p in enumerate(parts)]
        return sum((p * w).sum() for p, w in zip(parts, drawn, strict=True))

    return (loss(1e-5) - loss(-1e-5)) / 2e-5


@pytest.mark.parametrize(
    ("shape", "units", "scale"),
    [((1, 5000, 2), 3, 0.3), ((1, 1, 1), 1, 1.0), ((5, 13, 3), 7, 0.7)],
    ids=["long", "smallest", "odd"],
)
def test_states_and_gradients_agree_with_float64(evaluate, shape, units, scale):
    rng = np.random.default_rng(1)
    layer = make(shape, units, scale)
    sequences = rng.normal(size=shape).astype("float32")
    state = rng.normal(size=(shape[0], units)).astype("float32")
    mask = rng.random(shape[:2]) < 0.8
    mask[:, 0] = True
    outputs, _, *gradients = evaluate(layer, sequences, state, mask=mask)
    expected = equations(layer, sequences, state, mask)
    np.testing.assert_allclose(outputs, expected, rtol=1e-3, atol=1e-4)
    for place, gradient in enumerate(gradients[:4]):
        direction = np.random.default_rng(2).normal(size=gradient.shape)
        exact = gradient_of(layer, sequences, state, mask, place, direction)
        np.testing.assert_allclose((gradient * direction).sum(), exact, rtol=2e-3, atol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_stays_close_over_a_thousand_steps(evaluate, policy):
    shape, units = (2, 1000, 3), 5
    rng = np.random.default_rng(3)
    sequences = rng.normal(size=shape).astype("float32")
    state = rng.normal(size=(shape[0], units)).astype("float32")
    exact, half = (make(shape, units, 0.3, dtype=dtype) for dtype in ("float32", policy))
    expected = evaluate(exact, sequences, state)
    results = evaluate(half, sequences, state)
    for k, (value, reference) in enumerate(zip(results, expected, strict=True)):
        error = np.abs(value.astype("float32") - reference).max()
        # States first. Each product of a gradient is rounded, so those are not as close.
        assert error < (1e-2 if k < 2 else 3e-2) * np.abs(reference).max()


@pytest.mark.parametrize("batch", [3, 18])
def test_what_is_masked_may_be_anything(evaluate, batch):
    shape, units = (batch, 7, 3), 4
    rng = np.random.default_rng(5)
    layer = make(shape, units)
    sequences = rng.normal(size=shape).astype("float32")
    state = rng.normal(size=(batch, units)).astype("float32")
    mask = rng.random(shape[:2]) < 0.6
    spoilt = np.where(mask[..., None], sequences, np.nan).astype("float32")
    found, expected = (evaluate(layer, x, state, mask=mask) for x in (spoilt, sequences))
    for value, reference in zip(found, expected, strict=True):
        np.testing.assert_array_equal(value, reference)


@pytest.mark.skipif(BACKEND == "torch", reason="torch.compile is tested with the loop of torch")
def test_masks_are_arguments_of_compiled_functions():
    shape, units = (3, 7, 2), 4
    layer = make(shape, units)
    rng = np.random.default_rng(4)
    sequences = rng.normal(size=shape).astype("float32")

    def outputs(sequences, mask):
        return layer(sequences, mask=mask)[0]

    if BACKEND == "jax":
        import jax

        compiled = jax.jit(outputs)
    else:
        import tensorflow as tf

        compiled = tf.function(outputs, jit_compile=True)
    for rate in (0.5, 0.9):
        mask = rng.random(shape[:2]) < rate
        value = compiled(ops.convert_to_tensor(sequences), ops.convert_to_tensor(mask))
        expected = equations(layer, sequences, np.zeros((shape[0], units)), mask)
        np.testing.assert_allclose(ops.convert_to_numpy(value), expected, rtol=1e-4, atol=1e-5)
