import json
import os
import random
import signal
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

from gru_zoo import training
from gru_zoo.batching.dataset import BucketedBatches
from tests.backends import JIT
from tests.paths import ROOT
from tests.training.tiny_training import Scripted, fit, fit_scripted, inputs, parts


class Kill(keras.callbacks.Callback):
    """Kills the process in the middle of an epoch."""

    def __init__(self, at):
        super().__init__()
        self.left = at

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def train(directory, resume=False, callbacks=(), seed=3):
    """A training whose loss falls steadily, in epochs of 5 batches: its losses, its weights."""
    random.seed(seed)
    rng = np.random.default_rng(0)
    ids = [rng.integers(1, 9, size=n) for n in rng.integers(1, 7, size=40)]
    labels = np.array([[float(i.sum())] for i in ids], "float32")
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(9, 4)(tokens)
    x = keras.layers.Dropout(0.2)(keras.layers.GlobalAveragePooling1D()(x))
    model = keras.Model(tokens, keras.layers.Dense(1)(x))
    batches = BucketedBatches(ids, labels, batch_size=8, seed=1, lengths=(8,))
    held_out = BucketedBatches(ids, labels, batch_size=8, shuffle=False, lengths=(8,))
    model.compile(training.optimizer(0.05, steps=len(batches) * 4), loss="mse", jit_compile=JIT)
    options = {"epochs": 4, "directory": directory, "resume": resume, "callbacks": callbacks}
    history = fit(model, batches, held_out, **options)
    return [np.array(history.history["val_loss"]), *model.get_weights()]


def test_a_killed_training_ends_like_one_that_was_not(tmp_path):
    expected = train(tmp_path / "whole")
    code = f"""
        from tests.training.test_fit import Kill, train
        train({str(tmp_path / "killed")!r}, callbacks=(Kill(13),))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    killed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    state = json.loads((tmp_path / "killed" / "state.json").read_text())
    assert state["epoch"] == 2
    # Another seed: all that counts comes from the files.
    found = train(tmp_path / "killed", resume=True, seed=4)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    histories = (
        training.read_history((tmp_path / name / "history.csv").read_text())
        for name in ("killed", "whole")
    )
    for one, other in zip(*(history.items() for history in histories), strict=True):
        assert one[0] == other[0] and len(one[1]) == 4
        np.testing.assert_allclose(one[1], other[1], rtol=1e-4, atol=1e-5)


def test_the_best_weights_are_kept():
    model, batches, held_out = parts()

    class Spoil(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.model.set_weights([w + 100 for w in self.model.get_weights()])

    history = fit(model, batches, held_out, callbacks=(Spoil(),))
    assert history.history["val_loss"][1] > history.history["val_loss"][0]
    loss = model.evaluate(held_out, verbose=0)
    assert loss == pytest.approx(history.history["val_loss"][0], rel=1e-4)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The directory of a training that is done."""
    directory = tmp_path_factory.mktemp("finished")
    fit(*parts(), directory=directory)
    return directory


def test_a_finished_training_is_not_overwritten(finished):
    with pytest.raises(FileExistsError, match="holds a training. Resume it"):
        fit(*parts(), directory=finished)
    history = fit(*parts(), directory=finished, resume=True)
    assert len(history.history["loss"]) == 2


def test_other_settings_are_refused(finished):
    message = "had other settings. Expected: epochs=2. Received: epochs=3. Resume with the same"
    with pytest.raises(ValueError, match=message):
        fit(*parts(), directory=finished, resume=True, epochs=3)


def test_other_examples_are_refused(finished):
    with pytest.raises(ValueError, match="had other examples. Give the same in the same order"):
        fit(*parts(seed=1), directory=finished, resume=True)
    model, batches, held_out = parts()
    relabelled = BucketedBatches(inputs(), np.zeros((12, 1), "float32"), batch_size=4, lengths=(4,))
    with pytest.raises(ValueError, match="had other examples"):
        fit(model, relabelled, held_out, directory=finished, resume=True)


def test_unknown_monitor():
    with pytest.raises(ValueError, match=r"monitor among \['loss', 'val_loss'\]"):
        fit(*parts(), monitor="val_bleu")


def test_unknown_mode():
    with pytest.raises(ValueError, match="mode 'min' or 'max'. Received: mode='up'"):
        fit(*parts(), mode="up")


def test_a_loss_that_is_not_a_number_stops():
    model, batches, held_out = parts()
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    with pytest.raises(ValueError, match="The loss is nan after epoch 1"):
        fit(model, batches, held_out)


class Break(keras.callbacks.Callback):
    """Spoils the weights, and breaks a training off, in one of its epochs."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            self.model.set_weights([w * np.nan for w in self.model.get_weights()])
            raise KeyboardInterrupt


def test_a_training_that_is_broken_off_leaves_good_weights():
    model, batches, held_out = parts()
    before = model.get_weights()
    with pytest.raises(KeyboardInterrupt):
        fit(model, batches, held_out, callbacks=(Break(0),))
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    with pytest.raises(KeyboardInterrupt):
        fit(model, batches, held_out, callbacks=(Break(1),))
    assert np.isfinite(model.evaluate(held_out, verbose=0))
    assert any((now != then).any() for now, then in zip(model.get_weights(), before, strict=True))


def test_a_training_has_an_epoch_at_least():
    with pytest.raises(ValueError, match="epochs of 1 or more. Received: epochs=0"):
        fit(*parts(), epochs=0)


def test_an_average_is_of_an_epoch_at_least():
    with pytest.raises(ValueError, match="average of 1 or more. Received: average=0"):
        fit(*parts(), average=0)


def test_patience_is_of_an_epoch_at_least():
    with pytest.raises(ValueError, match="patience of 1 or more, or None. Received: patience=0"):
        fit(*parts(), patience=0)


def test_a_model_that_is_no_number_is_not_kept():
    model, batches, held_out = parts()
    before = model.get_weights()

    class Spoil(Scripted):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            logs["val_loss"] = float("nan")  # as of weights that became NaN in the last step

    options = {"monitor": "score", "mode": "max", "callbacks": (Spoil((1, 2)),)}
    with pytest.raises(ValueError, match="The val_loss is nan after epoch 1"):
        fit(model, batches, held_out, **options)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_nothing_is_said_where_nothing_is_to_be(capsys):
    fit(*parts(epochs=20), epochs=20, verbose=0)
    assert capsys.readouterr().out == ""


def test_files_of_others_stay(tmp_path):
    other = tmp_path / "epoch-9.weights.h5"
    other.write_bytes(b"of somebody else")
    fit(*parts(), directory=tmp_path)
    assert other.read_bytes() == b"of somebody else"


def test_a_resumed_training_has_a_directory():
    with pytest.raises(ValueError, match="Expected a directory to resume from"):
        fit(*parts(), resume=True)


def test_a_directory_may_be_in_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    fit(*parts(), directory="~/work")
    assert (tmp_path / "work" / "state.json").is_file()


def test_a_damaged_state_is_named(tmp_path):
    (tmp_path / "state.json").write_text('{"epoch": 1, ')
    with pytest.raises(ValueError, match=r"state.json' is not valid JSON .* the file is damaged"):
        fit(*parts(), directory=tmp_path, resume=True)


def test_what_is_monitored_is_a_number():
    with pytest.raises(ValueError, match="The score is nan after epoch 2"):
        fit_scripted((1.0, float("nan")), None)


def test_only_needed_checkpoints_stay(finished):
    state = json.loads((finished / "state.json").read_text())
    kept = {path.name for path in finished.glob("*.h5")}
    assert kept == {state["last_file"], *(file for _, file in state["best"])}


@pytest.mark.parametrize("scores, mean", [((5, 1, 3, 4), 1.5), ((2, 2, 2, 1), 0.5)])
def test_the_best_epochs_are_averaged(tmp_path, scores, mean):
    for resume in (False, True):
        _, weights = fit_scripted(scores, tmp_path, average=2, resume=resume)
        for array in weights:
            np.testing.assert_allclose(array, mean)
    assert len(list(tmp_path.glob("*.h5"))) <= 3


def test_patience_ends_a_training(tmp_path):
    for resume in (False, True):
        history, weights = fit_scripted((1, 5, 4, 3, 9), tmp_path, patience=2, resume=resume)
        assert history.history["score"] == [1, 5, 4, 3]
        assert history.epoch == [0, 1, 2, 3]
        np.testing.assert_allclose(weights[0], 1)
