import numpy as np

from gru_zoo import training


def test_a_history_comes_back():
    history = {"loss": [2.5, 1.25], "val_loss": [3.0, float("nan")]}
    found = training.read_history(training.history_csv(history))
    assert list(found) == ["loss", "val_loss"] and found["loss"] == [2.5, 1.25]
    assert found["val_loss"][0] == 3.0 and np.isnan(found["val_loss"][1])
