"""The recipe of the preset for anomalies."""

import numpy as np

import gru_zoo
from recipes.anomalies.baselines import knn_cad, windowed_gaussian
from recipes.anomalies.prepare import Mixture
from tests.scripts import on_torch, run


@on_torch
def test_training_on_synthetic_series(tmp_path):
    folders = ("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home"))
    script = "recipes/anomalies/train.py"
    output = run(script, "anomalies_stream", "--smoke", "--untested", *folders)
    assert "weights" in output and "saved to" in output
    task = gru_zoo.load(tmp_path / "home" / "anomalies_stream")
    assert len(task.detect(np.arange(40.0)).scores) == 40
    assert task.card.training["epochs"] == 2 and len(task.history["val_loss"]) == 2
    assert [row.name for row in task.card.data] == ["synthetic series"]


@on_torch
def test_batches_are_the_same_again():
    (features, guesses, state), wanted = Mixture([], 2, 4, 6, seed=1)[0]
    assert features.shape[:2] == guesses.shape[:2] == wanted.shape[:2] and state.shape == (4, 6)
    assert all(np.isfinite(array).all() for array in (features, guesses, wanted))
    np.testing.assert_array_equal(Mixture([], 2, 4, 6, seed=1)[0][1], wanted)
    assert (Mixture([], 2, 4, 6, seed=2)[0][1] != wanted).any()


@on_torch
def test_baselines_find_a_spike():
    values = np.random.default_rng(0).normal(size=400)
    values[300] += 12
    for detector in (windowed_gaussian, knn_cad):
        assert detector(values)[300] == detector(values)[60:].max()
