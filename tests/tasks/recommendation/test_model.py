import numpy as np
import pytest
from keras import ops

from gru_zoo.tasks.recommendation.successor_counts import SuccessorCounts
from tests.tasks.recommendation.toy import CONFIG, ITEMS, counted_task, dense


@pytest.fixture(scope="module")
def task():
    return counted_task()


def expected(task, history, prior):
    """The formula of `SuccessorCounts`, with the prior of the model."""
    matrix, evidence = dense(task), np.zeros(ITEMS + 1)
    for item in history:
        evidence = CONFIG.history_decay * evidence + matrix[item]
    return (evidence + 2 * prior) / (evidence.sum() + 2)


def test_probabilities_are_the_counts_over_the_prior(task):
    histories = [[3], [1, 2, 3], [7, 7, 9, 2, 11]]
    ids = np.zeros((3, 6), "int32")
    for row, history in zip(ids, histories, strict=True):
        row[: len(history)] = history
    found = task.model.predict(ids, verbose=0)
    outputs = [task.model.get_layer("prior").output, task.model.output]
    prior = type(task.model)(task.model.input, outputs).predict(ids, verbose=0)[0]
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert (found[:, 0] == 0).all() and (found[:, 1:] > 0).all()
    np.testing.assert_allclose(prior.sum(axis=1), 1, rtol=1e-5)
    for row, history in enumerate(histories):
        np.testing.assert_allclose(found[row], expected(task, history, prior[row]), atol=1e-6)


def test_padding_changes_nothing(task):
    short = task.model.predict(np.array([[4, 5]], "int32"), verbose=0)
    long = task.model.predict(np.array([[4, 5, 0, 0, 0]], "int32"), verbose=0)
    np.testing.assert_allclose(short, long, atol=1e-6)


def test_an_empty_history_gets_the_frequencies(task):
    found = task.model.predict(np.zeros((2, 3), "int32"), verbose=0)
    frequencies = np.asarray(task.model.get_layer("successor_counts").get_weights()[2])
    np.testing.assert_allclose(found[0], frequencies / frequencies.sum(), atol=1e-6)
    np.testing.assert_allclose(found[1], found[0])


def test_evidence_step_by_step_is_that_of_the_whole(task):
    layer = task.model.get_layer("successor_counts")
    history = [3, 1, 8, 8, 2]
    before = ops.zeros((1, ITEMS + 1))
    whole = layer.evidence(ops.convert_to_tensor(np.array([history], "int32")), before)
    for item in history:
        before = layer.evidence(ops.convert_to_tensor(np.array([[item]], "int32")), before)
    np.testing.assert_allclose(ops.convert_to_numpy(before), ops.convert_to_numpy(whole), atol=1e-6)


def test_config_comes_back():
    layer = SuccessorCounts(5, 3, 0.7)
    again = SuccessorCounts.from_config(layer.get_config())
    assert again.get_config() == layer.get_config() and again.compute_dtype == "float32"
