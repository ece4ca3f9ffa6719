"""The GRU recurrence on TensorFlow: cuDNN on a GPU, else `tf.while_loop` by `gradient`.

On a CPU `tensorflow_packing` leaves out most masked steps. Nothing in the loop hinders XLA: sizes
of the tensor arrays are known before the loop. Outside a `tf.function` the loop is compiled into
one of its own, once for all batch sizes and lengths above 1.
"""

import functools

import tensorflow as tf

from gru_zoo.layers.recurrence import reference as reference
from gru_zoo.layers.recurrence.tensorflow import cudnn as tensorflow_cudnn
from gru_zoo.layers.recurrence.tensorflow.loop import plain_states, states


def path(gates, dtype: str, dropout: bool, zoneout: bool) -> tuple[str, str]:
    """Whether the loop of this module runs or cuDNN, and why.

    Args:
        gates: activations, placement of the reset gate and the like.
        dtype: of the weights.
        dropout: whether recurrent dropout applies.
        zoneout: whether zoneout applies.
    """
    if not gates.library:
        return "tensorflow", "use_cudnn=False"
    if not (tf.config.list_physical_devices("GPU") and tf.test.is_built_with_cuda()):
        return "tensorflow", "cuDNN needs a GPU of CUDA and a TensorFlow built for it"
    if dtype not in ("float16", "float32", "float64"):
        return "tensorflow", f"TensorFlow's operation for cuDNN has no {dtype}"
    if dropout:
        return "tensorflow", "cuDNN has no dropout on the state"
    if zoneout:
        return "tensorflow", "cuDNN has no zoneout"
    if not gates.as_in_cudnn:
        return "tensorflow", "cuDNN computes only with tanh, sigmoid and reset_after=True"
    return "cudnn", "every condition of cuDNN is met"


def _takes_cudnn(gates, weights, dropout, zoned):
    zoneout = zoned is not None or gates.zoneout > 0
    return path(gates, weights.kernel.dtype.name, dropout is not None, zoneout)[0] == "cudnn"


def sequence(
    inputs,
    h0,
    weights,
    gates,
    mask=None,
    dropout=None,
    zoned=None,
    reverse=False,
    return_sequences=True,
):
    """See `reference.sequence`."""
    if _takes_cudnn(gates, weights, dropout, zoned):
        return tensorflow_cudnn.sequence(inputs, h0, weights, mask, reverse, return_sequences)
    return reference.sequence(
        inputs, h0, weights, gates, mask, dropout, zoned, reverse, return_sequences, states
    )


plain_sequence = functools.partial(reference.sequence, states=plain_states)

advance = reference.advance
