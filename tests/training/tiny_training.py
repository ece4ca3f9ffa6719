"""A training of a few seconds, whole or with parts exchanged."""

import keras
import numpy as np

from gru_zoo import training
from gru_zoo.batching.dataset import BucketedBatches
from tests.backends import JIT


def inputs(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(1, 9, size=4) for _ in range(12)]


def parts(epochs=2, seed=0):
    """A compiled model, its training batches and its validation batches."""
    ids = inputs(seed)
    labels = np.ones((12, 1), "float32")
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(9, 2)(tokens))
    model = keras.Model(tokens, keras.layers.Dense(1)(x))
    batches = BucketedBatches(ids, labels, batch_size=4, lengths=(4,))
    held_out = BucketedBatches(ids, labels, batch_size=4, lengths=(4,), shuffle=False)
    model.compile(training.optimizer(0.1, steps=3 * epochs), loss="mse", jit_compile=JIT)
    return model, batches, held_out


def fit(model, batches, held_out, **options):
    options = {"epochs": 2, "monitor": "val_loss", "mode": "min", "verbose": 0} | options
    return training.fit(model, batches, held_out, **options)


class Scripted(keras.callbacks.Callback):
    """Gives each epoch a score, and weights that all are the number of the epoch."""

    def __init__(self, scores):
        super().__init__()
        self.scores = scores

    def on_epoch_end(self, epoch, logs=None):
        logs["score"] = self.scores[epoch]
        self.model.set_weights([np.full_like(w, epoch) for w in self.model.get_weights()])


def fit_scripted(scores, directory, **kwargs):
    """History and final weights of a training with these scores."""
    model, batches, held_out = parts()
    options = {"epochs": len(scores), "monitor": "score", "mode": "max", "directory": directory}
    callbacks = (Scripted(scores),)
    history = fit(model, batches, held_out, callbacks=callbacks, **{**options, **kwargs})
    return history, model.get_weights()
