"""The arrays of the model, compared with what they say of small series."""

import numpy as np
import pytest

from gru_zoo.losses.quantile import QuantileLoss
from gru_zoo.metrics.forecasting import LEVELS
from gru_zoo.tasks.forecasting.model import Config, build
from gru_zoo.tasks.forecasting.targets import targets
from gru_zoo.tasks.forecasting.windows import FINE, LIMIT, windows

ROWS = np.array([[np.nan, np.nan, 1.0, 2, 3, 4, 5, 6], [1.0, 5, 2, 6, 3, 7, 4, 8]])
MADE = windows(ROWS, np.array([1, 2]), np.array([0, 4]), 6, 4)


def guesses(row):
    """The four guesses of a row, back in its units, shape `(horizon, 4)`."""
    flat = MADE.guesses[row].reshape(-1, 4).astype("float64")
    return flat * MADE.scale[row] + MADE.center[row]


def test_the_guesses_of_a_line():
    last, _, distant, drift = guesses(0).T
    np.testing.assert_allclose(last, 6, rtol=1e-6)
    np.testing.assert_allclose(distant, 6, rtol=1e-6)  # there is no long season
    np.testing.assert_allclose(drift, np.arange(7, 15), rtol=1e-6)


def test_the_guesses_of_a_season_with_a_trend():
    last, mean, distant, drift = guesses(1).T
    np.testing.assert_allclose(last[:4], [4, 8, 4, 8], rtol=1e-6)
    np.testing.assert_allclose(mean[:4], [4, 8, 4, 8], rtol=1e-6)  # around the last level, 6
    np.testing.assert_allclose(distant[:4], [3, 7, 4, 8], rtol=1e-6)
    np.testing.assert_allclose(drift[1] - drift[0], 0.5, rtol=1e-6)


def test_patches_end_with_the_last_value():
    values = MADE.past[0, :, :4].ravel() * MADE.scale[0] + MADE.center[0]
    np.testing.assert_allclose(values[-6:], [1, 2, 3, 4, 5, 6], rtol=1e-6)
    np.testing.assert_array_equal(MADE.past[0, :, 8:12].ravel(), [0, 0, 1, 1, 1, 1, 1, 1])
    assert MADE.mask.all()
    flat = MADE.past[1, :, 4:8].ravel()  # without its season, a line of steps
    assert np.abs(np.diff(flat)).max() < np.abs(np.diff(MADE.past[1, :, :4].ravel())).max() / 2


def test_older_values_are_means_and_missing_patches_are_masked():
    past = np.full((1, 640), np.nan)
    past[0, 300:] = np.arange(340.0)
    made = windows(past, np.array([1]), np.array([0]), 8, 8)
    older = (640 - FINE) // 64
    assert made.past.shape == (1, older + FINE // 8, 25)
    assert made.past[0, :older, -1].all() and not made.past[0, older:, -1].any()
    np.testing.assert_array_equal(made.mask[0], [False] * 4 + [True] * (older - 4 + FINE // 8))
    last = made.past[0, older - 1, 7] * made.scale[0] + made.center[0]
    np.testing.assert_allclose(last, np.mean(np.arange(76, 84)), rtol=1e-5)


def test_marks_of_missing_values_do_not_set_the_scale():
    values = np.random.default_rng(0).normal(size=(1, 200))
    clean = windows(values, np.array([1]), np.array([0]), 8, 8)
    marked = values.copy()
    marked[0, 50] = -9999
    made = windows(marked, np.array([1]), np.array([0]), 8, 8)
    np.testing.assert_allclose(made.scale, clean.scale, rtol=0.5)
    assert np.abs(made.past).max() <= LIMIT


def test_a_constant_has_no_scale():
    made = windows(np.full((1, 20), 3.0), np.array([1]), np.array([0]), 8, 8)
    assert made.scale == 0 and np.isfinite(np.concatenate([a.ravel() for a in made.inputs])).all()
    np.testing.assert_array_equal(made.unscaled(np.full((1, 2), 4.0)), 3.0)


def test_targets_and_loss():
    future = np.array([[7.0, np.nan, 9, 10, 11, 12, 13, 14], [4.0] * 8])
    wanted = targets(MADE, future, 4)
    assert wanted.shape == (2, 2, 4, 2) and wanted[0, 0, 1, 1] == 0
    exact = np.repeat(wanted[..., :1], len(LEVELS), axis=-1)
    assert float(QuantileLoss(LEVELS)(wanted, exact)) == 0
    off = float(QuantileLoss(LEVELS)(wanted, exact + 1))
    assert off == pytest.approx(0.5 * wanted[..., 1].mean(), rel=1e-5)


def test_weights_of_steps_are_those_of_errors_in_units_of_the_series():
    future = np.array([[7.0, np.nan, 9, 10, 11, 12, 13, 14], [4.0] * 8])
    steps = np.arange(8.0)
    weights = targets(MADE, future, 4, steps)[..., 1].reshape(2, 8)
    assert weights[0, 1] == 0  # unknown
    np.testing.assert_allclose(weights[1], MADE.scale[1] * steps, rtol=1e-6)


def test_quantiles_never_cross_and_patches_ahead_change_none_before():
    model = build(Config(patch=4, units=5, depth=2))
    near = model.predict_on_batch([a[:, :1] if i > 1 else a for i, a in enumerate(MADE.inputs)])
    far = model.predict_on_batch(MADE.inputs)
    assert far.shape == (2, 2, 4, 9) and (np.diff(far, axis=-1) > 0).all()
    np.testing.assert_allclose(near, far[:, :1], atol=1e-5)
