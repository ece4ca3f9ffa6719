"""The recipe of the forecasting presets."""

import numpy as np
import pandas as pd

import gru_zoo
from recipes.forecasting.generator import draw
from recipes.forecasting.prepare import SHAPES, Mixture, Panel
from tests.scripts import finetune, on_torch, run


@on_torch
def test_forecasting_on_synthetic_series(tmp_path):
    folders = ("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home"))
    output = run("recipes/forecasting/train.py", "forecasting_any", "--smoke", *folders)
    assert "weights" in output and "saved to" in output
    task = gru_zoo.load(tmp_path / "home" / "forecasting_any")
    assert task.forecast(np.arange(40.0), 3).shape == (3, 3)
    assert task.card.training["epochs"] == 2 and len(task.history["val_loss"]) == 2
    assert [row.name for row in task.card.data] == ["synthetic series"]


@on_torch
def test_forecasting_of_a_table(tmp_path):
    days = pd.date_range("2024-01-01", periods=300, freq="D")
    frame = pd.DataFrame({"date": days, "sales": np.sin(np.arange(300)) + 5})
    frame.to_csv(tmp_path / "my.csv", index=False)
    folders = ("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home"))
    table = ("--csv", str(tmp_path / "my.csv"), "--time", "date")
    run("recipes/forecasting/train.py", "own", "--smoke", *table, *folders)
    task = gru_zoo.load(tmp_path / "home" / "own")
    assert len(task.forecast(tmp_path / "my.csv", 5)) == 5
    assert task.card.data[0].name == "own series"
    arguments = (str(tmp_path / "home" / "own"), "--data", str(tmp_path / "my.csv"))
    output = finetune(*arguments, "--save-to", str(tmp_path / "mine"), "--epochs", "1")
    assert "held-out val_loss" in output or "held-out loss" in output
    assert len(gru_zoo.load(tmp_path / "mine").history["loss"]) == 1


@on_torch
def test_a_seed_gives_the_same_series():
    season = np.array([1, 4, 12, 24] * 8)
    series = draw(np.random.default_rng(3), 32, 120, season)
    assert series.shape == (32, 120) and np.isfinite(series).all()
    np.testing.assert_array_equal(series, draw(np.random.default_rng(3), 32, 120, season))
    assert (series != draw(np.random.default_rng(4), 32, 120, season)).any()


@on_torch
def test_batches_are_new_in_each_epoch_and_the_same_again():
    random = np.random.default_rng(0)
    real = [Panel([random.normal(size=90) for _ in range(3)], 12, 1.0)]
    train = Mixture(real, 8, 8, seed=1, scale=0.1)
    (past, mask, guesses, facts), wanted = train[0]
    assert wanted.shape[:3] == guesses.shape[:3] and len(past) == len(mask) == len(facts)
    assert all(np.isfinite(array).all() for array in (past, guesses, facts, wanted))
    again = Mixture(real, 8, 8, seed=1, scale=0.1)
    np.testing.assert_array_equal(again[0][1], wanted)
    again.epoch = 1
    assert again[0][1].shape != wanted.shape or (again[0][1] != wanted).any()
    assert sum(shape.share for shape in SHAPES) == 1
