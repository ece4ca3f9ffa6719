"""Presets of one set, baselines and the calibration of forecasting."""

import numpy as np
import pytest

from gru_zoo.data.examples import TimeSeries
from gru_zoo.tasks.forecasting.model import Config
from gru_zoo.tasks.forecasting.processor import ForecastingProcessor
from gru_zoo.tasks.forecasting.task import Forecasting
from recipes.forecasting import baselines
from recipes.forecasting.calibration import _ratios, calibrate
from recipes.forecasting.prepare import Panel
from recipes.forecasting.sets import step_weights
from tests.scripts import on_torch
from tests.tiny_card import tiny_card

LINE = TimeSeries(np.arange(900.0)[:, None] * [0.01, -0.02], 600, "lines", 1, (2, 4))


@on_torch
def test_weights_of_steps_make_the_loss_the_score():
    errors = np.array([3.0, 1, 4, 1, 5, 9])
    expected = (errors[:2].mean() + errors[:4].mean()) / 2
    weights = step_weights(LINE, 6)
    assert weights[4:].tolist() == [0, 0] and weights.mean() == pytest.approx(1)
    assert (weights * errors).mean() == pytest.approx(expected)


@on_torch
def test_simple_baselines():
    pasts = [np.array([1.0, 2, 1, 3]), np.array([5.0, np.nan])]
    found = baselines.last(pasts, [2, 1], 3)
    assert found.shape == (2, 3, 9)
    np.testing.assert_array_equal(found[..., 4], [[3, 3, 3], [5, 5, 5]])
    np.testing.assert_allclose(baselines.seasonal(pasts[:1], [2], 3)[0, :, 4], [1, 3, 1])


@on_torch
@pytest.mark.parametrize("name", ["nlinear", "gru"])
def test_trained_baselines_learn(name, monkeypatch):
    monkeypatch.setattr(baselines, "_LOOK_BACK", {name: 8})
    monkeypatch.setattr(baselines, "_STEPS", 60)
    monkeypatch.setattr(baselines, "_EPOCHS", 2)
    forecast = baselines.trained(name, LINE, LINE, seed=0)
    pasts = [LINE.values[start : start + 20, 0] for start in (600, 700)]
    found = forecast(pasts, [1, 1], 4)
    assert found.shape == (2, 4, 9) and (np.ptp(found, axis=-1) == 0).all()
    truth = np.stack([LINE.values[start + 20 : start + 24, 0] for start in (600, 700)])
    limit = 0.1 if name == "nlinear" else 3.0
    assert np.abs(found[..., 0] - truth).max() < limit


@on_torch
def test_calibration_widens_what_held_out_series_leave():
    config = Config(units=4, depth=1)
    task = Forecasting(
        Forecasting.build(config), ForecastingProcessor(), tiny_card("forecasting", config)
    )
    random = np.random.default_rng(0)
    walks = [np.cumsum(random.normal(size=80)) for _ in range(20)]
    widths = calibrate(task, [Panel(walks, 1, 1.0), Panel(walks[:3], 365, 1.0)])
    assert list(widths) == ["1"] and widths["1"] > 1 and task.processor.widths == widths
    again = _ratios(task, Panel(walks, 1, 1.0), np.random.default_rng((7, 0)))
    assert (again <= 1).mean() == pytest.approx(0.8, abs=0.01)
