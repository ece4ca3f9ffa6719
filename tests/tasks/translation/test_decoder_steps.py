import numpy as np
from keras import ops

from gru_zoo.base.seq2seq.decoder_steps import Seq2SeqSteps
from gru_zoo.text.special_tokens import BOS
from tests.tasks.translation.toy import SOURCES, TARGETS


def test_step_by_step_equals_the_training_graph(task):
    (source, target), _ = task.encode(SOURCES[:2], TARGETS[:2])
    expected = task.model.predict_on_batch([source, target])
    steps = Seq2SeqSteps(task.model)
    state, memory = steps.start(source)
    for t in range(4):
        logits, state = steps.step(ops.convert_to_tensor(target[:, t]), state, memory)
        np.testing.assert_allclose(ops.convert_to_numpy(logits), expected[:, t], atol=1e-4)


def test_the_one_step_decoder_is_a_model_of_the_same_weights(task):
    decoder = Seq2SeqSteps(task.model).decoder
    state, memory = Seq2SeqSteps(task.model).start(task.encode(SOURCES[:2]))
    arrays = [ops.convert_to_numpy(x) for x in (*state, *memory)]
    logits, first, second = decoder.predict_on_batch([np.full(2, BOS), *arrays])
    assert logits.shape == (2, 285) and first.shape == second.shape == (2, 24)
    names = {id(variable) for variable in task.model.variables}
    assert decoder.variables and all(id(variable) in names for variable in decoder.variables)
