import keras
import numpy as np
import pytest
from keras import ops

from tests.tasks.text_generation.toy import TEXT, one_pass


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_stateful_evaluation_equals_one_long_pass(kind, request):
    task = request.getfixturevalue(kind)
    ids = task.processor.encode(TEXT[:700])  # windows of 512 and 188
    assert len(TEXT) > 700
    np.testing.assert_allclose(task.reader.nats(ids), one_pass(task, ids), atol=1e-4)


@pytest.mark.parametrize("depth", [1, 2])
def test_gates_equal_their_equations(task, depth):
    text = "the cat\nsat"
    activity = task.gates(text, depth)
    assert "".join(activity.pieces) == text
    assert activity.update.shape == activity.reset.shape == (11, 20)
    cell = task.model.get_layer(f"gru_{depth}").cell
    kernel, recurrent, bias = (np.asarray(ops.convert_to_numpy(w)) for w in cell.weights)
    ids = task.processor.encode(text)[None]
    outputs = [task.model.get_layer(n).output for n in ("input_dropout", "gru_1", "gru_2")]
    states = [np.zeros((1, 20), "float32")] * 2
    x, *hidden = keras.Model(task.model.inputs, [outputs[0], outputs[1][0], outputs[2][0]])(
        [ids, *states]
    )
    x, *hidden = (ops.convert_to_numpy(a)[0] for a in (x, *hidden))
    below, h = ([x, *hidden][depth - 1], hidden[depth - 1])
    before = np.concatenate([np.zeros((1, 20)), h[:-1]])
    sums = below @ kernel[:, :40] + bias[0, :40] + before @ recurrent[:, :40] + bias[1, :40]
    gates = 1 / (1 + np.exp(-sums))
    np.testing.assert_allclose(activity.update, gates[:, :20], atol=1e-4)
    np.testing.assert_allclose(activity.reset, gates[:, 20:], atol=1e-4)


def test_gates_check_depth_and_length(task):
    with pytest.raises(ValueError, match="depth from 1 to 2. Received: depth=3"):
        task.gates("a", depth=3)
    with pytest.raises(ValueError, match="text of 1 to 512 tokens. Received: one of 0"):
        task.gates("")


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_states_without_logits_equal_those_with_logits(kind, request):
    reader = request.getfixturevalue(kind).reader
    ids = request.getfixturevalue(kind).processor.encode(TEXT[:600])
    expected = reader.initial_states()
    for part in (ids[:512], ids[512:]):
        _, expected = reader.read(part, expected)
    for state, other in zip(
        reader.states_after(ids, reader.initial_states()), expected, strict=True
    ):
        np.testing.assert_allclose(state, other, atol=1e-4)
