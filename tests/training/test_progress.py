import itertools
import logging
import time

from gru_zoo import training


def test_the_estimate_is_logged_once(caplog, capsys, monkeypatch):
    clock = itertools.count(100, 1.2)  # read before and after the steps that are measured
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    callback = training.EpochEstimate(epochs=3, skip=1, steps=2)
    callback.set_params({"steps": 100})
    with caplog.at_level(logging.INFO, logger="gru_zoo"):
        for batch in range(5):
            callback.on_train_batch_end(batch)
    (message,) = caplog.messages
    assert message == "\nAbout 1.0 min an epoch, 3 min in all."
    assert capsys.readouterr().out == ""  # a library does not print
