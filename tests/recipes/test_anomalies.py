"""The recipe of the preset for anomalies."""

import numpy as np
import pytest

import gru_zoo
from gru_zoo.tasks.anomalies.metrics import nab_score
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


# Scores of files, before they are put on the scale, in results/knncad/knncad_standard_scores.csv of
# NAB, whose threshold is 1.
PUBLISHED = {
    "realTraffic/speed_7578": 1.2511338982128657,
    "realAdExchange/exchange-3_cpm_results": 0.20316025691210748,
    "realAWSCloudwatch/iio_us-east-1_i-a2eb1cd9_NetworkIn": -2.55,
}


@on_torch
def test_the_score_is_that_of_a_published_detector(data_root):
    for series in gru_zoo.data.load("nab", "standard", data_root):
        if series.origin in PUBLISHED:
            count = len(series.windows)
            found = nab_score([knn_cad(series.values)], [series.windows], threshold=1.0)
            raw = found.value / 100 * 2 * count - count
            assert raw == pytest.approx(PUBLISHED[series.origin])
