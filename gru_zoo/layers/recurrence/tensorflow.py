"""The GRU recurrence on TensorFlow: `tf.while_loop` with the gradient of `gradient`.

Nothing here hinders XLA: sizes of the tensor arrays are known before the loop. Outside a
`tf.function` the loop is compiled into one of its own, once for all batch sizes and lengths.
"""

import functools

import tensorflow as tf

from gru_zoo.layers.recurrence import gradient, portable


def _loop(body, carry, xs, reverse):
    """As `jax.lax.scan`, for flat tuples `xs` that may hold None."""
    given = [x for x in xs if x is not None]
    time = given[0].shape[0]
    time = tf.shape(given[0])[0] if time is None else time
    arrays = [_array(x.dtype, x.shape[1:], time).unstack(x) for x in given]

    def read(t):
        values = iter([array.read(t) for array in arrays])
        return tuple(None if x is None else next(values) for x in xs)

    # What a step returns is learnt from one beside the loop, which the graph drops as unused.
    example = tf.nest.flatten(body(carry, read(0))[1])
    outputs = [_array(value.dtype, value.shape, time) for value in example]

    def turn(k, carry, outputs):
        t = time - 1 - k if reverse else k
        carry, values = body(carry, read(t))
        values = tf.nest.flatten(values)
        return k + 1, carry, [o.write(t, v) for o, v in zip(outputs, values, strict=True)]

    _, carry, outputs = tf.while_loop(
        lambda k, *_: k < time, turn, (0, carry, outputs), maximum_iterations=time
    )
    return carry, [output.stack() for output in outputs]


def _array(dtype, shape, size):
    return tf.TensorArray(dtype, size, element_shape=shape)


def _states(gates, reverse, x, h0, kernel, bias, mask, dropout):
    rest = (mask, dropout, gates, reverse, _loop)

    @tf.custom_gradient
    def states_of(x_z, x_r, x_h, h0, kernel, bias=None):
        states, saved = gradient.forward((x_z, x_r, x_h), h0, kernel, bias, *rest)

        def backward(d_states):
            d_x, *others = gradient.backward(d_states, states, saved, h0, kernel, bias, *rest)
            return [*d_x, *(d for d in others if d is not None)]

        return states, backward

    return states_of(*x, h0, kernel, *([] if bias is None else [bias]))


@functools.cache
def _compiled(gates, reverse, present, signature):
    def states(*given):
        values = iter(given)
        z, r, h, *rest = (next(values) if here else None for here in present)
        return _states(gates, reverse, (z, r, h), *rest)

    function = tf.function(states, input_signature=signature, autograph=False)
    return function.get_concrete_function()


def _specification(tensor, sized):
    """A place for tensors of any length and batch, unless it is `sized`."""
    shape = tensor.shape if sized else [*[None] * (len(tensor.shape) - 1), tensor.shape[-1]]
    return tf.TensorSpec(shape, tensor.dtype)


def scan(x, h0, kernel, bias, mask, dropout, gates, reverse):
    """See `portable.scan`."""
    if not tf.executing_eagerly():
        return _states(gates, reverse, x, h0, kernel, bias, mask, dropout)
    tensors = (*x, h0, kernel, bias, mask, dropout)
    present = tuple(t is not None for t in tensors)
    given = [t for t in tensors if t is not None]
    signature = tuple(_specification(t, sized=t is kernel) for t in given)
    return _compiled(gates, reverse, present, signature)(*given)


sequence = functools.partial(portable.sequence, scan=scan)
