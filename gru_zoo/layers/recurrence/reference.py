"""The GRU recurrence in plain `keras.ops`, with which all other implementations must agree.

Equations, with gates in Keras' order z (update), r (reset), h (candidate), for one step:

    z = f(x_z + s_z)            s = h' W + b,  h' = h * dropout
    r = f(x_r + s_r)
    n = g(x_h + r * s_h)                            if reset_after   (Cho et al. 2014, v3; cuDNN)
    n = g(x_h + (r * h') W_h)                       otherwise        (Cho et al. 2014, v1)
    h_new = z * h + (1 - z) * n

With `layer_norm` each of h' W and the input's part, without their biases, is normalized over the
units of z and r together and over those of h, and multiplied by a gain (Ba et al. 2016, eq. 20 to
22). Over a sequence the mean is taken from the kernels and not from every product, see
`normalized.py`. With zoneout at rate p (Krueger et al. 2016, section 3.2), units drawn anew at
every training step keep h; in inference every unit has the expectation, p * h + (1 - p) * h_new.

The state may have a wider dtype than the weights: products run in the weights' dtype, all else in
the state's, so that many small updates of a half-precision state are not rounded away.
"""

from collections.abc import Callable

from keras import ops

from gru_zoo.layers.recurrence.normalized import (
    centered,
    gains_of,
    normalized,
    normalized_parts,
    with_gains_of_norm,
    without_mean,
    without_means,
)
from gru_zoo.layers.recurrence.types import Saved, StepConfig, Tensor, Weights, state_dtype


def project(
    inputs: Tensor, weights: Weights, at_once: bool = False
) -> tuple[Tensor, Tensor, Tensor]:
    """The input's part of z, r and h: `(..., features)` to three times `(..., units)`.

    Args:
        inputs: of one step or all, shape `(..., features)`.
        weights: the tensors of the layer, `centered`; with `at_once`, `with_gains_of_norm`.
        at_once: whether to take one product, which slices no kernel. By default there are three,
            because XLA's CPU compiler makes a loop that slices its inputs twice as slow.
    """
    if at_once:
        product = ops.matmul(inputs, weights.kernel)
        product = product if weights.gain is None else without_means(product)
        parts = ops.split(product, 3, axis=-1)
    else:
        parts = [ops.matmul(inputs, kernel) for kernel in ops.split(weights.kernel, 3, axis=-1)]
    if weights.gain is not None:
        normal, _ = normalized_parts(parts)
        gains = ops.split(ops.cast(weights.gain, normal[0].dtype), 3)
        pairs = zip(normal, gains, strict=True)
        parts = [ops.cast(part * gain, inputs.dtype) for part, gain in pairs]
    if weights.bias is None:
        return tuple(parts)
    return tuple(p + b for p, b in zip(parts, ops.split(weights.bias, 3), strict=True))


def step(
    x: tuple[Tensor, Tensor, Tensor],
    h: Tensor,
    kernel: Tensor,
    bias: Tensor | None,
    dropout: Tensor | None,
    gates: StepConfig,
    gains: list[Tensor] | None = None,
    is_centered: bool = True,
) -> tuple[Tensor, Saved]:
    """One step of the recurrence.

    Args:
        x: projected input of z, r and h, input bias included, each `(batch, units)`.
        h: previous state, shape `(batch, units)`.
        kernel: recurrent kernel, shape `(units, 3 * units)`.
        bias: recurrent bias, shape `(3 * units,)`, or None.
        dropout: factor on the state that enters the products, shape `(batch, units)`, or None.
        gates: activations and options of a step.
        gains: of the normalized recurrent products of z and r and of h, from `gains_of`, or None.
        is_centered: whether the kernel is `centered`, as it should be for many steps. Default True.

    Returns:
        The new state, shape `(batch, units)`, and the values a gradient needs.
    """
    units = kernel.shape[0]
    wide, low = h.dtype, kernel.dtype
    x_z, x_r, x_h = (ops.cast(part, wide) for part in x)
    dropped = h if dropout is None else h * ops.cast(dropout, wide)
    saved: list[Tensor] = []

    def product(state, columns):
        return ops.cast(ops.matmul(ops.cast(state, low), kernel[:, columns]), wide)

    def normal(s, group):
        if gains is None:
            return s
        (values,), scale = normalized(s if is_centered else without_mean(s))
        saved.extend([values, scale])
        return values * gains[group]

    if gates.reset_after:
        s = product(dropped, slice(None))
        if gains is not None:
            parts = ops.split(s, [2 * units], axis=-1)
            s = ops.concatenate([normal(part, k) for k, part in enumerate(parts)], axis=-1)
        s = s if bias is None else s + ops.cast(bias, wide)
        s_z, s_r, s_h = ops.split(s, 3, axis=-1)
    else:
        s_z, s_r = ops.split(normal(product(dropped, slice(2 * units)), 0), 2, axis=-1)
    z = gates.recurrent_activation(x_z + s_z)
    r = gates.recurrent_activation(x_r + s_r)
    if gates.reset_after:
        n = gates.activation(x_h + r * s_h)
    else:
        s_h = normal(product(r * dropped, slice(2 * units, None)), 1)
        n = gates.activation(x_h + s_h)
    new = n + z * (h - n)
    if gates.zoneout:
        new = gates.zoneout * h + (1 - gates.zoneout) * new
    return new, Saved(z, r, s_h, n, *saved)


def first_rows(values: Tensor | None, h: Tensor) -> Tensor | None:
    """The first rows of `values`, `(batch, units)`, as many as `h` has; None for None."""
    known = h.shape[-2]
    if values is None or (known is not None and values.shape[-2] == known):
        return values
    return values[..., : ops.shape(h)[-2], :]


def advance(
    inputs: Tensor, h: Tensor, weights: Weights, gates: StepConfig, dropout: Tensor | None = None
) -> Tensor:
    """The state after one step, from inputs that are not projected yet.

    Args:
        inputs: shape `(batch, features)`, in the dtype of the weights.
        h: previous state, shape `(batch, units)`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
        dropout: factor on the state that enters the products, shape `(batch, units)`, or None.
    """
    weights = with_gains_of_norm(weights)
    _, kernel, _, bias, _, gain = weights
    x = project(inputs, weights, at_once=True)
    return step(x, h, kernel, bias, dropout, gates, gains_of(gain, h.dtype), False)[0]


def scan(
    x: tuple[Tensor, Tensor, Tensor],
    h0: Tensor,
    kernel: Tensor,
    bias: Tensor | None,
    mask: Tensor | None,
    dropout: Tensor | None,
    gates: StepConfig,
    reverse: bool,
    gain: Tensor | None = None,
    loop: Callable = ops.scan,
) -> Tensor:
    """All states of the recurrence over a projected sequence.

    Args:
        x: projected inputs of z, r and h, input bias included, each `(time, batch, units)`.
        h0: initial state, shape `(batch, units)`, in the dtype in which it is carried.
        kernel: recurrent kernel, shape `(units, 3 * units)`.
        bias: recurrent bias, shape `(3 * units,)`, or None.
        mask: boolean, shape `(time, batch, 1)` or `(time, batch, units)`; where False the state is
            carried over. Or None.
        dropout: factor on the state in the products, the same at every step, shape
            `(batch, units)`, or None.
        gates: activations and options of a step.
        reverse: whether the last time step is read first.
        gain: of the normalized recurrent product, from `centered`, shape `(3 * units,)`, or None.
        loop: runs the steps, with the arguments and the result of `keras.ops.scan`.

    Returns:
        States, shape `(time, batch, units)`: entry t is the state after time step t was read.
    """
    gains = gains_of(gain, h0.dtype)

    def body(h, inputs):
        new, _ = step(inputs[:3], h, kernel, bias, first_rows(dropout, h), gates, gains)
        new = new if mask is None else ops.where(inputs[3], new, h)
        return new, (new,)

    xs = x if mask is None else (*x, mask)
    _, (states,) = loop(body, h0, xs, reverse=reverse)
    return states


def states(
    inputs: Tensor,
    h0: Tensor,
    weights: Weights,
    mask: Tensor | None,
    dropout: Tensor | None,
    gates: StepConfig,
    reverse: bool,
    scan: Callable = scan,
    project: Callable = project,
) -> Tensor:
    """All states of the recurrence over a sequence, which is projected before the loop.

    Args:
        inputs: shape `(time, batch, features)`.
        h0, mask, dropout, gates, reverse: see `scan`.
        weights: the tensors of the layer, `centered`.
        scan: the loop, with the arguments and the result of this module's `scan`.
        project: the projection, with the arguments and the result of this module's `project`.

    Returns:
        As `scan`.
    """
    _, kernel, _, bias, _, gain = weights
    x = project(inputs, weights)
    return scan(x, h0, kernel, bias, mask, dropout, gates, reverse, gain)


def sequence(
    inputs: Tensor,
    h0: Tensor,
    weights: Weights,
    gates: StepConfig,
    mask: Tensor | None = None,
    dropout: Tensor | None = None,
    zoneout_mask: Tensor | None = None,
    reverse: bool = False,
    return_sequences: bool = True,
    states: Callable = states,
    final: Callable | None = None,
) -> tuple[Tensor | None, Tensor]:
    """The recurrence over a whole sequence.

    Args:
        inputs: shape `(batch, time, features)`.
        h0: initial state, shape `(batch, units)`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
        mask: boolean, shape `(batch, time)`; where False the state is carried over. Or None.
        dropout: factor on the state in the products, the same at every step, shape
            `(batch, units)`, or None.
        zoneout_mask: boolean, shape `(batch, time, units)`; where True a unit keeps its state. Or
            None.
        reverse: whether the last time step is read first.
        return_sequences: whether the states of all steps are wanted.
        states: all states, with the arguments and the result of this module's `states`.
        final: the state after the step read last, shape `(batch, units)`, with the arguments of
            `states`, for where no other is wanted. None takes it from the states. Default None.

    Returns:
        The states, shape `(batch, time, units)`: entry t is the state after time step t was read;
        None if they are not wanted. And the state after the step read last, `(batch, units)`.
    """
    h0 = ops.cast(h0, state_dtype(weights.kernel.dtype))
    if inputs.shape[1] == 0:
        return ops.expand_dims(h0, 1)[:, :0] if return_sequences else None, h0
    if mask is not None:
        mask = ops.expand_dims(ops.transpose(mask), -1)
    if zoneout_mask is not None:
        updated = ops.logical_not(ops.transpose(zoneout_mask, (1, 0, 2)))
        mask = updated if mask is None else ops.logical_and(mask, updated)
    inputs, weights = ops.transpose(inputs, (1, 0, 2)), centered(weights)
    arguments = (inputs, h0, weights, mask, dropout, gates, reverse)
    if final is not None and not return_sequences:
        return None, final(*arguments)
    outputs = states(*arguments)
    last = outputs[0 if reverse else -1]
    return ops.transpose(outputs, (1, 0, 2)) if return_sequences else None, last
