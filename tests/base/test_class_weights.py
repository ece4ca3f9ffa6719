import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.base.class_weights import check_class_weight, weighted_crossentropy, weights_of
from tests.backends import only_on

LABELS = ("bug", "feature", "question")
TARGETS = np.eye(3, dtype="float32")[[0, 0, 0, 1]]


def test_balanced_weights_are_inverse_to_the_counts():
    weights = weights_of("balanced", LABELS, TARGETS)
    assert weights == pytest.approx({"bug": 4 / 6, "feature": 4 / 2, "question": 1})
    assert np.mean([weights[LABELS[i]] for i in TARGETS.argmax(1)]) == pytest.approx(1)


def test_given_weights_are_completed():
    found = weights_of({"feature": 3}, LABELS, TARGETS)
    assert found == {"bug": 1.0, "feature": 3.0, "question": 1.0}


@pytest.mark.parametrize("views", [(), (2,)])
def test_the_loss_is_the_weighted_crossentropy(views):
    probabilities = np.random.default_rng(0).dirichlet(np.ones(3), size=(4, *views))
    targets = np.broadcast_to(TARGETS.reshape(4, *[1] * len(views), 3), probabilities.shape)
    losses = -np.log((probabilities * targets).sum(-1))
    expected = (losses * (targets @ [2.0, 0.5, 1.0])).mean()
    loss = weighted_crossentropy({"bug": 2.0, "feature": 0.5}, LABELS)
    found = loss(targets.astype("float32"), probabilities.astype("float32"))
    assert float(keras.ops.convert_to_numpy(found)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    "weights, error, message",
    [
        ("balance", TypeError, "'balanced' or a dictionary .* Received: class_weight='balance'"),
        ([1, 2, 3], TypeError, r"Received: class_weight=\[1, 2, 3\]"),
        ({"bugs": 2}, ValueError, r"among \['bug', 'feature', 'question'\]. Received: \['bugs'\]"),
        ({"bug": 0}, ValueError, "weights above 0. Received: 0 of 'bug'"),
        ({"bug": float("nan")}, ValueError, "weights above 0. Received: nan of 'bug'"),
    ],
)
def test_weights_are_checked(weights, error, message):
    with pytest.raises(error, match=message):
        check_class_weight(weights, LABELS)


@only_on("torch", "the loss is compared on every backend")
def test_a_rare_class_gets_through(preset):
    texts = [f"good number {i}" for i in range(36)] + [f"bad number {i}" for i in range(4)]
    labels = ["positive"] * 36 + ["negative"] * 4
    validation, found = (texts[::-2], labels[::-2]), []
    for weight in (None, {"negative": 50.0}):
        task = gru_zoo.load("tiny")
        task.fit(texts, labels, validation, epochs=1, class_weight=weight, verbose=0)
        found.append(task.probabilities(texts)[:, task.labels.index("negative")].mean())
    assert found[1] > found[0] + 0.01


@only_on("torch", "no backend has a part in what is checked here")
def test_a_resumed_training_has_the_same_weights_and_frozen_layers(preset, tmp_path):
    texts = [f"{word} number {i}" for i in range(10) for word in ("good", "bad")]
    options = {"directory": tmp_path / "run", "epochs": 1, "verbose": 0}
    examples = (texts, ["positive", "negative"] * 10)
    gru_zoo.load("tiny").fit(*examples, class_weight="balanced", freeze="forward", **options)
    options["resume"] = True
    same = {"class_weight": "balanced", "freeze": ["forward"]}
    assert gru_zoo.load("tiny").fit(*examples, **same, **options).epoch == [0]
    with pytest.raises(ValueError, match="had other settings. Expected: frozen=.*forward"):
        gru_zoo.load("tiny").fit(*examples, class_weight="balanced", **options)
    with pytest.raises(ValueError, match="had other settings. Expected: class_weight=.*positive"):
        gru_zoo.load("tiny").fit(*examples, freeze="forward", **options)
