"""Stateful training: the final state of a batch is the initial state of the next.

This is truncated backpropagation through time.
"""

import keras
import numpy as np
from keras import ops


class StatefulModel(keras.Model):
    """A model that starts every batch from the states in which it ended the batch before.

    The wrapped model has its states as explicit inputs and outputs. Here they are kept in
    variables, one row for each stream of a text, so that `fit` and `evaluate` take ids alone. The
    gradient stops at the start of a batch.

    Args:
        model: model from ids, `(batch, time)`, and states, each `(batch, ...)`, to logits and the
            states after the last step.
        rows: rows of every batch, see `gru_zoo.batching.stream.StreamBatches`.

    Call arguments:
        inputs: ids, integer, shape `(rows, time)`.
        training: whether dropout is active.

    Output shape:
        That of the logits, `(rows, time, vocabulary)`.
    """

    def __init__(self, model: keras.Model, rows: int):
        super().__init__(name="carried")
        self.model = model
        self.states = [
            self.add_weight(
                shape=(rows, *state.shape[1:]),
                initializer="zeros",
                dtype=state.dtype,
                autocast=False,  # on torch, Keras would assign to a half-precision copy
                trainable=False,
                name=state.name,
            )
            for state in model.inputs[1:]
        ]
        self.built = True  # weights can be loaded before the first call

    def call(self, inputs, training=False):
        # Copies: the variables are assigned before the gradient has read their old values.
        before = [ops.copy(state) for state in self.states]
        inputs = [ops.convert_to_tensor(inputs), *before]
        logits, *after = self.model(inputs, training=training)
        for state, new in zip(self.states, after, strict=True):
            state.assign(ops.stop_gradient(ops.cast(new, state.dtype)))
        return logits


class ResetStates(keras.callbacks.Callback):
    """Sets the states of a `StatefulModel` to zeros before each epoch and each evaluation."""

    def on_epoch_begin(self, epoch, logs=None):
        self._reset()

    def on_test_begin(self, logs=None):
        self._reset()

    def _reset(self):
        for state in self.model.states:
            state.assign(np.zeros(state.shape, state.dtype))
