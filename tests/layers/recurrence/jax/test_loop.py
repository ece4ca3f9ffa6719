"""The loop of JAX whose results overwrite its inputs, for large inputs."""

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU

if keras.backend.backend() != "jax":
    pytest.skip("the loop is JAX's", allow_module_level=True)

import jax
from jax import numpy as jnp

from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.jax import dispatch as recurrence
from gru_zoo.layers.recurrence.jax import loop

BATCH, TIME, FEATURES, UNITS = 4, 6, 3, 8


def _use_loop(monkeypatch, min_bytes):
    """Run the loop for inputs of `min_bytes` or more, in functions that are not compiled yet."""
    monkeypatch.setattr(loop, "_LARGE", min_bytes)
    compiled = recurrence._compiled(reference.sequence, states=recurrence.states)
    monkeypatch.setattr(recurrence, "sequence", compiled)


@pytest.mark.parametrize("time", [1, TIME])
@pytest.mark.parametrize("reverse", [False, True])
def test_equals_scan(time, reverse):
    rng = np.random.default_rng(0)
    a, b = (jnp.asarray(rng.normal(size=(time, 2, 3)), "float32") for _ in "ab")
    flags = jnp.asarray(rng.random((time, 2, 1)) < 0.5)

    def body(carry, xs):
        a_t, none, flag, b_t = xs
        assert none is None
        new = jnp.where(flag, carry * a_t + b_t, carry)
        # The first two fit where a and b lay; for others there is no place.
        return new, (new, a_t - b_t, new[:, :1], (a_t > b_t))

    results = [
        run(body, jnp.ones((2, 3)), (a, None, flags, b), reverse=reverse)
        for run in (loop.in_place, jax.lax.scan)
    ]
    assert len(results[0][1]) == 4
    for found, expected in zip(*map(jax.tree.leaves, results), strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


def test_results_take_the_last_inputs_of_their_shape_and_dtype():
    narrow, half = np.zeros((5, 2, 1), "float32"), np.zeros((5, 2, 3), "float16")
    wide = np.zeros((5, 2, 3), "float32")
    like = [jax.ShapeDtypeStruct((2, 3), "float32")] * 3
    assert loop._places((wide, narrow, None, half, wide), like) == [None, 0, 4]


def test_small_inputs_and_those_of_open_size_are_left_to_scan():
    side = int((loop._LARGE / 4) ** 0.5)
    enough = (None, jnp.zeros((1, side, side + 1)))
    assert loop.pays(enough)
    assert not loop.pays((None, jnp.zeros((1, side, side - 1))))
    assert not loop.pays((jnp.zeros((0, side, side)),))
    (open_size,) = jax.export.symbolic_shape("time")
    assert not loop.pays((jax.ShapeDtypeStruct((open_size, side, side), "float32"),))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"go_backwards": True, "recurrent_dropout": 0.3},
        {"reset_after": False, "use_bias": False},
        {"zoneout": 0.2},
        {"dtype": "mixed_bfloat16"},
    ],
)
def test_states_and_gradients_equal_those_of_scan(options, evaluate, monkeypatch):
    layer = GRU(UNITS, return_sequences=True, return_state=True, seed=1, **options)
    layer.build((BATCH, TIME, FEATURES))
    rng = np.random.default_rng(0)
    sequences = rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    state = rng.normal(size=(BATCH, UNITS)).astype("float32")
    found = []
    for min_bytes in (0, 2**40):
        _use_loop(monkeypatch, min_bytes)
        layer.cell.seed_generator.state.assign([1, 2])  # the same masks both times
        found.append(jax.tree.leaves(evaluate(layer, sequences, state, training=True)))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(
            np.asarray(one, "float32"), np.asarray(other, "float32"), rtol=1e-6, atol=1e-6
        )


@pytest.mark.parametrize("reverse", [False, True])
def test_no_step_copies_what_all_steps_have(reverse, monkeypatch):
    _use_loop(monkeypatch, 0)
    layer = GRU(UNITS, return_sequences=True, go_backwards=reverse)
    layer.build((BATCH, TIME, FEATURES))

    def loss(weights, sequences):
        trained = zip(layer.trainable_variables, weights, strict=True)
        with keras.StatelessScope(state_mapping=list(trained)):
            return (layer(sequences) ** 2).sum()

    weights = [v.value for v in layer.trainable_variables]
    lowered = jax.jit(jax.grad(loss, argnums=(0, 1))).lower(
        weights, jnp.ones((BATCH, TIME, FEATURES))
    )
    within_loops, _ = lowered.compile().as_text().split("\nENTRY ")
    of_all_steps = f"f32[{TIME},{BATCH},{UNITS}]"
    assert of_all_steps in within_loops
    copies = [line for line in within_loops.splitlines() if " copy(" in line]
    assert copies  # of what a single step has
    assert not [line for line in copies if f"= {of_all_steps}" in line]
