import keras
import pytest

from gru_zoo import training


def rates(steps, **options):
    """The learning rate of each step."""
    optimizer, found = training.optimizer(1.0, steps, **options), []
    for step in range(steps + 1):
        optimizer.iterations.assign(step)
        found.append(float(keras.ops.convert_to_numpy(optimizer.learning_rate)))
    return found


def test_the_rate_rises_from_a_twentieth_and_falls_to_two_percent():
    found = rates(100)
    assert found[0] == pytest.approx(1 / 20)
    assert found[10] == max(found) == pytest.approx(1.0)
    assert found[-1] == pytest.approx(0.02)


def test_the_rate_rises_for_one_step_at_least():
    assert rates(5, warmup=0.1)[:2] == pytest.approx([1 / 20, 1.0])


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf")])
def test_a_learning_rate_is_above_0(rate):
    with pytest.raises(ValueError, match="a learning rate above 0. Received: learning_rate="):
        training.optimizer(rate, steps=3)
