"""The loop of the GRU recurrence on TensorFlow, with a gradient by hand and without."""

import functools

import tensorflow as tf
from tensorflow.python.eager import forwardprop_util

from gru_zoo.layers.recurrence import gradient, normalized, reference
from gru_zoo.layers.recurrence.tensorflow import packing, projection
from gru_zoo.layers.recurrence.types import Saved, Weights

# How many steps may run at a time. The product of a step's inputs waits for no state: a large one
# fills time in which a core would be idle, for small ones more steps at a time only cost.
_IN_WORK, _IN_WORK_WIDE, _WIDE = 4, 64, 512


def _loop(body, carry, xs, reverse, history=False, stages=None):
    """A loop like `jax.lax.scan`, not to be differentiated.

    A step reads slices of `xs`, which need no copy of it, but whose gradients would each be as
    large as `xs`.

    Args:
        body: `body(carry, step)` returns the carry and a structure of results.
        carry: the first carry, shape `(batch, units)`.
        xs: a flat tuple of tensors, shape `(time, batch, ...)`, or None.
        reverse: whether the last step runs first.
        history: whether the first of the results is the carry before and after every step, shape
            `(time + 1, batch, units)`.
        stages: from `packing.stages`, to leave rows out, whose results are 0; None for all rows.

    Returns:
        The last carry and a list of the results of all steps.
    """

    def read(t):
        return tuple(None if x is None else x[t] for x in xs)

    return _run(body, carry, read, _time(xs), reverse, history, stages)


def _plain_loop(body, carry, xs, reverse):
    """A loop like `jax.lax.scan` that can be differentiated, also by XLA, unlike `ops.scan`."""
    time = _time(xs)
    arrays = [None if x is None else _array(x.dtype, x.shape[1:], time).unstack(x) for x in xs]

    def read(t):
        return tuple(None if array is None else array.read(t) for array in arrays)

    return _run(body, carry, read, time, reverse)


def _time(xs):
    return packing.size(next(x for x in xs if x is not None), 0)


def _run(body, carry, read, time, reverse, history=False, stages=None):
    # One step beside the loop shows what a step returns; the graph drops it as unused.
    example = tf.nest.flatten(body(carry, read(0))[1])
    outputs = [_array(value.dtype, value.shape, time) for value in example]
    if history:
        past = _array(carry.dtype, carry.shape, time + 1)
        outputs = [past.write(time if reverse else 0, carry), *outputs]

    def run_stage(size, start, stop, carry, outputs):
        def body_at(k, carry, outputs):
            t = start + stop - 1 - k if reverse else k
            carry, values = _first_rows(body, carry, read(t), size)
            places = [t] * len(outputs)
            if history:
                values, places[0] = [carry, *values], t if reverse else t + 1
            written = [o.write(*place) for o, *place in zip(outputs, places, values, strict=True)]
            return k + 1, carry, written

        first = (start, carry, outputs)
        steps = {"maximum_iterations": time, "parallel_iterations": in_work}
        return tf.while_loop(lambda k, *_: k < stop, body_at, first, **steps)[1:]

    in_work = _IN_WORK_WIDE if carry.shape[-1] >= _WIDE else _IN_WORK
    stages = [(None, 0, time)] if stages is None else stages
    for size, start, stop in reversed(stages) if reverse else stages:
        carry, outputs = run_stage(size, start, stop, carry, outputs)
    # Stacked, since a SavedModel cannot hold a gradient that captures arrays of a loop. One after
    # the other, so that only one of them is in memory twice.
    stacked: list[tf.Tensor] = []
    for output in outputs:
        with tf.control_dependencies(stacked[-1:]):
            stacked.append(output.stack())
    return carry, stacked


def _first_rows(body, carry, values, size):
    """The result of a body for the first rows; of the others the carry stays and results are 0."""
    if size is None:
        carry, results = body(carry, values)
        return carry, tf.nest.flatten(results)
    values = tuple(None if value is None else value[:size] for value in values)
    computed, results = body(carry[:size], values)
    rest = carry[size:]
    padding = [[0, tf.shape(rest)[0]], [0, 0]]
    padded = [tf.pad(result, padding) for result in tf.nest.flatten(results)]
    return tf.concat([computed, rest], axis=0), padded


def _array(dtype, shape, size):
    # Not cleared after reading: outside a graph the example above reads the same element.
    return tf.TensorArray(dtype, size, element_shape=shape, clear_after_read=False)


def _select(mask, new, old):
    """`tf.where` by an operation that does not broadcast, in a fraction of the time."""
    if len(mask.shape) == 2 and mask.shape[-1] == 1:
        mask = tf.tile(mask, [1, new.shape[-1]])
    return tf.raw_ops.Select(condition=mask, x=new, y=old)


def _packs(mask):
    # Zoneout's mask differs from unit to unit.
    given = mask is not None and mask.shape[-1] == 1
    return given and not tf.config.list_physical_devices("GPU")


def _states(inputs, h0, weights, mask, dropout, gates, reverse, final=False):
    """All states over a sequence or the final one, on a CPU without most of the masked steps."""
    if not _packs(mask):
        rest = (mask, dropout, gates, reverse, _loop, final)
        return _states_of_all(inputs, h0, weights, *rest)
    plan = packing.plan(mask[..., 0], reverse)
    loop = functools.partial(_loop, stages=packing.stages(plan))
    rows, first = packing.packed(inputs, plan), tf.gather(h0, plan.order)
    factor = None if dropout is None else tf.gather(dropout, plan.order)
    lengths = plan.lengths if final else None
    found = _states_of_all(rows, first, weights, None, factor, gates, False, loop, final, lengths)
    if final:
        return tf.gather(found, tf.math.invert_permutation(plan.order))
    return packing.unpacked(found, h0, plan)


def _states_of_all(
    inputs, h0, weights, mask, dropout, gates, reverse, loop, final=False, lengths=None
):
    """All states over a sequence or the final one, where each step projects its own inputs.

    So the projections of all steps are never in memory together, nor kept for the gradient. Those
    of a single sequence are small, and one product for all takes a fraction of the time. TensorFlow
    drops what the loop keeps for a gradient, the states among it, where nobody reads it.

    With `layer_norm` the inputs are projected before, by operations that TensorFlow differentiates,
    since there is more to do to each projection than a step has time for.

    `lengths`, shape `(batch,)`, are the numbers of steps after which the states of packed sequences
    stay as they are, which matters for the final state alone.
    """
    at_once = inputs.shape[1] == 1
    if weights.gain is not None:
        inputs = tf.concat(reference.project(inputs, weights), axis=-1)
        weights = weights._replace(kernel=None, bias=None, gain=None)
    rest = (mask, dropout, gates, reverse, loop)
    present = [weight is not None for weight in weights]
    kept = mask if lengths is None else tf.range(_time((inputs,)))[:, None] < lengths

    @tf.custom_gradient
    def states_of(inputs, h0, *given):
        values = iter(given)
        weights = Weights(*(next(values) if here else None for here in present))
        kernel, recurrent, bias, recurrent_bias, _, gain = weights

        gains = normalized.gains_of(gain, h0.dtype)

        def project(rows):
            if kernel is None:
                return rows
            x = tf.matmul(rows, kernel)
            return x if bias is None else tf.nn.bias_add(x, bias)

        def body(h, xs):
            x_t, mask_t = xs
            x = tf.split(x_t if at_once else project(x_t), 3, axis=-1)
            factor = reference.first_rows(dropout, h)
            new, saved = reference.step(x, h, recurrent, recurrent_bias, factor, gates, gains)
            new = new if mask_t is None else _select(mask_t, new, h)
            return new, gradient.present(saved)

        xs = project(inputs[:, 0])[:, None] if at_once else inputs
        last, (past, *saved) = loop(body, h0, (xs, kept), reverse, history=True)
        starts, states = (past[1:], past[:-1]) if reverse else (past[:-1], past[1:])
        saved = Saved(*saved)

        def backward(d_results):
            d_states, d_last = (None, d_results) if final else (d_results, None)
            if lengths is not None:
                d_states, d_last = packing.last_gradients(d_last, lengths, states), None
            d_x, d_h0, d_recurrent, d_recurrent_bias, d_gain = gradient.backward(
                d_states, starts, saved, recurrent, recurrent_bias, *rest, gain, d_last
            )
            if lengths is not None:
                d_h0 += tf.where(lengths[:, None] > 0, tf.zeros_like(d_results), d_results)
            # One after the other, so that less is in memory at once.
            with tf.control_dependencies([d_recurrent]):
                d_x = [tf.identity(d) for d in d_x]
            d_inputs, d_kernel, d_bias = projection.gradients(d_x, inputs, kernel, bias)
            d_weights = (d_kernel, d_recurrent, d_bias, d_recurrent_bias, None, d_gain)
            results = (d_inputs, d_h0, *d_weights)
            return [d for d in results if d is not None]

        return last if final else states, backward

    return states_of(inputs, h0, *(weight for weight in weights if weight is not None))


@functools.cache
def _compiled(gates, reverse, present, signature, final=False):
    def states(*given):
        values = iter(given)
        inputs, h0, *others = (next(values) if here else None for here in present)
        *weights, mask, dropout = others
        return _states(inputs, h0, Weights(*weights), mask, dropout, gates, reverse, final)

    function = tf.function(states, input_signature=signature, autograph=False)
    return function.get_concrete_function()


def _specification(tensor, axes):
    """The specification of tensors of any size along `axes`; a size of 1 stays 1."""
    shape = tensor.shape.as_list()
    for axis in axes:
        shape[axis] = 1 if shape[axis] == 1 else None
    return tf.TensorSpec(shape, tensor.dtype)


def states(inputs, h0, weights, mask, dropout, gates, reverse, final=False):
    """All states over a sequence.

    Args:
        inputs: shape `(time, batch, features)`.
        h0: initial states, shape `(batch, units)`, in the dtype in which they are carried.
        weights: the tensors of the layer.
        mask: boolean, shape `(time, batch, 1)`, or `(time, batch, units)` with the mask of zoneout;
            where False the state is carried over. Or None.
        dropout: factor on the state in the products, shape `(batch, units)`, or None.
        gates: activations and options of a step.
        reverse: whether the last time step is read first.
        final: whether the state after the step read last is wanted and no other. Default False.

    Returns:
        States, shape `(time, batch, units)`: entry t is the state after time step t was read. Or
        the final one, shape `(batch, units)`.
    """
    arguments = (inputs, h0, weights, mask, dropout, gates, reverse)
    tensors = (inputs, h0, *weights, mask, dropout)
    given = [t for t in tensors if t is not None]
    if not tf.executing_eagerly():
        # A graph has no loop for one step, so that files for small devices need none.
        if gates.unroll or inputs.shape[0] == 1:
            return _last_of(unrolled_states(*arguments), final, reverse)
        return _states(*arguments, final)
    if _is_watched([inputs, h0, *weights]):
        return _last_of(plain_states(*arguments), final, reverse)
    present = tuple(t is not None for t in tensors)
    # The axes of time and batch in inputs, h0, weights, mask and dropout.
    any_size = ((0, -2), (-2,), *[()] * 6, (0, -2), (-2,))
    places = [_specification(*v) for v in zip(tensors, any_size, strict=True) if v[0] is not None]
    return _compiled(gates, reverse, present, tuple(places), final)(*given)


def _last_of(states, final, reverse):
    return states[0 if reverse else -1] if final else states


def _is_watched(tensors):
    """Whether a `tf.autodiff.ForwardAccumulator` follows any of the tensors.

    TensorFlow would differentiate the loop of the gradient, which takes far longer than a loop of
    plain operations. It has no public function for the question. Of a variable it follows the
    handle.
    """
    followed = [getattr(tensor, "handle", tensor) for tensor in tensors if tensor is not None]
    return len(forwardprop_util.pack_tangents(followed).tangents) > 0


def _unrolled(body, carry, xs, reverse):
    """A loop like `jax.lax.scan` as a graph without one, over a known number of steps."""
    results = []
    steps = range(_time(xs))
    for t in reversed(steps) if reverse else steps:
        carry, result = body(carry, tuple(None if x is None else x[t] for x in xs))
        results.append(result)
    ordered = results[::-1] if reverse else results
    return carry, tuple(tf.stack(each) for each in zip(*ordered, strict=True))


# All states over a sequence, in plain operations that TensorFlow differentiates: in a loop, and in
# a graph without one.
plain_states = functools.partial(
    reference.states, scan=functools.partial(reference.scan, loop=_plain_loop)
)
unrolled_states = functools.partial(
    reference.states, scan=functools.partial(reference.scan, loop=_unrolled)
)
