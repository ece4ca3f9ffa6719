"""The GRU in both directions."""

import keras
from keras import ops

from gru_zoo.layers.gru import GRU
from gru_zoo.layers.recurrence import bidirectional

_MERGE = {
    "concat": lambda forward, backward: ops.concatenate([forward, backward], axis=-1),
    "sum": ops.add,
    "ave": lambda forward, backward: (forward + backward) / 2,
    "mul": ops.multiply,
}


@keras.saving.register_keras_serializable("gru_zoo")
class BidirectionalGRU(keras.layers.Bidirectional):
    """Two GRUs over a sequence, one of them from its end, in one loop where that pays.

    Computes what `keras.layers.Bidirectional(GRU(...), merge_mode)` does, from weights of the same
    order, names and shapes, so that `set_weights` takes those of either. On TensorFlow and JAX a
    time step of both directions is one batched product; on torch and through cuDNN each direction
    has its own loop. `explain_path` says which.

    Args:
        units: number of units of each direction, a positive integer.
        merge_mode: how the outputs of the two are put together: `"concat"`, `"sum"`, `"ave"`,
            `"mul"`, or None to return both. Default `"concat"`.
        **kwargs: every other argument of `GRU` but `go_backwards`. `zero_output_for_mask` follows
            `return_sequences`, as it does in `keras.layers.Bidirectional`.

    Call arguments:
        sequences: float, shape `(batch, time, features)`.
        initial_state: a list of the forward and the backward state, each `(batch, units)`; zeros
            by default.
        mask: boolean, shape `(batch, time)`, True where a time step is to be read, in any
            pattern. Default None.
        training: whether dropout applies, boolean, False by default.

    Output shape: `(batch, 2 * units)` merged by `"concat"` and `(batch, units)` otherwise, with
    `return_sequences` with time as second axis, in time order; two of them with `merge_mode` None.
    With `return_state` they are followed by the two last states, `(batch, units)` each.

    Example:

        >>> BidirectionalGRU(4, return_sequences=True)(np.random.random((32, 10, 8))).shape
        (32, 10, 8)

    References:
        Schuster & Paliwal 1997, Bidirectional Recurrent Neural Networks.
    """

    def __init__(self, units, merge_mode="concat", *, name=None, **kwargs):
        shared = {key: kwargs[key] for key in ("dtype", "trainable") if key in kwargs}
        layer = GRU(units, name="gru", **kwargs)
        super().__init__(layer, merge_mode=merge_mode, name=name, **shared)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        layers = (self.forward_layer, self.backward_layer)
        self.forward_layer.require_cudnn(training)
        if initial_state is None:
            initial_state = [self._first_state(layer, sequences) for layer in layers]
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        mask = None if mask is None else ops.cast(mask, "bool")
        directions = [
            layer.direction(sequences, ops.cast(state, self.compute_dtype), training)
            for layer, state in zip(layers, initial_state, strict=True)
        ]
        results = bidirectional(
            *directions,
            gates=layers[0].gates(training),
            mask=mask,
            return_sequences=self.return_sequences,
        )
        outputs, states = [], []
        for layer, (values, last) in zip(layers, results, strict=True):
            output, values = layer.masked(values, last, mask)
            values = values if self.return_sequences else output
            outputs.append(ops.cast(values, self.compute_dtype))
            states.append(ops.cast(last, self.compute_dtype))
            layer.cell.reset_dropout_mask()
            layer.cell.reset_recurrent_dropout_mask()
            if self.stateful:
                layer.states[0].assign(states[-1])
        merged = outputs if self.merge_mode is None else [_MERGE[self.merge_mode](*outputs)]
        if self.return_state:
            return *merged, *states
        return tuple(merged) if self.merge_mode is None else merged[0]

    def _first_state(self, layer, sequences):
        if self.stateful:
            return layer.states[0]
        return layer.get_initial_state(batch_size=ops.shape(sequences)[0])[0]

    def get_config(self):
        config = {**self.forward_layer.get_config(), **super().get_config()}
        for key in ("layer", "backward_layer", "go_backwards", "zero_output_for_mask"):
            del config[key]
        return config

    @classmethod
    def from_config(cls, config):
        # Not that of keras.layers.Bidirectional, which expects a layer in the config.
        return super(keras.layers.Bidirectional, cls).from_config(config)
