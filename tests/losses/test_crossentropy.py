import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.losses.crossentropy import SmoothedCrossentropy
from gru_zoo.tasks.summarization.pointer_generator import PointerCrossentropy
from tests.backends import JIT

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


@pytest.mark.parametrize(
    "weights",
    [[1.0, 0.0], [0.5, 3.0], [[1.0], [0.5]], [[1.0, 0.0, 5.0, 5.0], [0.2, 0.3, 0.5, 0.7]]],
)
@pytest.mark.parametrize("loss", [SmoothedCrossentropy(0.2), PointerCrossentropy(0.2, 0.5)])
def test_weights_choose_examples_and_ids(loss, weights):
    predicted = np.random.default_rng(0).normal(size=(2, 4, 5)).astype("float32")
    losses = ops.convert_to_numpy(loss.call(LABELS, ops.convert_to_tensor(predicted)))
    weights = np.array(weights, "float32")
    shares = np.broadcast_to(weights.reshape(2, -1), (2, 4)) * (LABELS != 0)
    found = float(ops.convert_to_numpy(loss(LABELS, predicted, weights)))
    assert found == pytest.approx((losses * shares).sum() / shares.sum(), rel=1e-5)
    once = loss(LABELS, predicted, np.ones(2))
    assert float(once) == pytest.approx(float(loss(LABELS, predicted)), rel=1e-6)


def test_examples_without_weight_teach_nothing():
    inputs = np.eye(2, 5, dtype="float32")[:, None] * np.ones((2, 4, 1), "float32")

    def trained(weights):
        model = keras.Sequential([keras.layers.Dense(5, kernel_initializer="zeros")])
        model.compile("sgd", SmoothedCrossentropy(0.0), jit_compile=JIT)
        model.fit(inputs, LABELS, sample_weight=np.array(weights), verbose=0)
        return model.get_weights()[0]

    first = trained([1.0, 0.0])
    assert np.abs(first[0]).max() > 0 and not first[1].any()
    np.testing.assert_allclose(trained([3.0, 0.0]), first, rtol=1e-5)
    assert not trained([0.0, 0.0]).any()


@pytest.mark.parametrize("smoothing", [-1, 1.0, 1.5, float("nan")])
@pytest.mark.parametrize("loss", [SmoothedCrossentropy, PointerCrossentropy])
def test_smoothing_is_a_share(loss, smoothing):
    with pytest.raises(ValueError, match=f"from 0, less than 1. Received: smoothing={smoothing}"):
        loss(smoothing)


def test_coverage_is_no_reward():
    with pytest.raises(ValueError, match="coverage of 0 or more. Received: coverage=-1"):
        PointerCrossentropy(0.1, -1)


def test_nothing_but_padding():
    loss = SmoothedCrossentropy()(np.zeros((2, 3), "int32"), np.ones((2, 3, 5), "float32"))
    assert float(ops.convert_to_numpy(loss)) == 0


@pytest.mark.parametrize("loss", [SmoothedCrossentropy(0.3), PointerCrossentropy(0.3, 2.0)])
def test_round_trip(loss):
    config = keras.losses.serialize(loss)
    assert keras.losses.deserialize(config).get_config() == loss.get_config()
