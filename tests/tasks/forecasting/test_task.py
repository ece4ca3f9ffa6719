"""Series of all kinds to forecasts of the same kind, with a tiny model of random weights."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gru_zoo.data.examples import TimeSeries
from gru_zoo.metrics.forecasting import LEVELS
from gru_zoo.tasks.forecasting.model import Config
from gru_zoo.tasks.forecasting.processor import ForecastingProcessor
from gru_zoo.tasks.forecasting.task import Forecasting
from tests.tiny_card import tiny_card

WAVE = 10 + np.sin(2 * np.pi * np.arange(96) / 12) + 0.01 * np.arange(96)


@pytest.fixture(scope="module")
def task():
    config = Config(units=6, depth=1)
    return Forecasting(
        Forecasting.build(config), ForecastingProcessor(), tiny_card("forecasting", config)
    )


def test_arrays_and_lists(task):
    one = task.forecast(WAVE, 5)
    assert one.shape == (5, 3) and (np.diff(one, axis=1) >= 0).all()
    both = task.forecast(np.stack([WAVE, -WAVE], axis=1), 5)
    assert both.shape == (5, 2, 3)
    np.testing.assert_allclose(both[:, 0], one, rtol=1e-5)
    first, second = task.forecast([WAVE, WAVE[:40].tolist()], 5)
    np.testing.assert_allclose(first, one, rtol=1e-5)
    assert second.shape == (5, 3)
    assert task.forecast([1, 2, 3, 4, 5], 2, 0.5).shape == (2, 1)
    assert task.forecast([None, 2, 3, 4, 5], 2).shape == (2, 3)
    assert task.forecast([]) == []
    assert len(task.forecast(WAVE)) == 12  # a season


def test_quantiles_never_cross_and_lie_between_those_of_the_model(task):
    found = task.forecast(np.random.default_rng(0).normal(size=200), 100, LEVELS)
    assert (np.diff(found, axis=-1) > 0).all()
    half = task.forecast(WAVE, 3, (0.45,))
    np.testing.assert_allclose(half[:, 0], task.forecast(WAVE, 3, (0.4, 0.5)).mean(axis=1))
    for wrong in (0.05, 0.95, ()):
        with pytest.raises(ValueError, match="Expected quantiles from 0.1 to 0.9"):
            task.forecast(WAVE, 3, wrong)


def test_shifted_and_scaled_series_have_shifted_and_scaled_forecasts(task):
    expected = task.forecast(WAVE, 6)
    np.testing.assert_allclose(task.forecast(1000 * WAVE + 5, 6), 1000 * expected + 5, rtol=1e-4)


def test_what_was_never_negative_stays_so_and_a_constant_stays(task):
    counts = np.array([0.0, 0, 3, 0, 0, 0, 1, 0, 0, 2, 0, 0])
    assert (task.forecast(counts, 20) >= 0).all()
    np.testing.assert_array_equal(task.forecast(np.full(30, 7.0), 4), 7.0)


def test_a_straight_line_goes_on(task):
    np.testing.assert_allclose(task.forecast([1, 2, 3, 4, 5], 2), [[6] * 3, [7] * 3])
    np.testing.assert_allclose(task.forecast([4, np.nan, 2, 1, np.nan], 2)[:, 1], [-1, -2])
    bent = task.forecast([1, 2, 3, 4, 5.01], 2)
    assert (np.diff(bent, axis=1) > 0).all()


def test_a_long_past_is_cut_and_missing_values_are_taken(task):
    long = np.tile(WAVE, 40)
    np.testing.assert_allclose(task.forecast(long, 4), task.forecast(long[-2048:], 4))
    gaps = WAVE.copy()
    gaps[[3, 50, 51, -1]] = np.nan
    assert np.isfinite(task.forecast(gaps, 4)).all()


def test_no_more_of_the_past_is_read_than_the_processor_says(task, monkeypatch):
    whole = task.forecast(WAVE, 6)
    monkeypatch.setattr(task.processor, "past", 48)
    cut = task.forecast(WAVE, 6, season=12)
    np.testing.assert_allclose(cut, task.forecast(WAVE[-48:], 6, season=12), rtol=1e-5)
    assert np.abs(cut - whole).max() > 1e-3


def test_widths_of_a_season_widen_its_interval_alone(task, monkeypatch):
    series = [WAVE - 9, np.random.default_rng(1).normal(size=60)]
    before = [
        task.forecast(one, 6, season=season) for one, season in zip(series, (12, 1), strict=True)
    ]
    monkeypatch.setattr(task.processor, "widths", {"12": 1.5})
    wave, other = (task.forecast(one, 6, season=s) for one, s in zip(series, (12, 1), strict=True))
    np.testing.assert_allclose(wave[:, 1], before[0][:, 1], rtol=1e-6)
    above = (wave[:, 2] - wave[:, 1]) / (before[0][:, 2] - before[0][:, 1])
    np.testing.assert_allclose(above, 1.5, rtol=1e-4)
    np.testing.assert_allclose(other, before[1], rtol=1e-6)


@pytest.mark.parametrize(
    ("series", "options", "message"),
    [
        ([1.0, np.inf, 2.0, 3.0], {}, "an infinite value at step 1"),
        ([1.0, 2.0], {}, "Expected 3 known values or more in the series. Received: 2"),
        ([[1.0, 2.0, 3.0], [1.0, 2.0]], {}, "in series 1. Received: 2"),
        (np.zeros((5, 2, 2)), {}, r"shape \(time,\) or \(time, channels\)"),
        (np.c_[WAVE, np.full(96, np.nan)], {}, "Received: 0 in channel 1"),
        (WAVE, {"horizon": 0}, "Expected a horizon from 1 to 720"),
        (WAVE, {"horizon": 721}, "sum up the series"),
        (WAVE, {"season": 0}, "Expected a season of 1 step or more"),
        (WAVE, {"time": "date"}, "Expected a table where columns are named"),
    ],
)
def test_bad_input_is_said_clearly(task, series, options, message):
    with pytest.raises(ValueError, match=message):
        task.forecast(series, **options)


def test_what_is_no_number(task):
    with pytest.raises(TypeError, match="Expected numbers in the series"):
        task.forecast(["a", "b", "c"])
    with pytest.raises(TypeError, match="one table with a column of ids"):
        task.forecast([pd.Series(WAVE)])


def test_pandas_series_and_frames(task):
    index = pd.date_range("2020-01-31", periods=96, freq="ME", name="month")
    found = task.forecast(pd.Series(WAVE, index), 3)
    assert [str(day.date()) for day in found.index] == ["2028-01-31", "2028-02-29", "2028-03-31"]
    assert list(found.columns) == [0.1, 0.5, 0.9] and found.index.name == "month"
    np.testing.assert_allclose(found.to_numpy(), task.forecast(WAVE, 3, season=12))
    wide = task.forecast(pd.DataFrame({"a": WAVE, "b": -WAVE}, index), 2)
    assert list(wide["b"].columns) == [0.1, 0.5, 0.9] and (wide["b"] < 0).all(axis=None)
    numbered = task.forecast(pd.DataFrame({"a": WAVE}), 2)
    assert list(numbered.index) == [96, 97]


def test_long_form_keeps_the_ids_apart(task):
    days = pd.date_range("2024-01-01", periods=40, freq="D")
    parts = [
        pd.DataFrame({"id": name, "date": days, "value": WAVE[:40] * sign})
        for name, sign in (("x", 1), ("y", -1))
    ]
    table = pd.concat(parts).sample(frac=1, random_state=1)  # in any order
    found = task.forecast(table, 2)
    assert list(found.columns) == ["id", "date", "0.1", "0.5", "0.9"] and len(found) == 4
    assert set(found["date"].dt.date.astype(str)) == {"2024-02-10", "2024-02-11"}
    assert (found.loc[found["id"] == "y", "0.5"] < 0).all()
    polars = task.forecast(pl.DataFrame(table.to_dict("list")), 2)
    assert isinstance(polars, pl.DataFrame) and polars.columns == list(found.columns)
    assert polars["date"].to_list() == found["date"].to_list()
    with pytest.raises(ValueError, match="Expected a column 'name'"):
        task.forecast(table, 2, id="name")
    with pytest.raises(ValueError, match="twice in the series|Received: 2024-01-01 00:00:00 twice"):
        task.forecast(table.drop(columns="id"), 2)


def test_a_csv_file_nobody_prepared(task, tmp_path):
    path = tmp_path / "my.csv"
    lines = ["Date;temperature;rain"]
    for i, day in enumerate(pd.date_range("2024-01-01", periods=30, freq="D")):
        if i != 7:  # a gap
            lines.append(f"{day:%Y-%m-%d};{WAVE[i]:.2f};{'' if i == 9 else i}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = task.forecast(path, 2)
    assert list(found.index.astype(str)) == ["2024-01-31", "2024-02-01"]
    assert set(found.columns.get_level_values(0)) == {"temperature", "rain"}
    path.write_text("text,value\nred,1\nblue,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="Name it with time="):
        task.forecast(path, 2)


def test_backtest(task):
    found = task.backtest(pd.DataFrame({"a": WAVE, "b": WAVE[::-1]}), windows=3, horizon=8)
    assert list(found["series"]) == ["a"] * 3 + ["b"] * 3
    assert list(found["start"]) == [72, 80, 88] * 2
    scores = found[["mase", "wql", "coverage_80", "naive_mase", "naive_wql"]]
    assert np.isfinite(scores.to_numpy()).all() and found["coverage_80"].between(0, 1).all()
    with pytest.raises(ValueError, match="Lower windows or horizon"):
        task.backtest(WAVE, windows=12, horizon=8)


def test_evaluate(task):
    metrics = task.evaluate([WAVE[:80], WAVE[:50]], [WAVE[80:], WAVE[50:57]])
    assert [metric.name for metric in metrics] == ["mase", "wql", "coverage_80"]
    with pytest.raises(ValueError, match="Expected the 1 channels of series 0"):
        task.evaluate([WAVE], [np.zeros((3, 2))])


def test_outlook_has_past_and_times(task):
    index = pd.date_range("2024-01-01", periods=96, freq="h", tz="Europe/Berlin")
    (one,) = task.outlook(pd.Series(WAVE, index, name="load"), 4)
    assert one.name == "load" and one.quantiles.shape == (4, 9) and len(one.times) == 100
    first, second = task.outlook(np.stack([WAVE, WAVE], axis=1), 4)
    assert (first.name, second.name) == ("series, channel 0", "series, channel 1")


def test_fit_needs_room_to_validate(task):
    with pytest.raises(ValueError, match="Lower the horizon"):
        task.fit(WAVE[:15], horizon=12, epochs=1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        task.fit(WAVE, horizon=12, validation=1.5)


def test_examples_of_a_benchmark(task):
    pasts, futures = task.examples([TimeSeries(WAVE[:, None], 90)])
    assert pasts[0].shape == (90, 1) and futures[0].shape == (6, 1)
