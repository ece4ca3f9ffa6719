"""Training of a model whose state goes on from batch to batch."""

import keras
import numpy as np
from keras import ops


class StatefulModel(keras.Model):
    """A model that starts every batch from the states in which it ended the batch before.

    Its own states are explicit inputs and outputs; here they are kept in variables, row by row,
    so that `fit` and `evaluate` see ids alone. No gradient crosses from batch to batch.

    Args:
        model: from ids, `(batch, time)`, and states, each `(batch, ...)`, to logits and the states
            after the last step.
        rows: rows of every batch.

    Call arguments:
        inputs: ids, integer, shape `(rows, time)`.

    Output shape: that of the logits.
    """

    def __init__(self, model: keras.Model, rows: int):
        super().__init__(name="carried")
        self.model = model
        self.states = [
            self.add_weight(
                shape=(rows, *state.shape[1:]),
                initializer="zeros",
                dtype=state.dtype,
                autocast=False,  # on torch, Keras would assign to a copy in half precision
                trainable=False,
                name=state.name,
            )
            for state in model.inputs[1:]
        ]
        self.built = True  # weights can be loaded before the first call

    def call(self, inputs, training=False):
        # Copies, because the variables are assigned while the gradient still needs what they held.
        before = [ops.copy(state) for state in self.states]
        inputs = [ops.convert_to_tensor(inputs), *before]
        logits, *after = self.model(inputs, training=training)
        for state, new in zip(self.states, after, strict=True):
            state.assign(ops.stop_gradient(ops.cast(new, state.dtype)))
        return logits


class ResetStates(keras.callbacks.Callback):
    """Lets the states of a `StatefulModel` model begin from zeros in every epoch and evaluation."""

    def on_epoch_begin(self, epoch, logs=None):
        self._reset()

    def on_test_begin(self, logs=None):
        self._reset()

    def _reset(self):
        for state in self.model.states:
            state.assign(np.zeros(state.shape, state.dtype))
