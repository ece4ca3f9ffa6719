"""The GRU layer."""

import keras
from keras import ops

from gru_zoo.layers import keras_compat
from gru_zoo.layers.gru_cell import GRUCell, as_dtype
from gru_zoo.layers.recurrence import StepConfig, advance, explain_path, sequence, state_dtype


def _of_cell(name):
    """A property of the layer, as `keras.layers.GRU` has it, that is an argument of its cell."""
    return property(lambda layer: getattr(layer.cell, name))


@keras.saving.register_keras_serializable("gru_zoo")
class GRU(keras.layers.RNN):
    """Gated recurrent unit (Cho et al. 2014), the whole recurrence as one fast operation.

    Takes the arguments of `keras.layers.GRU` with the same meaning and holds the same weights, so
    that either layer loads the other's. It is no subclass: `keras.layers.Bidirectional` runs cuDNN
    in place of a `keras.layers.GRU` and would ignore the options that this layer adds. With x the
    input and h the state of a time step,

        z = f(x W_z + h' U_z + b_z + c_z)                        update gate
        r = f(x W_r + h' U_r + b_r + c_r)                        reset gate
        n = g(x W_h + b_h + r * (h' U_h + c_h))                  candidate, reset_after=True
        n = g(x W_h + b_h + (r * h') U_h)                        candidate, reset_after=False
        h_new = z * h + (1 - z) * n
        h' = h, or in training h * (a mask drawn once a sequence) / (1 - recurrent_dropout)

    `kernel` is W = [W_z, W_r, W_h], shape `(features, 3 * units)`; `recurrent_kernel` is
    U = [U_z, U_r, U_h], shape `(units, 3 * units)`; `bias` holds b and below it c, shape
    `(2, 3 * units)`, or b alone, shape `(3 * units,)`, with `reset_after=False`.

    With `layer_norm=True` each product x W and h' U is normalized over the units of z and r
    together and over those of h, and multiplied by its row of the weight `gain`, shape
    `(2, 3 * units)`, before the biases are added (Ba et al. 2016, eq. 20 to 22).

    The state is carried in float32 where the layer computes in float16 or bfloat16; only cuDNN
    rounds it at every step.

    Args:
        units: number of units, a positive integer.
        activation: g, a name or function, None for linear. Default `"tanh"`.
        recurrent_activation: f, a name or function, None for linear. Default `"sigmoid"`.
        use_bias: whether there is a bias. Default True.
        kernel_initializer: of `kernel`. Default `"glorot_uniform"`.
        recurrent_initializer: of `recurrent_kernel`. Default `"orthogonal"`.
        bias_initializer: of `bias`. Default `"zeros"`.
        kernel_regularizer: of `kernel`. Default None.
        recurrent_regularizer: of `recurrent_kernel`. Default None.
        bias_regularizer: of `bias`. Default None.
        activity_regularizer: of the layer's output. Default None.
        kernel_constraint: of `kernel`. Default None.
        recurrent_constraint: of `recurrent_kernel`. Default None.
        bias_constraint: of `bias`. Default None.
        dropout: fraction of the input features dropped in training, the same at every time step,
            0 to 1. Default 0.
        recurrent_dropout: fraction of the state's units dropped in training where the state
            enters the products, the same at every time step (Gal & Ghahramani 2016), 0 to 1.
            One mask serves the three gates. `keras.layers.GRU` draws one for each and leaves its
            fast paths; here dropout costs almost nothing. Default 0.
        seed: seed of the dropout masks, an integer or None. Default None.
        return_sequences: whether to return the output of every time step instead of the last.
            Default False.
        return_state: whether to return the last state after the output. Default False.
        go_backwards: whether to read the last time step first; outputs come in the order in which
            they were computed. Default False.
        stateful: whether a batch starts from the last state of the batch before, row by row. On
            JAX, as with `keras.layers.GRU`, this holds only for calls of the layer or model: in the
            compiled steps of `predict` and `fit` every batch starts from zeros. Default False.
        unroll: whether a graph of TensorFlow has no loop, as LiteRT needs it to quantize to
            integers. As in Keras, True requires a known number of time steps. Default False.
        reset_after: whether the reset gate is applied after the recurrent product. Default True.
        layer_norm: whether the products of input and state are normalized. Default False.
        zoneout: probability that a unit keeps its state, drawn for every step in training and
            replaced by the expectation in inference (Krueger et al. 2016), 0 to less than 1.
            Default 0.
        recurrent_weight_dropout: fraction of the recurrent kernel's entries dropped in training,
            one mask for all sequences and steps of a call (DropConnect; Merity et al. 2017), 0 to
            less than 1. It costs nothing in the loop. Default 0.
        use_cudnn: `"auto"` runs cuDNN where that is possible and nothing is faster, True raises a
            ValueError where it is not possible, and False never runs it, as XLA on TensorFlow
            needs; see `explain_path`. Default `"auto"`.
        **kwargs: `name`, `dtype`, `trainable`. `zero_output_for_mask` (default False) makes the
            output of masked time steps zero instead of the carried state. `implementation` is
            accepted and has no effect.

    Call arguments:
        sequences: float, shape `(batch, time, features)`.
        initial_state: shape `(batch, units)`, or a list that holds it; zeros by default.
        mask: boolean, shape `(batch, time)`, True where a time step is read. Default None.
        training: whether dropout and zoneout draw masks, a boolean. Default False.

    Masking: any pattern is allowed, at either end, with gaps or over whole rows. A masked time
    step leaves the state as it is, and its output is that state. A fully masked row returns its
    initial state.

    Output shape: `(batch, units)`, with `return_sequences` `(batch, time, units)`; with
    `return_state` a list of that and the last state, `(batch, units)`.

    Example:

        >>> layer = GRU(4, return_sequences=True, return_state=True)
        >>> outputs, state = layer(np.random.random((32, 10, 8)))
        >>> outputs.shape, state.shape
        ((32, 10, 4), (32, 4))

    References:
        Cho et al. 2014, Learning Phrase Representations using RNN Encoder-Decoder, v1
        (`reset_after=False`) and v3.
        Gal & Ghahramani 2016, A Theoretically Grounded Application of Dropout in Recurrent
        Neural Networks.
        Ba et al. 2016, Layer Normalization.
        Krueger et al. 2016, Zoneout: Regularizing RNNs by Randomly Preserving Hidden Activations.
        Merity et al. 2017, Regularizing and Optimizing LSTM Language Models, section 2.
    """

    units = _of_cell("units")
    activation = _of_cell("activation")
    recurrent_activation = _of_cell("recurrent_activation")
    use_bias = _of_cell("use_bias")
    kernel_initializer = _of_cell("kernel_initializer")
    recurrent_initializer = _of_cell("recurrent_initializer")
    bias_initializer = _of_cell("bias_initializer")
    kernel_regularizer = _of_cell("kernel_regularizer")
    recurrent_regularizer = _of_cell("recurrent_regularizer")
    bias_regularizer = _of_cell("bias_regularizer")
    kernel_constraint = _of_cell("kernel_constraint")
    recurrent_constraint = _of_cell("recurrent_constraint")
    bias_constraint = _of_cell("bias_constraint")
    dropout = _of_cell("dropout")
    recurrent_dropout = _of_cell("recurrent_dropout")
    reset_after = _of_cell("reset_after")

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        reset_after=True,
        use_cudnn="auto",
        layer_norm=False,
        zoneout=0.0,
        recurrent_weight_dropout=0.0,
        **kwargs,
    ):
        if use_cudnn != "auto" and not isinstance(use_cudnn, bool):
            raise ValueError(f"`use_cudnn` must be 'auto', True or False. Received: {use_cudnn!r}.")
        kwargs.pop("implementation", None)
        cell = GRUCell(
            units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            reset_after=reset_after,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="gru_cell",
            seed=seed,
            layer_norm=layer_norm,
            zoneout=zoneout,
            recurrent_weight_dropout=recurrent_weight_dropout,
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.input_spec = keras.InputSpec(ndim=3)
        self.use_cudnn = use_cudnn
        if keras.backend.backend() == "tensorflow" and explain_path(self).name == "cudnn":
            keras_compat.forbid_xla(self)

    def gates(self, training: bool = False) -> StepConfig:
        """The activations and options of one step."""
        return self.cell.gates(training, self.use_cudnn, self.unroll)

    def build(self, sequences_shape, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)
        keras_compat.keep_precision(self.states)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        # RNN.call maps trees of states and draws masks in inference too, which a short call feels.
        if self.unroll and sequences.shape[1] is None:
            raise ValueError(
                "unroll=True needs a known number of time steps: give it in the shape of the"
                f" model's input. Received: sequences of shape {tuple(sequences.shape)}."
            )
        state = self._state_before(sequences, initial_state)
        results = self._read(sequences, state, keras_compat.first_of(mask), training)
        outputs, last = (as_dtype(result, self.compute_dtype) for result in results)
        if training:
            self.cell.reset_dropout_mask()
            self.cell.reset_recurrent_dropout_mask()
        if self.stateful:
            self.states[0].assign(last)
        return (outputs, last) if self.return_state else outputs

    def _state_before(self, sequences, initial_state):
        """The state from which a call starts, shape `(batch, units)`."""
        if self.stateful:
            batch, expected = sequences.shape[0], self.states[0].shape[0]
            if batch is not None and batch != expected:
                raise ValueError(
                    f"A stateful GRU was built for batches of {expected} sequences. Received:"
                    f" {batch}. Pass as many, or build a new layer for this batch size."
                )
            initial_state = self.states if initial_state is None else initial_state
        if initial_state is None:
            return self.get_initial_state(batch_size=ops.shape(sequences)[0])[0]
        return keras_compat.as_state(initial_state, sequences, self.units, self.compute_dtype)

    def _read(self, sequences, state, mask, training):
        """The outputs of a call and the last state, before they are cast to the layer's dtype.

        The arguments are those of `call`, with a state, and a mask that `as_mask` takes or None.
        """
        self._require_cudnn(training)
        cell = self.cell
        # Keras casts no integers.
        sequences = as_dtype(sequences, self.compute_dtype)
        mask = None if mask is None else keras_compat.as_mask(mask, sequences)
        if self.stateful:
            # The new state is assigned in place, and a gradient may still need the old one.
            state = ops.copy(state)
        weights, dropout, zoneout_mask = cell.tensors(training), None, None
        if training and cell.dropout:
            sequences = sequences * ops.expand_dims(cell.get_dropout_mask(sequences[:, 0]), 1)
        if training and cell.recurrent_dropout:
            dropout = cell.get_recurrent_dropout_mask(state)
        if training and cell.zoneout:
            zoneout_mask = cell.draw_zoneout(*ops.shape(sequences)[:2])
        outputs, last = sequence(
            sequences,
            state,
            weights,
            gates=self.gates(training),
            mask=mask,
            dropout=dropout,
            zoneout_mask=zoneout_mask,
            reverse=self.go_backwards,
            return_sequences=self.return_sequences,
        )
        return self._in_reading_order(outputs, last, mask), last

    def _require_cudnn(self, training: bool) -> None:
        """Raise a ValueError if `use_cudnn` is True and cuDNN cannot run."""
        if self.use_cudnn is True:
            name, reason = explain_path(self, training)
            if name != "cudnn":
                raise ValueError(f"use_cudnn=True cannot be met: {reason}. Use 'auto'.")

    def _in_reading_order(self, outputs, last, mask):
        """What the layer puts out: masked steps are zero on request, the step read first is first.

        Args:
            outputs: states in time order, shape `(batch, time, units)`, or None for the last alone.
            last: the state after the step read last, shape `(batch, units)`.
            mask: boolean, shape `(batch, time)`, or None.
        """
        zeroed = mask is not None and self.zero_output_for_mask and mask.shape[1] != 0
        if outputs is None:
            if not zeroed:
                return last
            return ops.where(mask[:, :1] if self.go_backwards else mask[:, -1:], last, 0)
        if zeroed:
            outputs = ops.where(ops.expand_dims(mask, -1), outputs, 0)
        return ops.flip(outputs, axis=1) if self.go_backwards else outputs

    def step(self, inputs, state=None):
        """One time step, for streaming. Step by step this equals a call on the whole sequence.

        The state is explicit and nothing but its shape is fixed, so a loop over `step` compiles
        once. Dropout does not apply; zoneout applies as in inference.

        Args:
            inputs: the features of one time step, shape `(batch, features)`.
            state: the result of the step before, shape `(batch, units)`, in its dtype; None starts
                from zeros. Default None.

        Returns:
            The new state, shape `(batch, units)`, which is also the output.
        """
        inputs = ops.cast(inputs, self.compute_dtype)
        if not self.built:
            self.build((inputs.shape[0], None, inputs.shape[-1]))
        if state is None:
            dtype = state_dtype(self.compute_dtype)
            state = ops.zeros((ops.shape(inputs)[0], self.units), dtype=dtype)
        state = ops.convert_to_tensor(state)
        return advance(inputs, state, self.cell.tensors(), self.cell.gates())

    def steps(self, inputs, state):
        """Many time steps at once, equal to as many calls of `step` in the order of `inputs`.

        Unlike a call of the layer it returns every state, whatever `return_sequences` and
        `go_backwards` are, and rounds none to the layer's dtype.

        Args:
            inputs: the features, shape `(batch, time, features)`.
            state: the state before the first step, shape `(batch, units)`, as `step` takes it.

        Returns:
            The state after every step, shape `(batch, time, units)`, in the dtype in which states
            are carried.
        """
        inputs = as_dtype(ops.convert_to_tensor(inputs), self.compute_dtype)
        if not self.built:
            self.build(inputs.shape)
        state = ops.convert_to_tensor(state)
        return sequence(inputs, state, self.cell.tensors(), gates=self.gates())[0]

    def get_config(self):
        config = {**self.cell.get_config(), **super().get_config(), "use_cudnn": self.use_cudnn}
        config["activity_regularizer"] = keras.regularizers.serialize(self.activity_regularizer)
        del config["cell"]
        return config

    @classmethod
    def from_config(cls, config):
        return cls(**keras_compat.as_in_keras_3(config))
