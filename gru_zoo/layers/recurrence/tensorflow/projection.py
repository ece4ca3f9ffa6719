"""The gradient of the projection of a GRU's inputs on TensorFlow."""

import tensorflow as tf


def gradients(d_x, inputs, kernel, bias):
    """Gradients of inputs, kernel and bias from those of the projected inputs, a product a gate.

    Without a kernel the inputs are projected already, those of z, r and h side by side.
    """
    if kernel is None:
        return tf.concat(d_x, axis=-1), None, None
    rows, *d_rows = (tf.reshape(values, [-1, values.shape[-1]]) for values in (inputs, *d_x))
    parts = zip(d_rows, tf.split(kernel, 3, axis=-1), strict=True)
    d_inputs = tf.add_n([tf.matmul(d, part, transpose_b=True) for d, part in parts])
    d_inputs = tf.reshape(d_inputs, tf.shape(inputs))
    d_kernel = tf.concat([tf.matmul(rows, d, transpose_a=True) for d in d_rows], axis=-1)
    if bias is None:
        return d_inputs, d_kernel, None
    return d_inputs, d_kernel, tf.concat([tf.reduce_sum(d, axis=0) for d in d_rows], axis=-1)
