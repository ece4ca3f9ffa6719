import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.losses import PointerCrossentropy, SmoothedCrossentropy

LABELS = np.array([[3, 1, 0, 0], [2, 4, 4, 0]])


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_equals_cross_entropy_with_shared_out_labels(smoothing):
    logits = np.random.default_rng(0).normal(size=(2, 4, 5)).astype("float32")
    shares = np.eye(5)[LABELS] * (1 - smoothing) + smoothing / 5
    scores = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    losses = -(shares * scores).sum(-1)
    loss = SmoothedCrossentropy(smoothing)(LABELS, logits)
    assert float(ops.convert_to_numpy(loss)) == pytest.approx(losses[LABELS != 0].mean(), rel=1e-5)


def test_pointer_crossentropy_weighs_its_three_terms():
    terms = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    losses = terms @ [-0.8, -0.2, 0.5]
    loss = PointerCrossentropy(0.2, coverage=0.5)(LABELS, terms)
    assert float(ops.convert_to_numpy(loss)) == pytest.approx(losses[LABELS != 0].mean(), rel=1e-5)


def test_nothing_but_padding():
    loss = SmoothedCrossentropy()(np.zeros((2, 3), "int32"), np.ones((2, 3, 5), "float32"))
    assert float(ops.convert_to_numpy(loss)) == 0


@pytest.mark.parametrize("loss", [SmoothedCrossentropy(0.3), PointerCrossentropy(0.3, 2.0)])
def test_round_trip(loss):
    config = keras.losses.serialize(loss)
    assert keras.losses.deserialize(config).get_config() == loss.get_config()
