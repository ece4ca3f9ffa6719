"""Errors of forecasts, compared with numbers worked out by hand or published."""

import numpy as np
import pytest

from gru_zoo.metrics import forecasting as scores


def test_quantile_loss_of_the_median_is_the_absolute_error():
    values = np.array([1.0, 4.0])
    np.testing.assert_allclose(
        scores.quantile_losses(values, np.array([[2.0], [1.0]]), (0.5,)), [1, 3]
    )
    losses = scores.quantile_losses(np.array([10.0, 0.0]), np.array([[8.0], [8.0]]), (0.9,))
    np.testing.assert_allclose(losses, [2 * 0.9 * 2, 2 * 0.1 * 8])


def test_a_point_has_the_normalized_deviation_as_weighted_quantile_loss():
    values = [np.array([2.0, np.nan, 4.0])]
    point = [np.full((3, 9), 3.0)]
    assert scores.weighted_quantile_loss(values, point) == pytest.approx(2 / 6)
    with pytest.raises(ValueError, match="other than 0"):
        scores.weighted_quantile_loss([np.zeros(2)], [np.zeros((2, 9))])


def test_scaled_error():
    past = np.array([1.0, 5.0, 2.0, 7.0])
    assert scores.seasonal_errors(past, 2) == 1.5
    assert scores.seasonal_errors(past, 9) == 4.0  # too short: the step before
    assert scores.mase([np.array([3.0])], [np.array([6.0])], [past], 2) == 2.0
    with pytest.raises(ValueError, match="not constant"):
        scores.mase([np.array([3.0])], [np.array([6.0])], [np.ones(4)], 1)


def test_coverage_counts_known_values_alone():
    values = np.array([1.0, np.nan, 3.0])
    assert scores.coverage(values, np.zeros(3), np.full(3, 2.0)) == 0.5


def test_relative_squared_error_of_the_mean_is_one():
    values = np.array([1.0, 2.0, 6.0])
    assert scores.relative_squared_error(values, np.full(3, 3.0), 3.0) == 1.0


def test_seasonal_naive():
    past = np.array([9.0, 1.0, 2.0, np.nan, 4.0])
    forecast = scores.seasonal_naive(past, 2, 3)
    np.testing.assert_allclose(forecast[:, 4], [2.0, 4.0, 2.0])  # the gap has the value before
    widths = forecast[:, 8] - forecast[:, 0]
    np.testing.assert_allclose(widths[2] / widths[0], np.sqrt(2))
    # Values of a season apart differ by -7, 1 and 2; the quantile .9 lies 1.2816 deviations up.
    np.testing.assert_allclose(widths[0], 2 * 1.2815516 * np.std([-7, 1, 2], ddof=1), rtol=1e-6)
