import numpy as np
import pytest

from gru_zoo.tasks.chess.sampling import choose

P = np.array([0.5, 0.3, 0.15, 0.05])


def draws(**options):
    random = np.random.default_rng(0)
    options = {"temperature": 1.0, "top_p": 1.0, **options}
    chosen = [choose(P, random=random, **options) for _ in range(2_000)]
    return np.bincount(chosen, minlength=4) / 2_000


def test_moves_are_drawn_as_often_as_predicted():
    np.testing.assert_allclose(draws(), P, atol=0.04)


def test_temperature_and_top_p_favor_likelier_moves():
    np.testing.assert_allclose(draws(temperature=0.5), P**2 / (P**2).sum(), atol=0.04)
    np.testing.assert_allclose(draws(top_p=0.8), [0.625, 0.375, 0, 0], atol=0.04)
    assert draws(temperature=0.0)[0] == draws(top_p=1e-9)[0] == 1


@pytest.mark.parametrize("wrong", [{"temperature": -1}, {"top_p": 0}, {"top_p": 1.1}])
def test_numbers_out_of_range_are_errors(wrong):
    with pytest.raises(ValueError, match="Expected"):
        draws(**wrong)
