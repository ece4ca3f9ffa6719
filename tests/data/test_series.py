"""The sets of time series."""

import dataclasses
import gzip
import hashlib
import json
import lzma

import numpy as np
import pytest

from gru_zoo import data
from gru_zoo.data import (
    beijing_pm25,
    chronos_zero_shot,
    ett,
    exchange_rate,
    forecasting_competitions,
    gift_eval_held,
    weather_jena,
)


def stand_in(monkeypatch, tmp_path, module, contents):
    """Small files in place of those of a set, in tmp_path."""
    folder = tmp_path / module.SOURCE.name
    folder.mkdir()
    files = {}
    for name, content in contents.items():
        packed = (gzip if name.endswith(".gz") else lzma).compress(content.encode("utf-8"))
        (folder / name).write_bytes(packed)
        files[name] = hashlib.sha256(packed).hexdigest()
    monkeypatch.setattr(module, "SOURCE", dataclasses.replace(module.SOURCE, files=files))
    return tmp_path


def table(rows, channels):
    """A CSV file in which a value is its row, or a thousand times its channel more."""
    lines = ["date," + ",".join(f"c{k}" for k in range(channels))]
    lines += [
        f"day {i}," + ",".join(str(i + 1000 * k) for k in range(channels)) for i in range(rows)
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture
def small_ett(monkeypatch, tmp_path):
    """Ten days of 720 quarters and 180 hours each: a day stands for a month."""
    monkeypatch.setattr(ett, "ROWS", {"etth1": 610 * 2, "ettm1": 610 * 8})
    monkeypatch.setattr(ett, "STEPS_A_DAY", {"etth1": 2, "ettm1": 8})
    files = {"ETTh1.csv.gz": table(610 * 2, 7), "ETTm1.csv.gz": table(610 * 8, 7)}
    return stand_in(monkeypatch, tmp_path, ett, files)


@pytest.mark.parametrize(("part", "start", "end"), [("train", 0, 720), ("val", 720, 960)])
def test_ett_is_standardized_by_its_training_rows(part, start, end, small_ett):
    (series,) = data.load("ett", f"etth1_{part}", small_ett)
    assert (series.start, series.values.shape) == (start, (end, 7))
    train = series.values[:720]
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(train.std(axis=0), 1)
    steps = np.diff(series.values, axis=0)
    np.testing.assert_allclose(steps, steps[0, 0])  # the same scale after the training rows


def test_rows_after_twenty_months_are_not_used(small_ett):
    (series,) = data.load("ett", "ettm1_test", small_ett)
    assert (series.start, len(series.values), series.origin) == (480 * 8, 600 * 8, "ettm1")


def test_missing_rows_are_an_error(small_ett, monkeypatch):
    monkeypatch.setattr(ett, "ROWS", {"etth1": 17_420})
    with pytest.raises(ValueError, match="'etth1': expected 17,420 examples, received 1,220"):
        data.load("ett", "etth1_train", small_ett)


@pytest.mark.parametrize("module", [weather_jena, exchange_rate])
def test_splits_by_share(module, monkeypatch, tmp_path):
    name = next(iter(module.SOURCE.files))
    content = table(100, 3)
    if module is exchange_rate:
        content = "\n".join(line.split(",", 1)[1] for line in content.splitlines()[1:])
    root = stand_in(monkeypatch, tmp_path, module, {name: content})
    monkeypatch.setattr(module, "ROWS", 100)
    monkeypatch.setattr(module, "_ENDS", {"train": 60, "val": 80, "test": 100})
    for part, start, end in (("train", 0, 60), ("val", 60, 80), ("test", 80, 100)):
        (series,) = module.load(part, root)
        assert (series.start, series.values.shape) == (start, (end, 3))
    if module is exchange_rate:
        assert series.values[5].tolist() == [5, 1005, 2005]  # as they are
    else:
        np.testing.assert_allclose(series.values[:60].std(axis=0), 1)


def test_gaps_of_the_air_are_missing(monkeypatch, tmp_path):
    names = ("No", *beijing_pm25.COLUMNS, "cbwd")
    content = ",".join(names) + "\n1,NA,1,2,3,4,NW\n2,5,1,2,3,4.5,SE\n"
    name = next(iter(beijing_pm25.SOURCE.files))
    root = stand_in(monkeypatch, tmp_path, beijing_pm25, {name: content})
    monkeypatch.setattr(beijing_pm25, "ROWS", 2)
    (series,) = data.load("beijing_pm25", "train", root)
    np.testing.assert_array_equal(series.values, [[np.nan, 1, 2, 3, 4], [5, 1, 2, 3, 4.5]])
    assert series.start == 2


RECORDS = {
    "m1": [
        {"period": "YEARLY", "freq": 1, "x": [1, 2, 3], "test": [4]},
        {"period": "MONTHLY", "freq": 12, "x": [5, 6], "test": [7, 8]},
    ],
    "nn5_daily": [{"freq": 7, "x": [1, None, 3, 4, 5, 6, 7], "test": [11, 12, 13, 14, 15, 16, 17]}],
    "carparts": [{"freq": 12, "x": [0, None, 1]}],
}


@pytest.fixture
def competitions(monkeypatch, tmp_path):
    files = {
        f"{name}.jsonl.xz": "".join(json.dumps(record) + "\n" for record in records)
        for name, records in RECORDS.items()
    }
    splits = {
        "train_carparts": ("carparts", "", 1),
        "m1_yearly": ("m1", "YEARLY", 1),
        "m1_monthly": ("m1", "MONTHLY", 1),
        "nn5_daily": ("nn5_daily", "", 1),
    }
    monkeypatch.setattr(forecasting_competitions, "SPLITS", splits)
    return stand_in(monkeypatch, tmp_path, forecasting_competitions, files)


def test_competitions_and_panels(competitions):
    (series,) = data.load("forecasting_competitions", "m1_monthly", competitions)
    assert series.values.tolist() == [[5], [6], [7], [8]]
    assert (series.start, series.period) == (2, 12)
    (panel,) = data.load("forecasting_competitions", "train_carparts", competitions)
    assert panel.start == 3 and np.isnan(panel.values).sum() == 1


def test_the_zero_shot_benchmark_fills_the_gaps_of_nn5(competitions, monkeypatch):
    tasks = {
        "m1_yearly": chronos_zero_shot.Task(1, 1),
        "nn5_daily": chronos_zero_shot.Task(3, 1),
        "nn5_weekly": chronos_zero_shot.Task(1, 1),
    }
    monkeypatch.setattr(chronos_zero_shot, "TASKS", tasks)
    yearly, daily, weekly = data.load("chronos-zero-shot-14", "test", competitions)
    assert yearly.values[yearly.start :].tolist() == [[4]]
    assert daily.values[1, 0] == 12  # the median of the same day of the week
    assert weekly.values.tolist() == [[1 + 12 + 3 + 4 + 5 + 6 + 7], [7 * 14]]
    assert (weekly.start, weekly.origin) == (1, "nn5_weekly")


@pytest.mark.parametrize(
    "module", [ett, weather_jena, exchange_rate, forecasting_competitions, beijing_pm25]
)
def test_there_is_no_download(module):
    split = next(iter(getattr(module, "SPLITS", ["train"])))
    with pytest.raises(FileNotFoundError, match="is not downloaded. Expected a folder with"):
        module.load(split)


@pytest.mark.data
def test_windows_of_the_published_protocols(data_root):
    counts = {}
    for name, split in (
        ("ett", "etth1_test"),
        ("ett", "ettm1_test"),
        ("weather_jena_2020", "test"),
    ):
        (series,) = data.load(name, split, data_root)
        steps = len(series.values) - series.start
        counts[series.origin] = [steps - horizon + 1 for horizon in series.horizons]
    assert counts == {
        "etth1": [2_785, 2_689, 2_545, 2_161],
        "ettm1": [11_425, 11_329, 11_185, 10_801],
        "weather": [10_444, 10_348, 10_204, 9_820],
    }
    (series,) = data.load("exchange_rate", "test", data_root)
    assert series.values[series.start :].shape == (1_518, 8)


@pytest.mark.data
def test_competitions_have_their_published_counts(data_root):
    for split in forecasting_competitions.SPLITS:  # `load` checks the number of series
        series = data.load("forecasting_competitions", split, data_root)
        futures = {len(s.values) - s.start for s in series}
        assert len(futures) == 1 and (futures == {0}) == split.startswith("train")


@pytest.mark.data
def test_windows_of_gift_eval(data_root):
    series = data.load("gift-eval-held-15", "test", data_root)
    windows = {name: 0 for name in gift_eval_held.CONFIGURATIONS}
    for one in series:
        windows[one.origin] += 1
        assert one.start + len(one.values[one.start :]) == len(one.values)
    assert len(windows) == 15 and windows["ett1/H/short"] == 20 and windows["ett1/15T/medium"] == 15
    assert windows["jena_weather/10T/long"] == 8 and windows["ett1/W/short"] == 2
