"""Series to scores and alarms, whole and value by value, with a tiny model of random weights."""

import numpy as np
import pandas as pd
import pytest

from gru_zoo.tasks.anomalies.features import FEATURES, GUESSES, SeriesFeatures
from gru_zoo.tasks.anomalies.inputs import season_of_times
from gru_zoo.tasks.anomalies.judge import Judge
from gru_zoo.tasks.anomalies.model import LEVELS, Config
from gru_zoo.tasks.anomalies.processor import AnomaliesProcessor
from gru_zoo.tasks.anomalies.scoring import surprises
from gru_zoo.tasks.anomalies.task import Anomalies
from tests.tiny_card import tiny_card


@pytest.fixture(scope="module")
def task():
    config = Config(units=6, hidden=6)
    return Anomalies(Anomalies.build(config), AnomaliesProcessor(), tiny_card("anomalies", config))


def series(steps=90):
    values = np.random.default_rng(0).normal(size=steps)
    values[[20, 21, 50]] = np.nan
    values[60] += 1e4
    return values


def test_a_stream_gives_what_the_whole_series_gives(task):
    values = series()
    whole = task.detect(values, season=12)
    stream = task.stream(season=12)
    readings = [stream.feed(value) for value in values]
    np.testing.assert_allclose([one.score for one in readings], whole.scores, atol=1e-5)
    bounds = [(one.low, one.high) for one in readings]
    np.testing.assert_allclose(bounds, whole.intervals, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose([one.median for one in readings], whole.median, rtol=1e-3, atol=1e-3)
    assert [step for step, one in enumerate(readings) if one.alarm] == whole.alarms.tolist() == [60]


def test_nothing_of_later_steps_enters(task):
    values = series()
    changed = np.concatenate([values[:65], 100 * values[65:]])
    for one, other in zip(task.detect(values)[1:5], task.detect(changed)[1:5], strict=True):
        if one.ndim == 1 and len(one) != len(values):
            one, other = one[one < 65], other[other < 65]
        np.testing.assert_allclose(one[:65], other[:65], rtol=1e-5, atol=1e-6)


def test_other_series_change_nothing(task):
    values = series()
    one = task.detect(values)
    many = task.detect([values, values[:33], [1, 2, None, 4.0], np.full(70, 3.0)])
    np.testing.assert_allclose(many[0].scores, one.scores, atol=1e-5)
    assert [len(found.scores) for found in many] == [90, 33, 4, 70]
    assert many[2].scores.tolist() == [0.0] * 4  # too short to be judged
    assert many[3].scores.max() < 0.9 and not len(many[3].alarms)
    assert task.detect([]) == []


def test_missing_values_and_constants(task):
    values = series()
    found = task.detect(values)
    assert (found.peaks[np.isnan(values)] == 0).all() and (np.diff(found.scores[49:52]) <= 0).all()
    assert np.isnan(found.intervals[0]).all() and np.isfinite(found.intervals[1:]).all()
    constant = np.full(80, 7.0)
    constant[70] = 8.0
    assert task.detect(constant).alarms.tolist() == [70]
    late = np.concatenate([np.full(5, np.nan), constant])
    assert task.detect(late).alarms.tolist() == [75]


def test_scores_do_not_depend_on_units(task):
    values = series()
    expected = task.detect(values)
    found = task.detect(1_000 * values)
    np.testing.assert_allclose(found.scores, expected.scores, atol=1e-3)
    np.testing.assert_allclose(found.median[40:], 1_000 * expected.median[40:], rtol=1e-2, atol=5)


def test_an_alarm_is_not_repeated_unless_it_is_higher():
    judge = Judge(1, quiet=20)
    known, nothing = np.ones(1, bool), np.zeros(1)
    for _ in range(60):
        judge.feed(np.array([0.1]), nothing, known)
    peaks, scores = [], []
    for surprise in (5.0, 5.0, 3.0, 9.0, *[0.1] * 60, 4.0):
        score, peak = judge.feed(np.array([surprise]), nothing, known)
        peaks.append(bool(peak[0] > 0.9))
        scores.append(float(score[0]))
    assert peaks[:4] == [True, False, False, True] and peaks[-1] and not any(peaks[4:-1])
    digits = -np.log10(1 - np.array(scores))
    assert digits[63] == pytest.approx(digits[3] / 2)  # 60 steps after the highest
    far = judge.feed(np.array([0.1]), np.array([30.0]), known)
    assert far[1] > 0.999  # far from the mean of the series, though the forecast expected it


def test_surprises_by_hand():
    quantiles = np.array([-3.0, -2, -1.5, -0.5, 0, 0.5, 1.5, 2, 3])
    values = np.array([0.0, 2.0, -1.5, 3.0, 4.0, np.nan])
    found = surprises(np.tile(quantiles, (6, 1)), values)
    steep = np.log10(LEVELS[1] / LEVELS[0])
    expected = [0, -np.log10(0.1), -np.log10(0.2), -np.log10(0.02), -np.log10(0.02) + steep, 0]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_features_of_seasons():
    wave = np.tile([0.0, 1, 5, 2], 12)
    reader = SeriesFeatures(np.array([4, 1]))
    for value in wave:
        features, guesses = reader.feed(np.array([value, value]))
    assert features.shape == (2, FEATURES) and guesses.shape == (2, GUESSES)
    after = (wave[0] - wave[-1]) / reader.unit
    np.testing.assert_allclose(guesses[:, 4], [after[0], 0], rtol=1e-5)
    np.testing.assert_allclose(guesses[:, 6], [after[0], 0], rtol=1e-5)


def test_tables(task, tmp_path):
    hours = pd.date_range("2024-01-01", periods=60, freq="h")
    values = np.sin(np.arange(60) / 3)
    frame = pd.DataFrame({"time": hours, "load": values, "heat": -values})
    found = task.detect(frame.set_index("time")["load"])
    assert found.name == "load" and found.times[0] == hours.to_numpy()[0]
    np.testing.assert_allclose(found.scores, task.detect(values, season=24).scores, atol=1e-6)
    path = tmp_path / "my.csv"
    frame.to_csv(path, index=False)
    assert [one.name for one in task.detect(path)] == ["load", "heat"]
    np.testing.assert_allclose(task.detect(path, value="load")[1], found.scores, atol=1e-6)


def test_seasons_of_irregular_times():
    minutes = np.array([0, 5, 10, 20, 25, 30, 35], "timedelta64[m]")
    assert season_of_times(np.datetime64("2024-01-01") + minutes) == 288
    assert season_of_times(np.array(["2024-01-01"], "datetime64[s]")) == 1


@pytest.mark.parametrize(
    ("wrong", "error", "match"),
    [
        ([1.0, np.inf], ValueError, "infinite value at step 1"),
        (np.zeros(0), ValueError, "Expected a known value"),
        ([None, None], ValueError, "Expected a known value"),
        (np.ones((3, 2)), ValueError, "shape \\(time,\\)"),
        ("no.csv", FileNotFoundError, "no.csv"),
        (["a", "b"], TypeError, "Expected numbers"),
    ],
)
def test_wrong_series_are_errors(task, wrong, error, match):
    with pytest.raises(error, match=match):
        task.detect(wrong)


def test_wrong_arguments_are_errors(task):
    for season in (0, 2.5):
        with pytest.raises(ValueError, match="season of 1 step or more"):
            task.detect([1.0, 2], season=season)
    with pytest.raises(ValueError, match="threshold above 0 and up to 1"):
        task.stream(threshold=0)
    stream = task.stream()
    stream.feed(1)
    with pytest.raises(ValueError, match="infinite"):
        stream.feed(float("inf"))
    with pytest.raises(TypeError, match="Expected a number"):
        stream.feed("high")
    assert np.isfinite(stream.feed(2).median)
    for short in (np.ones(10), np.ones(19)):
        with pytest.raises(ValueError, match="series of 20 steps or more"):
            task.fit([short])
    with pytest.raises(ValueError, match="share to validate"):
        task.fit([np.arange(50.0)], validation=0)
