"""The GRU recurrence on TensorFlow: `tf.while_loop` with the gradient of `gradient`.

Nothing here hinders XLA: sizes of the tensor arrays are known before the loop.
"""

import functools

import tensorflow as tf

from gru_zoo.layers.recurrence import gradient, portable


def _array(tensor, size, values=None):
    shape = tensor.shape if values is None else values.shape[1:]
    array = tf.TensorArray(tensor.dtype, size, element_shape=shape)
    return array if values is None else array.unstack(values)


def _loop(body, carry, xs, reverse):
    """As `jax.lax.scan`, for flat tuples `xs` that may hold None."""
    given = [x for x in xs if x is not None]
    time = given[0].shape[0]
    time = tf.shape(given[0])[0] if time is None else time
    arrays = [_array(x, time, x) for x in given]

    def read(t):
        values = iter(array.read(t) for array in arrays)
        return tuple(None if x is None else next(values) for x in xs)

    def turn(k, carry, outputs):
        t = time - 1 - k if reverse else k
        carry, values = body(carry, read(t))
        values = values if isinstance(values, tuple) else (values,)
        return k + 1, carry, [o.write(t, v) for o, v in zip(outputs, values, strict=True)]

    # The body is traced once outside the loop to learn what it returns; the graph drops it.
    example = body(carry, read(0))[1]
    flat = example if isinstance(example, tuple) else (example,)
    outputs = [_array(value, time) for value in flat]
    _, carry, outputs = tf.while_loop(
        lambda k, *_: k < time, turn, (0, carry, outputs), maximum_iterations=time
    )
    stacked = tuple(output.stack() for output in outputs)
    return carry, stacked if isinstance(example, tuple) else stacked[0]


def scan(x, h0, kernel, bias, mask, dropout, gates, reverse):
    """See `portable.scan`."""
    rest = (mask, dropout, gates, reverse, _loop)

    @tf.custom_gradient
    def states_of(*tensors):
        arguments = (*tensors, *(None,) * (4 - len(tensors)))
        states, saved = gradient.forward(*arguments, *rest)

        def backward(d_states):
            gradients = gradient.backward(d_states, states, saved, *arguments[1:], *rest)
            return [g for g in gradients if g is not None]

        return states, backward

    return states_of(*(t for t in (x, h0, kernel, bias) if t is not None))


sequence = functools.partial(portable.sequence, scan=scan)
