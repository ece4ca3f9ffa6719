"""Packed sequences on TensorFlow, of which fewer are computed as they end, and parallel steps."""

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU

if keras.backend.backend() != "tensorflow":
    pytest.skip("the packing is TensorFlow's", allow_module_level=True)

import tensorflow as tf

from gru_zoo.layers.recurrence.tensorflow import loop, packing
from gru_zoo.layers.recurrence.tensorflow.loop import _compiled, _loop

TIME, FEATURES, UNITS = 7, 3, 4


def plan(lengths):
    """The plan of right-padded sequences that are sorted already."""
    return packing.plan(tf.constant(np.arange(TIME)[:, None] < np.array(lengths)), reverse=False)


def test_kept_steps_come_first_and_long_sequences_before_short_ones():
    mask = tf.constant(np.array([[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 1]], bool).T)
    found = packing.plan(mask, reverse=False)
    assert found.order.numpy().tolist() == [2, 0, 1]
    assert found.lengths.numpy().tolist() == [3, 2, 0]
    expected = [[1, -1, 0], [1, -1, 3], [4, -1, 3], [4, -1, 6]]
    assert found.targets.numpy().tolist() == expected
    # The number of a step and a sequence, from 1: step 2 of sequence 0 is 7.
    inputs = tf.reshape(tf.range(1.0, 13.0), (4, 3, 1))
    rows = packing.packed(inputs, found)[..., 0].numpy().tolist()
    assert rows == [[3, 1, 0], [6, 7, 0], [12, 0, 0], [0, 0, 0]]
    backwards = packing.plan(mask, reverse=True)
    rows = packing.packed(inputs, backwards)[..., 0].numpy().tolist()
    assert rows == [[12, 7, 0], [6, 1, 0], [3, 0, 0], [0, 0, 0]]
    assert backwards.targets.numpy().T.tolist() == [[4, 1, 1, -1], [-1] * 4, [6, 3, 0, 0]]


def test_stages():
    assert [rows for rows, *_ in packing.stages(plan([3] * 15))] == [None]
    stages = packing.stages(plan([6] * 2 + [4] * 5 + [2] * 9))
    assert [rows for rows, *_ in stages] == [None, 12, 8, 4]
    assert [(int(start), int(stop)) for _, start, stop in stages] == [
        (0, 2),
        (2, 2),
        (2, 4),
        (4, 6),
    ]


def test_rows_that_have_ended_are_not_computed():
    stages = packing.stages(plan([6] * 2 + [4] * 5 + [2] * 9))

    def count(carry, xs):
        return carry + xs[0], (carry + 1,)

    for reverse in (False, True):
        ones = (tf.ones((TIME, 16, 1)),)
        run = tf.function(
            lambda ones, r=reverse: _loop(count, ones[0][0] * 0, ones, r, stages=stages)
        )
        carry, (made,) = run(ones)
        assert carry[:, 0].numpy().tolist() == [6] * 4 + [4] * 4 + [2] * 8
        assert np.count_nonzero(made) == 4 * 6 + 4 * 4 + 8 * 2


def arrays(batch):
    rng = np.random.default_rng(batch)
    sequences = rng.normal(size=(batch, TIME, FEATURES)).astype("float32")
    masks = {
        "gaps": rng.random((batch, TIME)) < 0.6,
        "right": np.arange(TIME) < rng.integers(0, TIME + 1, batch)[:, None],
        "none": np.zeros((batch, TIME), bool),
    }
    return sequences, rng.normal(size=(batch, UNITS)).astype("float32"), masks


@pytest.mark.parametrize("how", ["eager", "graph", "xla"])
@pytest.mark.parametrize("batch", [1, 5, 18])
@pytest.mark.parametrize(
    ("reverse", "options"),
    [(False, {"recurrent_dropout": 0.3}), (True, {"reset_after": False, "use_bias": False})],
)
def test_states_and_gradients_equal_those_of_all_steps(monkeypatch, how, batch, reverse, options):
    sequences, state, masks = arrays(batch)
    factors = np.random.default_rng(0).normal(size=(batch, TIME, UNITS)).astype("float32")
    layer = GRU(UNITS, return_sequences=True, return_state=True, go_backwards=reverse, **options)
    layer.build((batch, TIME, FEATURES))
    weights = [v.value for v in layer.trainable_variables]

    def run(sequences, state, mask):
        layer.cell.seed_generator.state.assign([1, 0])
        with tf.GradientTape() as tape:
            tape.watch([sequences, state])
            states, last = layer(sequences, initial_state=state, mask=mask, training=True)
            loss = tf.reduce_sum(states * factors) + tf.reduce_sum(last**2)
        return states, last, *tape.gradient(loss, [sequences, state, *weights])

    def results():
        function = run if how == "eager" else tf.function(run, jit_compile=how == "xla")
        return [function(*map(tf.constant, (sequences, state, m))) for m in masks.values()]

    found = results()
    _compiled.cache_clear()
    monkeypatch.setattr(loop, "_packs", lambda mask: False)
    expected = results()
    _compiled.cache_clear()
    for values, references in zip(found, expected, strict=True):
        for value, reference in zip(values, references, strict=True):
            np.testing.assert_allclose(value, reference, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("units", "in_work"), [(511, 4), (512, 64)])
def test_steps_of_wide_layers_may_run_ahead(units, in_work):
    layer = GRU(units)
    layer.build((1, TIME, FEATURES))
    function = tf.function(layer).get_concrete_function(tf.zeros((1, TIME, FEATURES)))
    graph = function.graph.as_graph_def()
    nodes = [*graph.node, *(node for f in graph.library.function for node in f.node_def)]
    loops = [node.attr["parallel_iterations"].i for node in nodes if "While" in node.op]
    assert loops == [in_work]
