"""Seasons by frequency and by values."""

import numpy as np
import pandas as pd
import pytest

from gru_zoo.base.series.calendar import ahead, regular, season
from gru_zoo.base.series.seasons import detect, of_step


@pytest.mark.parametrize(
    ("frequency", "steps"),
    [("h", 24), ("15min", 96), ("10min", 144), ("D", 7), ("B", 5), ("W", 52), ("MS", 12)]
    + [("ME", 12), ("QS", 4), ("YE", 1), ("4h", 6), ("min", 60), ("s", 60)],
)
def test_season_of_a_frequency(frequency, steps):
    index = pd.date_range("2020-01-01", periods=30, freq=frequency)
    frame, offset = regular(pd.DataFrame({"a": range(30)}, index), "the series", pd)
    assert season(frame.index, offset, pd) == steps
    following = ahead(frame.index, offset, 3, pd)
    assert list(following) == list(pd.date_range(index[0], periods=33, freq=frequency)[30:])


def test_steps_of_minutes_have_a_season_of_an_hour():
    assert of_step(120) == 30


@pytest.mark.parametrize("period", [4, 7, 12, 24, 52, 96])
def test_a_season_is_found_in_noise_and_trend(period):
    random = np.random.default_rng(period)
    time = np.arange(8 * period + 20)
    shape = np.tile(random.normal(size=period), 20)[: len(time)]
    values = 3 * shape + 0.02 * time + random.normal(size=len(time)) / 2
    assert detect(values) == period
    values[5:9] = np.nan
    assert detect(values) == period


def test_no_season():
    random = np.random.default_rng(0)
    assert detect(np.cumsum(random.normal(size=300))) == 1
    assert detect(random.normal(size=300)) == 1
    assert detect(np.ones(50)) == detect(np.arange(50.0)) == detect(np.array([1.0, 2, 1])) == 1


def frame_of(index):
    return pd.DataFrame({"a": np.arange(float(len(index)))}, index)


def test_gaps_are_filled_with_missing_values():
    days = pd.bdate_range("2024-03-01", periods=20)
    frame, offset = regular(frame_of(days.delete([3, 4])), "the series", pd)
    assert len(frame) == 20 and frame["a"].isna().sum() == 2
    assert season(frame.index, offset, pd) == 5
    assert ahead(frame.index, offset, 1, pd)[0] == pd.Timestamp("2024-03-29")


def test_a_day_has_23_hours_when_clocks_are_set():
    index = pd.date_range("2024-03-30", periods=30, freq="h", tz="Europe/Berlin")
    frame, offset = regular(frame_of(index), "the series", pd)
    assert ahead(frame.index, offset, 2, pd)[0].isoformat() == "2024-03-31T07:00:00+02:00"
    days = pd.date_range("2024-03-29", periods=5, freq="D", tz="Europe/Berlin")
    frame, offset = regular(frame_of(days), "the series", pd)
    assert ahead(frame.index, offset, 1, pd)[0].hour == 0


def test_periods():
    frame, offset = regular(
        frame_of(pd.period_range("2023-01", periods=14, freq="M")), "the series", pd
    )
    assert season(frame.index, offset, pd) == 12
    assert str(ahead(frame.index, offset, 1, pd)[0]) == "2024-03"


def test_irregular_times_are_refused():
    times = pd.to_datetime(["2024-01-01 00:00", "2024-01-01 00:07", "2024-01-03 11:00"])
    with pytest.raises(ValueError, match="steps of 0 days 00:07:00 to .* Resample them first"):
        regular(frame_of(times), "the series", pd)
    with pytest.raises(ValueError, match="a missing one"):
        regular(frame_of(pd.DatetimeIndex([times[0], pd.NaT])), "the series", pd)
