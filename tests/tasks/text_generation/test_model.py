import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.batching.stream import StreamBatches
from gru_zoo.layers import explain_path
from gru_zoo.losses.crossentropy import SmoothedCrossentropy
from gru_zoo.training.stateful import ResetStates, StatefulModel
from tests.backends import JIT
from tests.tasks.text_generation.toy import TEXT, character_processor, new_task, one_pass


def test_the_pointer_follows_the_config(pointing):
    pointer = pointing.model.get_layer("pointer")
    assert (pointer.size, pointer.key_dim, pointer.nearest) == (30, 6, 2)


def test_the_layers_stay_on_the_fast_path():
    task = new_task(character_processor(), recurrent_weight_dropout=0.3, zoneout=0.1)
    for name in ("gru_1", "gru_2"):
        assert explain_path(task.model.get_layer(name), training=True).name != "portable"


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_predictions_depend_on_earlier_tokens_alone(kind, request):
    task = request.getfixturevalue(kind)
    ids = task.processor.encode(TEXT[:60])
    changed = ids.copy()
    changed[40:] = ids[3]
    np.testing.assert_allclose(one_pass(task, ids)[:40], one_pass(task, changed)[:40], atol=1e-5)


@pytest.mark.parametrize("memory", [0, 30])
@pytest.mark.parametrize("policy, tolerance", [("float32", 1e-4), ("mixed_bfloat16", 0.02)])
def test_stateful_batches_equal_one_long_pass(task, policy, tolerance, memory):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    model = StatefulModel(new_task(task.processor, memory=memory).model, rows=3)
    keras.config.set_dtype_policy(before)
    ids = task.processor.encode(TEXT)
    windows = StreamBatches(ids, rows=3, window=20, shuffle=False)
    parts = [ops.convert_to_numpy(model(windows[i][0])) for i in range(3)]
    whole = np.concatenate([windows[i][0] for i in range(3)], axis=1)
    states = [np.zeros((3, *state.shape[1:]), state.dtype) for state in model.model.inputs[1:]]
    expected, *after = model.model.predict_on_batch([whole, *states])
    np.testing.assert_allclose(np.concatenate(parts, axis=1), expected, atol=tolerance)
    for kept, last in zip(model.states, after, strict=True):
        assert np.abs(last).max() > 0.05
        np.testing.assert_allclose(ops.convert_to_numpy(kept), last, atol=tolerance)


def test_training_carries_states_and_resets_them_every_epoch(task):
    model = StatefulModel(new_task(task.processor, memory=10).model, rows=3)
    model.compile("sgd", SmoothedCrossentropy(0.0), jit_compile=JIT)
    batches = StreamBatches(task.processor.encode(TEXT[:200]), rows=3, window=20, shuffle=False)
    seen = []

    class Look(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            seen.append([np.abs(ops.convert_to_numpy(s)).max() for s in self.model.states])

    options = {"epochs": 2, "shuffle": False, "verbose": 0}
    model.fit(batches, **options, callbacks=[ResetStates(), Look()])
    assert np.max(seen) == 0
    assert all(np.abs(ops.convert_to_numpy(s)).max() > 0.01 for s in model.states)
