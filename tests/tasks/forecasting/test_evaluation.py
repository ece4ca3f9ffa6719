"""The benchmarks, with forecasters whose scores are known."""

import numpy as np
import pytest

from gru_zoo import data
from gru_zoo.data.examples import TimeSeries
from gru_zoo.metrics.forecasting import seasonal_naive
from gru_zoo.tasks.forecasting.evaluation import (
    benchmark_scores,
    rolling_scores,
    season_of,
    task_scores,
)
from tests.scripts import on_torch


def last_value(pasts, seasons, horizon):
    return np.stack([np.full((horizon, 9), past[-1]) for past in pasts])


def naive(pasts, seasons, horizon):
    return np.stack([seasonal_naive(past, 1, horizon) for past in pasts])


def walks(origin, count=3, period=1):
    random = np.random.default_rng(0)
    return [
        TimeSeries(10 + np.cumsum(random.normal(size=(60, 1)), axis=0), 50, origin, period)
        for _ in range(count)
    ]


def values(metrics):
    return {metric.name: metric.value for metric in metrics}


def test_the_naive_forecast_has_the_relative_score_one():
    examples = walks("m1_yearly") + walks("m3_yearly")
    scores = values(benchmark_scores("chronos-zero-shot-14", examples, last_value))
    assert scores["relative_wql"] == pytest.approx(1) and scores["relative_mase"] == 1
    assert scores["coverage_80"] == 0
    scores = values(benchmark_scores("gift-eval-held-15", examples, naive))
    assert scores["relative_crps"] == pytest.approx(1) and scores["relative_mase"] == 1
    assert 0.4 < scores["coverage_80"] <= 1


def test_a_series_of_another_set_is_no_benchmark():
    assert benchmark_scores("mine", walks("mine"), last_value) is None


def test_seasons_follow_the_frequency():
    origins = ("ett1/D/short", "ett1/W/short", "nn5_daily", "m1_monthly")
    assert [season_of(walks(origin, 1, 12)[0]) for origin in origins] == [7, 52, 7, 12]


def test_rolling_windows_are_those_of_the_benchmark():
    line = np.arange(40.0)[:, None] * np.array([1.0, 2.0])
    series = TimeSeries(line, 20, "set", 1, (2, 5))
    scores = values(rolling_scores(series, last_value, single=False))
    # Each value is off by its step, of the second channel by twice of it.
    near, far = (2.5 * np.square(np.arange(1, h + 1)).mean() for h in (2, 5))
    assert scores["mse_2"] == pytest.approx(near) and scores["mse_5"] == pytest.approx(far)
    assert scores["mean_mse"] == pytest.approx((near + far) / 2)
    windows = [m.signature for m in rolling_scores(series, last_value, single=False)[1:3]]
    assert "windows:19|" in windows[0] and "windows:16|" in windows[1]
    one, _, covered = rolling_scores(series, last_value, single=True)
    truth = line[21:]
    expected = np.sqrt(19 * 4 * 5) / np.sqrt(np.square(truth - truth.mean()).sum())
    assert one.name == "rse_2" and one.value == pytest.approx(expected)
    assert (covered.name, covered.value) == ("coverage_80", 0.0)


def test_rolling_windows_count_what_lies_in_the_interval():
    def within_two(pasts, seasons, horizon):
        return last_value(pasts, seasons, horizon) + np.linspace(-2, 2, 9)

    series = TimeSeries(np.arange(40.0)[:, None], 20, "set", 1, (2, 4))
    scores = values(rolling_scores(series, within_two, single=False))
    assert scores["coverage_80"] == pytest.approx((1 + 1 / 2) / 2)  # the first two steps


@on_torch
@pytest.mark.data
def test_the_naive_forecast_of_gift_eval_has_its_published_scores(data_root):
    # Seasonal_Naive in results/seasonal_naive/all_results.csv of the board's repository.
    published = {"ett1/H/short": (0.2404, 0.9773), "ett1/D/short": (0.4084, 1.7784)}
    tasks = {name: [] for name in published}
    for series in data.load("gift-eval-held-15", "test", data_root):
        if series.origin in tasks:
            tasks[series.origin].append(series)
    for name, some in tasks.items():
        _, (loss, error), _ = task_scores(some, last_value, quantile_naive=True)
        assert loss == pytest.approx(published[name][0], abs=3e-4)
        assert error == pytest.approx(published[name][1], abs=2e-4)
