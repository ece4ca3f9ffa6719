"""The GRU layer and cell."""

import keras
from keras import ops

from gru_zoo.layers.recurrence import Gates, recurrence, step


def _bias_parts(cell):
    """The input and the recurrent bias, each of shape `(3 * units,)` or None."""
    if not cell.use_bias:
        return None, None
    if cell.reset_after:
        return cell.bias[0], cell.bias[1]
    return cell.bias, None


def _gates(cell):
    return Gates(cell.activation, cell.recurrent_activation, cell.reset_after)


def _project(cell, x):
    """Inputs of all gates, input bias included: `(..., features)` to `(..., 3 * units)`."""
    x = ops.matmul(x, cell.kernel)
    bias, _ = _bias_parts(cell)
    return x if bias is None else x + bias


@keras.saving.register_keras_serializable("gru_zoo")
class GRUCell(keras.layers.GRUCell):
    """One step of the GRU, for `keras.layers.RNN` and for streaming."""

    def __init__(self, units, **kwargs):
        # One dropout mask serves all gates, as in Gal & Ghahramani 2016 (tied weights);
        # `implementation` made that choice in Keras and has no other meaning here.
        kwargs["implementation"] = 2
        super().__init__(units, **kwargs)

    def call(self, inputs, states, training=False):
        is_list = isinstance(states, (list, tuple))
        h = states[0] if is_list else states
        dropout = None
        if training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        if training and self.recurrent_dropout:
            dropout = self.get_recurrent_dropout_mask(h)
        _, bias = _bias_parts(self)
        h = step(_project(self, inputs), h, self.recurrent_kernel, bias, dropout, _gates(self))
        return h, [h] if is_list else h


@keras.saving.register_keras_serializable("gru_zoo")
class GRU(keras.layers.GRU):
    """Gated recurrent unit whose whole recurrence is one fast operation."""

    def inner_loop(self, sequences, initial_state, mask, training=False):
        cell = self.cell
        h0 = initial_state[0] if isinstance(initial_state, (list, tuple)) else initial_state
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        dropout = None
        if training and cell.dropout:
            sequences = sequences * ops.expand_dims(cell.get_dropout_mask(sequences[:, 0]), 1)
        if training and cell.recurrent_dropout:
            dropout = cell.get_recurrent_dropout_mask(h0)
        if mask is not None:
            mask = ops.transpose(ops.cast(mask, "bool"))
        x = _project(cell, ops.transpose(sequences, (1, 0, 2)))
        _, bias = _bias_parts(cell)
        kernel = ops.cast(cell.recurrent_kernel, self.compute_dtype)
        bias = None if bias is None else ops.cast(bias, self.compute_dtype)
        states = recurrence(
            x, h0, kernel, bias, mask, dropout, _gates(cell), self.go_backwards, training
        )
        last = states[-1]
        return last, ops.transpose(states, (1, 0, 2)), [last]
