import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.tasks.text_generation.states import advance_states, grus_of
from tests.tasks.text_generation.toy import TEXT, character_processor, new_task


def test_grus_of_lists_the_lowest_first(task):
    assert [gru.name for gru in grus_of(task.model)] == ["gru_1", "gru_2"]


@pytest.mark.parametrize("policy, tolerance", [("float32", 1e-5), ("mixed_bfloat16", 0.02)])
def test_step_by_step_equals_many_steps_at_once(policy, tolerance):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    model = new_task(character_processor()).model
    keras.config.set_dtype_policy(before)
    embedding, grus = model.get_layer("embedding"), grus_of(model)
    ids = ops.convert_to_tensor(character_processor().encode(TEXT[:20])[None])
    dtype = state_dtype(grus[0].compute_dtype)
    states = [ops.zeros((1, gru.units), dtype) for gru in grus]
    sequences = advance_states(embedding, grus, ids, states)
    for t in range(20):
        states = advance_states(embedding, grus, ids[:, t], states)
        for state, sequence in zip(states, sequences, strict=True):
            state, expected = map(ops.convert_to_numpy, (state, sequence[:, t]))
            np.testing.assert_allclose(state, expected, atol=tolerance)
