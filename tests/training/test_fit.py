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
    history = _fit(model, batches, held_out, **options)
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
    rows = (tmp_path / "killed" / "history.csv").read_text().splitlines()
    assert rows == (tmp_path / "whole" / "history.csv").read_text().splitlines() or len(rows) == 5
    assert [row.split(",")[0] for row in rows] == ["epoch", "1", "2", "3", "4"]


def _inputs(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(1, 9, size=4) for _ in range(12)]


def _parts(epochs=2, seed=0):
    inputs = _inputs(seed)
    labels = np.ones((12, 1), "float32")
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(9, 2)(tokens))
    model = keras.Model(tokens, keras.layers.Dense(1)(x))
    batches = BucketedBatches(inputs, labels, batch_size=4, lengths=(4,))
    held_out = BucketedBatches(inputs, labels, batch_size=4, lengths=(4,), shuffle=False)
    model.compile(training.optimizer(0.1, steps=3 * epochs), loss="mse", jit_compile=JIT)
    return model, batches, held_out


def _fit(model, batches, held_out, **options):
    options = {"epochs": 2, "monitor": "val_loss", "mode": "min", "verbose": 0} | options
    return training.fit(model, batches, held_out, **options)


def test_the_best_weights_are_kept():
    model, batches, held_out = _parts()

    class Spoil(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.model.set_weights([w + 100 for w in self.model.get_weights()])

    history = _fit(model, batches, held_out, callbacks=(Spoil(),))
    assert history.history["val_loss"][1] > history.history["val_loss"][0]
    loss = model.evaluate(held_out, verbose=0)
    assert loss == pytest.approx(history.history["val_loss"][0], rel=1e-4)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The directory of a training that is done."""
    directory = tmp_path_factory.mktemp("finished")
    _fit(*_parts(), directory=directory)
    return directory


def test_a_finished_training_is_not_overwritten(finished):
    with pytest.raises(FileExistsError, match="holds a training. Resume it"):
        _fit(*_parts(), directory=finished)
    history = _fit(*_parts(), directory=finished, resume=True)
    assert len(history.history["loss"]) == 2


def test_other_settings_are_refused(finished):
    message = "had other settings. Expected: epochs=2. Received: epochs=3. Resume with the same"
    with pytest.raises(ValueError, match=message):
        _fit(*_parts(), directory=finished, resume=True, epochs=3)


def test_other_examples_are_refused(finished):
    with pytest.raises(ValueError, match="had other examples. Give the same in the same order"):
        _fit(*_parts(seed=1), directory=finished, resume=True)
    model, batches, held_out = _parts()
    relabelled = BucketedBatches(
        _inputs(), np.zeros((12, 1), "float32"), batch_size=4, lengths=(4,)
    )
    with pytest.raises(ValueError, match="had other examples"):
        _fit(model, relabelled, held_out, directory=finished, resume=True)


def test_unknown_monitor():
    with pytest.raises(ValueError, match=r"monitor among \['loss', 'val_loss'\]"):
        _fit(*_parts(), monitor="val_bleu")


def test_unknown_mode():
    with pytest.raises(ValueError, match="mode 'min' or 'max'. Received: mode='up'"):
        _fit(*_parts(), mode="up")


def test_a_loss_that_is_not_a_number_stops():
    model, batches, held_out = _parts()
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    with pytest.raises(ValueError, match="The loss is nan after epoch 1"):
        _fit(model, batches, held_out)


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
    model, batches, held_out = _parts()
    before = model.get_weights()
    with pytest.raises(KeyboardInterrupt):
        _fit(model, batches, held_out, callbacks=(Break(0),))
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    with pytest.raises(KeyboardInterrupt):
        _fit(model, batches, held_out, callbacks=(Break(1),))
    assert np.isfinite(model.evaluate(held_out, verbose=0))
    assert any((now != then).any() for now, then in zip(model.get_weights(), before, strict=True))


def test_a_training_has_an_epoch_at_least():
    with pytest.raises(ValueError, match="epochs of 1 or more. Received: epochs=0"):
        _fit(*_parts(), epochs=0)


def test_an_average_is_of_an_epoch_at_least():
    with pytest.raises(ValueError, match="average of 1 or more. Received: average=0"):
        _fit(*_parts(), average=0)


def test_patience_is_of_an_epoch_at_least():
    with pytest.raises(ValueError, match="patience of 1 or more, or None. Received: patience=0"):
        _fit(*_parts(), patience=0)


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf")])
def test_a_learning_rate_is_above_0(rate):
    with pytest.raises(ValueError, match="a learning rate above 0. Received: learning_rate="):
        training.optimizer(rate, steps=3)


def test_a_model_that_is_no_number_is_not_kept():
    model, batches, held_out = _parts()
    before = model.get_weights()

    class Spoil(Scripted):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            logs["val_loss"] = float("nan")  # as of weights that are none since the last step

    options = {"monitor": "score", "mode": "max", "callbacks": (Spoil((1, 2)),)}
    with pytest.raises(ValueError, match="The val_loss is nan after epoch 1"):
        _fit(model, batches, held_out, **options)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_nothing_is_said_where_nothing_is_to_be(capsys):
    _fit(*_parts(epochs=20), epochs=20, verbose=0)
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="torch's generator")
def test_the_users_generator_goes_on():
    import torch

    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    _fit(*_parts())
    assert torch.equal(torch.rand(3), expected)


def test_files_of_others_stay(tmp_path):
    other = tmp_path / "epoch-9.weights.h5"
    other.write_bytes(b"of somebody else")
    _fit(*_parts(), directory=tmp_path)
    assert other.read_bytes() == b"of somebody else"


def test_a_resumed_training_has_a_directory():
    with pytest.raises(ValueError, match="Expected a directory to resume from"):
        _fit(*_parts(), resume=True)


def test_a_directory_may_be_in_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    _fit(*_parts(), directory="~/work")
    assert (tmp_path / "work" / "state.json").is_file()


def test_a_damaged_state_is_named(tmp_path):
    (tmp_path / "state.json").write_text('{"epoch": 1, ')
    with pytest.raises(ValueError, match=r"state.json' is not valid JSON .* the file is damaged"):
        _fit(*_parts(), directory=tmp_path, resume=True)


def test_what_is_monitored_is_a_number():
    with pytest.raises(ValueError, match="The score is nan after epoch 2"):
        _fit_scripted((1.0, float("nan")), None)


def test_a_history_comes_back():
    history = {"loss": [2.5, 1.25], "val_loss": [3.0, float("nan")]}
    found = training.read_history(training.history_csv(history))
    assert list(found) == ["loss", "val_loss"] and found["loss"] == [2.5, 1.25]
    assert found["val_loss"][0] == 3.0 and np.isnan(found["val_loss"][1])


def test_only_needed_checkpoints_stay(finished):
    state = json.loads((finished / "state.json").read_text())
    kept = {path.name for path in finished.glob("*.h5")}
    assert kept == {state["last_file"], *(file for _, file in state["best"])}


class Scripted(keras.callbacks.Callback):
    """Gives each epoch a score, and weights that all are the epoch's number."""

    def __init__(self, scores):
        super().__init__()
        self.scores = scores

    def on_epoch_end(self, epoch, logs=None):
        logs["score"] = self.scores[epoch]
        self.model.set_weights([np.full_like(w, epoch) for w in self.model.get_weights()])


def _fit_scripted(scores, directory, **kwargs):
    model, batches, held_out = _parts()
    options = {"epochs": len(scores), "monitor": "score", "mode": "max", "directory": directory}
    callbacks = (Scripted(scores),)
    history = _fit(model, batches, held_out, callbacks=callbacks, **{**options, **kwargs})
    return history, model.get_weights()


@pytest.mark.parametrize("scores, mean", [((5, 1, 3, 4), 1.5), ((2, 2, 2, 1), 0.5)])
def test_the_best_epochs_are_averaged(tmp_path, scores, mean):
    for resume in (False, True):
        _, weights = _fit_scripted(scores, tmp_path, average=2, resume=resume)
        for array in weights:
            np.testing.assert_allclose(array, mean)
    assert len(list(tmp_path.glob("*.h5"))) <= 3


def test_patience_ends_a_training(tmp_path):
    for resume in (False, True):
        history, weights = _fit_scripted((1, 5, 4, 3, 9), tmp_path, patience=2, resume=resume)
        assert history.history["score"] == [1, 5, 4, 3]
        assert history.epoch == [0, 1, 2, 3]
        np.testing.assert_allclose(weights[0], 1)


def test_estimate_is_said_once(capsys):
    callback = training.EpochEstimate(epochs=2, skip=1, steps=2)
    callback.set_params({"steps": 100})
    for batch in range(5):
        callback.on_train_batch_end(batch)
    assert capsys.readouterr().out.count("min an epoch") == 1


def test_a_split_holds_out_the_share_and_one_example_at_least():
    train, held = training.split(40, 0.25, seed=1, what="texts")
    assert len(held) == 10 and sorted([*train, *held]) == list(range(40))
    assert len(training.split(3, 0.1, seed=1, what="texts")[1]) == 1


@pytest.mark.parametrize("share", [0.0, 1.0, 0.9])
def test_a_split_leaves_examples_on_both_sides(share):
    message = f"leave texts on both sides. Received: validation={share} of 2 texts"
    with pytest.raises(ValueError, match=message):
        training.split(2, share, seed=1, what="texts")


@pytest.mark.parametrize("share", [0, 0.2, np.float32(0.2), np.float64(0.2)])
def test_a_share_is_any_number(share):
    assert training.is_share(share, "texts and labels")


def test_examples_are_no_share():
    assert not training.is_share((["a"], ["b"]), "texts and labels")
    assert not training.is_share([1, 2, 3])


@pytest.mark.parametrize("validation", [None, "0.1", (["a"],), (["a"], ["b"], ["c"])])
def test_validation_is_a_share_or_a_pair(validation):
    with pytest.raises(TypeError, match="such as 0.1, or a pair of texts and labels. Received: v"):
        training.is_share(validation, "texts and labels")


@pytest.mark.parametrize("seed", [2**31, 2**40 + 5])
def test_a_seed_may_be_large(seed):
    layer = keras.layers.Dropout(0.5)
    model = keras.Sequential([keras.Input((2,)), layer])
    training.seed_generators(model, seed)
    assert np.asarray(layer.seed_generator.state.numpy())[0] == seed % 2**31
