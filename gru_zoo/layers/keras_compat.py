"""The undocumented names of Keras on which the GRU layers depend, and the masks that Keras accepts.

`gru.py` and `gru_cell.py` depend on these names, of which this file uses the private ones:

    name                                         reason
    Variable._autocast                           the state of a stateful layer must keep its
                                                 precision, and keras.layers.RNN, which makes the
                                                 variable, has no argument for that
    GRUCell.get_dropout_mask,                    keras.layers.RNN draws the masks of a cell before
    GRUCell.get_recurrent_dropout_mask           its loop, so that all steps share them
    GRUCell.reset_dropout_mask,                  keras.layers.RNN discards the masks after its loop
    GRUCell.reset_recurrent_dropout_mask
    GRUCell.seed_generator                       its state is saved with the weights, by this name
    RNN.states                                   the list of a stateful layer's variables
    Layer.supports_jit                           keeps `compile` from choosing XLA for cuDNN, whose
                                                 operation XLA cannot compile

`tests/layers/test_keras_compat.py` has a test for each, which fails on a Keras without it.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops


def keep_precision(states: list[keras.Variable] | None) -> None:
    """Exempt state variables from autocasting under mixed precision.

    On torch, assigning to an autocast variable writes to its half-precision copy, which is lost.
    The variables are changed and not replaced, since TensorFlow saves no list whose elements
    were replaced.

    Args:
        states: `states` of a `keras.layers.RNN`, None if it is not stateful.
    """
    for state in states or ():
        state._autocast = False


def forbid_xla(layer: keras.layers.Layer) -> None:
    """Have `keras.Model.compile` choose no XLA for models with this layer."""
    layer.supports_jit = False


def in_float32(initializer: Any) -> Callable:
    """An initializer whose values are drawn in float32 and rounded to the dtype of the variable.

    Half precision has no decomposition of matrices, by which orthogonal kernels are drawn.
    """
    draw = keras.initializers.get(initializer)

    def drawn(shape, dtype):
        return ops.cast(draw(shape, dtype="float32"), dtype)

    return drawn


def as_in_keras_3(config: dict[str, Any]) -> dict[str, Any]:
    """The config of a GRU as Keras 3 writes it, from that or from one of Keras 2.

    Raises:
        ValueError: the config asks for inputs of shape `(time, batch, features)`.
    """
    if config.get("time_major"):
        raise ValueError(
            "Expected a config with time_major=False: this layer reads inputs of shape (batch,"
            " time, features). Transpose the inputs and set it to False. Received: time_major="
            f"{config['time_major']!r}."
        )
    return {name: value for name, value in config.items() if name != "time_major"}


class DropoutMasks:
    """The dropout masks of a cell, drawn once a sequence, by the methods `keras.layers.RNN` calls.

    A base of a cell before `keras.layers.GRUCell`, whose own methods draw one mask for each gate
    where there is recurrent dropout.
    """

    # Attributes of the cell.
    compute_dtype: str
    dropout: float
    recurrent_dropout: float
    recurrent_weight_dropout: float
    recurrent_kernel: keras.Variable
    seed_generator: keras.random.SeedGenerator

    def get_dropout_mask(self, step_input):
        """The factor on the inputs of each step, shape `(batch, features)`, or None."""
        return self._drawn_once("_dropout_mask", self.dropout, step_input)

    def get_recurrent_dropout_mask(self, step_input):
        """The factor on the state that enters the products, shape `(batch, units)`, or None.

        Draws the mask of the recurrent kernel too, for which `keras.layers.RNN` calls nothing.
        """
        self.get_recurrent_weight_mask()
        return self._drawn_once("_recurrent_dropout_mask", self.recurrent_dropout, step_input)

    def get_recurrent_weight_mask(self):
        """The factor on the recurrent kernel, shape `(units, 3 * units)`, or None."""
        kernel, rate = self.recurrent_kernel, self.recurrent_weight_dropout
        return self._drawn_once("_recurrent_weight_mask", rate, kernel, self.compute_dtype)

    def _drawn_once(self, name, rate, like, dtype=None):
        """The mask kept as attribute `name`, drawn with the shape of `like` if there is none."""
        if getattr(self, name, None) is None and rate > 0:
            ones = ops.ones(ops.shape(like), dtype=dtype or like.dtype)
            setattr(self, name, keras.random.dropout(ones, rate, seed=self.seed_generator))
        return getattr(self, name, None)

    def reset_dropout_mask(self):
        """Forget the mask on the inputs."""
        self._dropout_mask = None

    def reset_recurrent_dropout_mask(self):
        """Forget the masks on the state and on the recurrent kernel."""
        self._recurrent_dropout_mask = self._recurrent_weight_mask = None


def first_of(value: Any) -> Any:
    """The first element of a list or tuple, as which Keras may pass a state or mask; else it."""
    return value[0] if isinstance(value, (list, tuple)) else value


def as_state(state: Any, sequences: Any, units: int, dtype: str) -> Any:
    """An initial state, or a list that holds it, as a tensor of shape `(batch, units)`.

    Args:
        state: as given by the user.
        sequences: the input, of which the first axis is the batch.
        units: number of units of the layer.
        dtype: of the tensor.

    Raises:
        ValueError: the state has another shape, or the list another length.
    """
    in_list = isinstance(state, (list, tuple))
    given = tuple(map(_shape_of, state)) if in_list else _shape_of(state)
    first = given[0] if in_list and given else given
    expected = (sequences.shape[0], units)
    if (in_list and len(state) != 1) or len(first) != 2 or _differ(first, expected):
        raise ValueError(
            f"Expected an initial state of shape (batch, units), here {expected}, or a list that "
            f"holds it. Received: {'a list of shapes ' if in_list else 'shape '}{given}."
        )
    return ops.convert_to_tensor(first_of(state), dtype=dtype)


def _shape_of(value):
    return tuple(value.shape if hasattr(value, "shape") else np.shape(value))


def _differ(given, expected):
    """Whether two shapes differ in a size; those that are not known yet are no integers."""
    sizes = zip(given, expected, strict=False)
    return any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in sizes)


def as_mask(mask: Any, sequences: Any) -> Any:
    """A mask of any shape that Keras' loop takes, as boolean `(batch, time)`.

    Args:
        mask: shape `(batch, time)`, `(batch, time, 1)`, or `(1, time)` for all rows.
        sequences: the masked input, shape `(batch, time, features)`.

    Raises:
        ValueError: the mask has another shape.
    """
    given, expected = tuple(mask.shape), tuple(sequences.shape[:2])
    mask = ops.cast(mask, "bool")
    if len(given) == 3 and given[-1] == 1:
        mask = ops.squeeze(mask, -1)
    if len(mask.shape) == 2 and mask.shape[0] == 1 and expected[0] != 1:
        mask = ops.broadcast_to(mask, (ops.shape(sequences)[0], ops.shape(mask)[1]))
    if len(mask.shape) != 2 or _differ(mask.shape, expected):
        raise ValueError(
            f"Expected a mask of shape (batch, time), here {expected}, as the sequences have. "
            f"Received: a mask of shape {given}."
        )
    return mask
