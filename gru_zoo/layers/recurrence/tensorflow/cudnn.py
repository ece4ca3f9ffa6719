"""The GRU recurrence on TensorFlow through cuDNN.

cuDNN takes lengths, not masks: the kept steps of each sequence move to its front, and the state
after each of them moves back, so any mask will do. The call is tested as far as a CPU can, by its
graph and by a stand-in for the operation; it has not run on a GPU yet.
"""

import tensorflow as tf

# From Keras' gate order z, r, h to cuDNN's, in a list of input parts followed by recurrent ones.
_ORDER = (1, 0, 2, 4, 3, 5)


def parameters(weights) -> tf.Tensor:
    """The buffer of cuDNN: the matrices of r, z and h, for the input and the state, and biases."""
    kernels = tf.split(weights.kernel, 3, axis=1) + tf.split(weights.recurrent_kernel, 3, axis=1)
    if weights.bias is None:
        biases = tf.zeros(6 * weights.recurrent_kernel.shape[0], weights.kernel.dtype)
    else:
        biases = tf.concat([weights.bias, weights.recurrent_bias], axis=0)
    biases = tf.split(biases, 6)
    parts = [tf.reshape(tf.transpose(kernels[k]), [-1]) for k in _ORDER]
    return tf.concat([*parts, *(biases[k] for k in _ORDER)], axis=0)


def _cudnn(inputs, h0, params, lengths):
    """Outputs, `(batch, time, units)`; they are undefined beyond the length of a sequence."""
    # Always in training mode: in the other there are no values for a gradient.
    return tf.raw_ops.CudnnRNNV3(
        input=inputs,
        input_h=tf.expand_dims(h0, 1),
        input_c=0,
        params=params,
        sequence_lengths=lengths,
        rnn_mode="gru",
        is_training=True,
        time_major=False,
    )[0]


def sequence(inputs, h0, weights, mask, reverse, return_sequences):
    """The recurrence over a whole sequence.

    Args:
        inputs: shape `(batch, time, features)`.
        h0: initial state, shape `(batch, units)`.
        weights: the tensors of the layer.
        mask: boolean, shape `(batch, time)`; where False the state is carried over. Or None.
        reverse: whether the last time step is read first.
        return_sequences: whether the states of all steps are wanted.

    Returns:
        As `dispatch.sequence`.
    """
    h0 = tf.cast(h0, inputs.dtype)
    if reverse:
        inputs = tf.reverse(inputs, axis=[1])
    if mask is None:
        batch, time = tf.unstack(tf.shape(inputs)[:2])
        outputs = _cudnn(inputs, h0, parameters(weights), tf.fill([batch], time))
    else:
        mask = tf.reverse(mask, axis=[1]) if reverse else mask
        kept = tf.cumsum(tf.cast(mask, tf.int32), axis=1)
        order = tf.argsort(tf.cast(tf.logical_not(mask), tf.int32), axis=1, stable=True)
        inputs = tf.gather(inputs, order, batch_dims=1)
        # cuDNN refuses empty sequences; their first output is not read.
        lengths = tf.maximum(kept[:, -1], 1)
        outputs = _cudnn(inputs, h0, parameters(weights), lengths)
        states = tf.concat([tf.expand_dims(h0, 1), outputs], axis=1)
        outputs = tf.gather(states, kept, batch_dims=1)
    last = outputs[:, -1]
    if not return_sequences:
        return None, last
    return tf.reverse(outputs, axis=[1]) if reverse else outputs, last
