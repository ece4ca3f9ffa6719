"""Packed sequences on JAX: fewer of them are computed as they end."""

import functools

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU

if keras.backend.backend() != "jax":
    pytest.skip("the packing is JAX's", allow_module_level=True)

import jax

from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.jax import dispatch, packing
from gru_zoo.layers.recurrence.jax.scan import scan

TIME, FEATURES, UNITS = 7, 3, 4


def test_kept_steps_come_first_and_long_sequences_before_short_ones():
    mask = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 1]], bool).T
    plan = packing.plan(jax.numpy.asarray(mask), reverse=False)
    assert plan.order.tolist() == [2, 0, 1] and plan.lengths.tolist() == [3, 2, 0]
    # Inputs lie step by step: sequence 2 is read at steps 0, 1 and 3, sequence 0 at 0 and 2.
    assert plan.sources.tolist() == [[2, 0, 12], [5, 6, 12], [11, 12, 12], [12, 12, 12]]
    assert plan.targets.tolist() == [[1, -1, 0], [1, -1, 3], [4, -1, 3], [4, -1, 6]]
    backwards = packing.plan(jax.numpy.asarray(mask), reverse=True)
    assert backwards.sources[:3, 0].tolist() == [11, 5, 2]
    assert backwards.targets.T.tolist() == [[4, 1, 1, -1], [-1] * 4, [6, 3, 0, 0]]


def test_stages():
    assert packing.sizes(15) == (15,)
    assert packing.sizes(16) == (16, 12, 8, 4)
    assert packing.sizes(33) == (33, 25, 17, 9)


def test_rows_that_have_ended_are_not_computed():
    lengths = np.array([6] * 2 + [4] * 5 + [2] * 9)  # stages of 16, 12, 8 and 4 rows
    steps = np.ones((TIME, 16, 1), "float32")

    def count(carry, step):
        return carry + step, (carry,)

    for reverse in (False, True):
        run = packing.loop_of(jax.numpy.asarray(lengths), 16)
        carry, (before,) = run(count, np.zeros((16, 1), "float32"), steps, reverse)
        assert carry[:, 0].tolist() == [6] * 4 + [4] * 4 + [2] * 8
        assert np.count_nonzero(before) == 4 * 5 + 4 * 3 + 8 * 1


@pytest.mark.parametrize("batch", [5, 18])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    "options", [{"recurrent_dropout": 0.3}, {"reset_after": False, "use_bias": False}]
)
def test_states_and_gradients_equal_those_of_all_steps(batch, reverse, options, monkeypatch):
    rng = np.random.default_rng(batch)
    layer = GRU(
        UNITS, return_sequences=True, return_state=True, go_backwards=reverse, seed=1, **options
    )
    layer.build((batch, TIME, FEATURES))
    sequences = rng.normal(size=(batch, TIME, FEATURES)).astype("float32")
    state = rng.normal(size=(batch, UNITS)).astype("float32")
    gaps = rng.random((batch, TIME)) < 0.6
    right = np.arange(TIME) < rng.integers(0, TIME + 1, batch)[:, None]
    none = np.zeros((batch, TIME), bool)
    factors = rng.normal(size=(batch, TIME, UNITS)).astype("float32")
    fixed = [(v, v.value) for v in layer.non_trainable_variables]  # the seed of dropout

    def loss(sequences, state, weights, mask):
        trained = zip(layer.trainable_variables, weights, strict=True)
        with keras.StatelessScope(state_mapping=[*trained, *fixed]):
            states, last = layer(sequences, initial_state=state, mask=mask, training=True)
        return (states * factors).sum() + (last**2).sum(), (states, last)

    def results(states):
        monkeypatch.setattr(
            dispatch, "sequence", dispatch._compiled(reference.sequence, states=states)
        )
        run = jax.jit(jax.value_and_grad(loss, argnums=(0, 1, 2), has_aux=True))
        weights = [v.value for v in layer.trainable_variables]
        return [jax.tree.leaves(run(sequences, state, weights, m)) for m in (gaps, right, none)]

    everything = functools.partial(reference.states, scan=scan)
    for found, expected in zip(results(dispatch.states), results(everything), strict=True):
        for value, wanted in zip(found, expected, strict=True):
            np.testing.assert_allclose(value, wanted, rtol=1e-4, atol=1e-5)
