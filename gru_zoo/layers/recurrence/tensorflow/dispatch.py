"""Which implementation of the recurrence runs on TensorFlow.

    gradient by hand known    device    mask                    runs
    yes                       GPU       packed                  cudnn.py (tanh, sigmoid,
                                                                reset_after=True, no recurrent
                                                                dropout, no zoneout)
    yes                       GPU       in place                loop.py: states
    yes                       CPU       packed (no zoneout      loop.py: states, packing.py
                                        in training)
    no                        any       in place                loop.py: plain_states,
                                                                differentiated by TensorFlow
    tf.autodiff.ForwardAccumulator      in place                the same
    a graph, unroll=True or one step    in place                loop.py: unrolled_states,
                                                                differentiated by TensorFlow

Nothing in the loops hinders XLA: sizes of the tensor arrays are known before the loop. Outside a
`tf.function` the loop is compiled into one of its own, once for all batch sizes and numbers of
steps above 1.
"""

import functools

import tensorflow as tf

from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.tensorflow import cudnn
from gru_zoo.layers.recurrence.tensorflow.loop import plain_states, states

__all__ = ["advance", "path", "plain_sequence", "sequence"]


def path(gates, dtype: str, dropout: bool, zoneout: bool) -> tuple[str, str]:
    """Whether the loop runs or cuDNN, and why.

    Args:
        gates: activations and options of a step.
        dtype: of the weights.
        dropout: whether recurrent dropout applies.
        zoneout: whether zoneout applies.
    """
    if not gates.use_cudnn:
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
        return (
            "tensorflow",
            "cuDNN computes only with tanh, sigmoid, reset_after=True and no layer_norm",
        )
    return "cudnn", "every condition of cuDNN is met"


def _takes_cudnn(gates, weights, dropout, zoneout_mask):
    zoneout = zoneout_mask is not None or gates.zoneout > 0
    return path(gates, weights.kernel.dtype.name, dropout is not None, zoneout)[0] == "cudnn"


def sequence(
    inputs,
    h0,
    weights,
    gates,
    mask=None,
    dropout=None,
    zoneout_mask=None,
    reverse=False,
    return_sequences=True,
):
    """The recurrence over a whole sequence.

    Args:
        inputs: shape `(batch, time, features)`.
        h0: initial state, shape `(batch, units)`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
        mask: boolean, shape `(batch, time)`; where False the state is carried over. Or None.
        dropout: factor on the state in the products, shape `(batch, units)`, or None.
        zoneout_mask: boolean, shape `(batch, time, units)`; where True a unit keeps its state. Or
            None.
        reverse: whether the last time step is read first.
        return_sequences: whether the states of all steps are wanted.

    Returns:
        The states, shape `(batch, time, units)`, in time order, or None if not wanted; and the
        state after the step read last, shape `(batch, units)`.
    """
    h0 = _with_units(h0, weights)
    if _takes_cudnn(gates, weights, dropout, zoneout_mask):
        return cudnn.sequence(inputs, h0, weights, mask, reverse, return_sequences)
    rest = (mask, dropout, zoneout_mask, reverse, return_sequences, states, _final_state)
    return reference.sequence(inputs, h0, weights, gates, *rest)


_final_state = functools.partial(states, final=True)


def plain_sequence(inputs, h0, weights, gates, **kwargs):
    """The recurrence of plain operations, for activations without a gradient by hand.

    The arguments and results are those of `reference.sequence`.
    """
    h0 = _with_units(h0, weights)
    return reference.sequence(inputs, h0, weights, gates, **kwargs, states=plain_states)


def _with_units(h0, weights):
    """The initial states with the size of their last axis, which a graph may not know."""
    if h0.shape[-1] is not None:
        return h0
    return tf.ensure_shape(h0, [None, weights.recurrent_kernel.shape[0]])


# One step, with the arguments and the result of `reference.advance`.
advance = reference.advance
