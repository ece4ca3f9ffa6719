"""The parallel form of query reduction against its equations, step by step."""

import keras
import numpy as np
import pytest

from gru_zoo.tasks.question_answering.query_reduction import QueryReduction
from gru_zoo.tasks.question_answering.sentence_vectors import PositionEncoding

BATCH, TIME, FEATURES, UNITS, HEADS = 2, 7, 3, 4, 2


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def step_by_step(layer, facts, queries, mask):
    """States by the recurrence of the docstring."""
    cand, reset, update = (
        [keras.ops.convert_to_numpy(w) for w in part.weights]
        for part in (layer.candidate, layer.reset, layer.update)
    )
    states = np.zeros((BATCH, TIME, UNITS))
    state = np.zeros((BATCH, UNITS))
    for t in range(TIME)[:: -1 if layer.go_backwards else 1]:
        f, q = facts[:, t], queries[:, t]
        pair = np.concatenate([f, q], 1)
        z = sigmoid(np.concatenate([f * q, pair], 1) @ update[0] + update[1])
        z = np.repeat(z, UNITS // HEADS, axis=1)
        new = sigmoid(pair @ reset[0] + reset[1]) * np.tanh(pair @ cand[0] + cand[1])
        state = np.where(mask[:, t, None], z * new + (1 - z) * state, state)
        states[:, t] = state
    return states


@pytest.mark.parametrize("go_backwards", [False, True])
def test_states_are_those_of_the_recurrence(go_backwards):
    random = np.random.default_rng(0)
    facts, queries = random.normal(size=(2, BATCH, TIME, FEATURES)).astype("float32")
    mask = np.array([[True] * TIME, [True, True, False, True, True, False, False]])
    layer = QueryReduction(UNITS, HEADS, go_backwards)
    states, weights = layer(facts, queries, mask=mask)
    states, weights = map(keras.ops.convert_to_numpy, (states, weights))
    expected = step_by_step(layer, facts, queries, mask)
    np.testing.assert_allclose(states, expected, atol=1e-5)
    assert weights.shape == (BATCH, HEADS, TIME, TIME)
    assert not weights[1, :, :, ~mask[1]].any() and (weights.sum(-1) <= 1 + 1e-5).all()
    later = np.triu(np.ones((TIME, TIME), "bool"), 1)
    assert not weights[:, :, later.T if go_backwards else later].any()


def test_long_stories_neither_overflow_nor_vanish():
    facts = np.full((1, 300, FEATURES), 30.0, "float32")
    layer = QueryReduction(UNITS, HEADS)
    states, weights = layer(facts, facts, mask=np.ones((1, 300), "bool"))
    for array in (states, weights):
        assert np.isfinite(keras.ops.convert_to_numpy(array)).all()


def test_a_story_without_sentences_has_states_of_zero():
    facts = np.ones((1, 3, FEATURES), "float32")
    states, weights = QueryReduction(UNITS)(facts, facts, mask=np.zeros((1, 3), "bool"))
    assert not keras.ops.convert_to_numpy(states).any()
    assert not keras.ops.convert_to_numpy(weights).any()


def test_units_are_a_multiple_of_the_heads():
    with pytest.raises(ValueError, match="multiple of heads. Received: units=4, heads=3"):
        QueryReduction(4, 3)


def test_position_encoding_weighs_words_by_their_place():
    layer = PositionEncoding()
    words = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    mask = np.array([[True] * 5, [True, True, False, False, False]])
    sums = keras.ops.convert_to_numpy(layer(words, mask=mask))
    weights = keras.ops.convert_to_numpy(layer.position_weights)
    np.testing.assert_allclose(sums[0], (words[0] * weights).sum(0), atol=1e-5)
    np.testing.assert_allclose(sums[1], (words[1] * weights)[:2].sum(0), atol=1e-5)
