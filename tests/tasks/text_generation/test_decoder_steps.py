import numpy as np
import pytest
from keras import ops

from gru_zoo.tasks.text_generation.decoder_steps import LanguageModelSteps
from gru_zoo.text.special_tokens import BOS
from tests.tasks.text_generation.toy import TEXT


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_step_by_step_equals_the_training_graph(kind, request):
    task = request.getfixturevalue(kind)
    ids = np.array([task.processor.encode(TEXT[i : i + 40]) for i in (0, 9)])
    ids[1, 0] = ids[0, 0]  # all rows continue one prompt
    zeros = task.reader.initial_states()
    both = [np.repeat(state, 2, axis=0) for state in zeros]
    expected = task.model.predict_on_batch([ids, *both])[0]
    steps = LanguageModelSteps(task.model)
    state, memory = steps.start(*steps.inputs(ids[:1, 0], zeros, rows=2, max_length=40))
    for t in range(40):
        tokens = ops.convert_to_tensor(ids[:, t] if t else np.full(2, BOS, "int32"))
        logits, state = steps.step(tokens, state, memory)
        np.testing.assert_allclose(ops.convert_to_numpy(logits), expected[:, t], atol=1e-4)


@pytest.mark.parametrize("kind", ["task", "pointing"])
@pytest.mark.parametrize("count", [1, 7, 16])
def test_reading_the_end_of_a_prompt_equals_the_reader(kind, count, request):
    task = request.getfixturevalue(kind)
    ids = task.processor.encode(TEXT[:50])
    reader, steps = task.reader, task.steps
    states = reader.states_after(ids[:-count], reader.initial_states())
    padded = np.pad(ids[-count:], (0, 16 - count))
    after, (state, memory) = steps.read(padded, count, states)
    expected = reader.states_after(ids[:-1], reader.initial_states())
    for one, other in zip(after, expected, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(one), other, atol=1e-4)
    bos = ops.convert_to_tensor(np.array([BOS], "int32"))
    logits, _ = steps.step(bos, state, memory)
    expected_logits, _ = steps.step(bos, *steps.start(*steps.inputs(ids[-1:], expected)))
    logits, expected_logits = map(ops.convert_to_numpy, (logits, expected_logits))
    np.testing.assert_allclose(logits, expected_logits, atol=1e-4)
