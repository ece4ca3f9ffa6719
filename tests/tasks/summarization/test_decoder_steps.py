import numpy as np
from keras import ops

from gru_zoo.tasks.summarization.decoder_steps import PointerSteps
from gru_zoo.text.special_tokens import BOS
from tests.tasks.summarization.toy import SUMMARIES, TEXTS, scores_of


def test_step_by_step_equals_the_training_graph(task):
    source, target, scores = scores_of(task, TEXTS[:2], SUMMARIES[:2])
    steps = PointerSteps(task.model)
    state, memory = steps.start(source)
    last = np.full(2, BOS, "int32")
    for t in range(5):
        found, state = steps.step(ops.convert_to_tensor(last), state, memory)
        found = ops.convert_to_numpy(found)
        np.testing.assert_allclose(np.exp(found).sum(axis=1), 1, atol=1e-5)
        last = target[:, t]
        np.testing.assert_allclose(found[[0, 1], last], scores[:, t, 0], atol=1e-4)
