"""One step of a GRU as a Keras layer."""

import keras
import numpy as np
from keras import ops

from gru_zoo.layers.keras_compat import DropoutMasks, in_float32
from gru_zoo.layers.recurrence import StepConfig, Weights, advance


@keras.saving.register_keras_serializable("gru_zoo")
class GRUCell(DropoutMasks, keras.layers.GRUCell):
    """One step of a gated recurrent unit, for `keras.layers.RNN` and for your own loops.

    The equations, arguments and weights are those of `GRU`.

    Args:
        units: number of units, a positive integer.
        layer_norm: see `GRU`. Default False.
        zoneout: see `GRU`; a cell applies it in inference only. Default 0.
        recurrent_weight_dropout: see `GRU`. Default 0.
        **kwargs: every other argument of `keras.layers.GRUCell`, with the same meaning, except
            that one dropout mask serves all three gates; see `GRU`.

    Call arguments:
        inputs: float, shape `(batch, features)`.
        states: the previous state, shape `(batch, units)`, or a list that holds it.
        training: whether dropout applies, a boolean. Default False.

    Output shape: the new state, `(batch, units)`, and once more the new state, in a list if
    `states` was one.

    Example:

        >>> rnn = keras.layers.RNN(GRUCell(4), return_sequences=True)
        >>> rnn(np.random.random((32, 10, 8))).shape
        (32, 10, 4)
    """

    def __init__(
        self, units, *, layer_norm=False, zoneout=0.0, recurrent_weight_dropout=0.0, **kwargs
    ):
        super().__init__(units, **kwargs)
        self.layer_norm = layer_norm
        self.zoneout = _rate("zoneout", zoneout)
        self.recurrent_weight_dropout = _rate("recurrent_weight_dropout", recurrent_weight_dropout)

    def add_weight(self, shape=None, initializer=None, dtype=None, **kwargs):
        if (dtype or self.variable_dtype) in ("float16", "bfloat16"):
            initializer = in_float32(initializer)
        return super().add_weight(shape, initializer, dtype, **kwargs)

    def build(self, input_shape):
        super().build(input_shape)
        self.gain = None
        if self.layer_norm:
            shape = (2, 3 * self.units)
            self.gain = self.add_weight(shape=shape, name="gain", initializer="ones")

    def gates(
        self, training: bool = False, use_cudnn: bool | str = "auto", unroll: bool = False
    ) -> StepConfig:
        """The activations and options of one step; for the other arguments see `StepConfig`."""
        zoneout = 0.0 if training else self.zoneout
        activations = self.activation, self.recurrent_activation
        return StepConfig(
            *activations, self.reset_after, self.layer_norm, zoneout, use_cudnn, unroll
        )

    def tensors(self, training: bool = False) -> Weights:
        """The weights in the dtype in which products are computed."""
        dtype = self.compute_dtype
        kernel = as_dtype(self.kernel.value, dtype)
        recurrent_kernel = as_dtype(self.recurrent_kernel.value, dtype)
        if training and self.recurrent_weight_dropout:
            recurrent_kernel = recurrent_kernel * self.get_recurrent_weight_mask()
        bias = recurrent_bias = None
        if self.use_bias:
            bias = as_dtype(self.bias.value, dtype)
            if self.reset_after:
                bias, recurrent_bias = bias[0], bias[1]
        gain = (None, None) if self.gain is None else as_dtype(self.gain.value, dtype)
        return Weights(kernel, recurrent_kernel, bias, recurrent_bias, gain[0], gain[1])

    def draw_zoneout(self, batch, time):
        """A mask of zoneout: True where a unit keeps its state, `(batch, time, units)`."""
        shape = (batch, time, self.units)
        return keras.random.uniform(shape, dtype="float32", seed=self.seed_generator) < self.zoneout

    def call(self, inputs, states, training=False):
        if training and self.zoneout:
            raise ValueError(
                "In training zoneout draws a mask at every step, which a cell inside"
                " keras.layers.RNN cannot do on every backend. Use gru_zoo.layers.GRU."
                f" Received: zoneout={self.zoneout} and training={training}."
            )
        in_list = isinstance(states, (list, tuple))
        h = states[0] if in_list else states
        dropout = None
        if training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        if training and self.recurrent_dropout:
            dropout = self.get_recurrent_dropout_mask(h)
        new = advance(inputs, h, self.tensors(training), self.gates(training), dropout)
        return new, [new] if in_list else new

    def get_config(self):
        # Without those at their defaults the config is one of Keras' own layer too.
        names = ("layer_norm", "zoneout", "recurrent_weight_dropout")
        own = {name: getattr(self, name) for name in names if getattr(self, name)}
        return {**super().get_config(), **own}


def as_dtype(tensor, dtype: str):
    """`ops.cast(tensor, dtype)`, without its time where there is nothing to cast."""
    same = keras.backend.standardize_dtype(tensor.dtype) == dtype
    # An array of NumPy comes from a direct `call` or from `stateless_call`.
    return tensor if same and not isinstance(tensor, np.ndarray) else ops.cast(tensor, dtype)


def _rate(name, value):
    if not 0 <= value < 1:
        raise ValueError(f"`{name}` must be at least 0 and less than 1. Received: {value}.")
    return float(value)
