"""Normalized products of layers with `layer_norm`, for all backends; torch's loops have their own.

Ba et al. 2016, eq. 20 to 22, over the units of z and r together and over those of h.
"""

import keras
from keras import ops

from gru_zoo.layers.recurrence.types import Tensor, Weights, state_dtype

EPSILON = 1e-5  # Added to variances.
_LANES = 16  # Numbers of float32 in a register of AVX-512.


def centered(weights: Weights) -> Weights:
    """The weights with which a normalized product is gain * product / |product|.

    The mean over the n units of a product is linear in it. So the columns of a kernel W that are
    normalized together give way to (W - their mean) / sqrt(n), whose product has the variance of
    x W as the sum of its squares, and the gain to sqrt(n) * gain. Without gains nothing changes.
    """
    if weights.gain is None:
        return weights
    kernel, recurrent = map(without_means, weights[:2])
    return with_gains_of_norm(weights)._replace(kernel=kernel, recurrent_kernel=recurrent)


def with_gains_of_norm(weights: Weights) -> Weights:
    """The weights with the gains that `centered` gives them, and the kernels as they are.

    For a single step, since then to take the means of products costs less than those of kernels.
    """
    if weights.gain is None:
        return weights
    gain, recurrent_gain = map(_of_norm, weights[4:])
    return weights._replace(gain=gain, recurrent_gain=recurrent_gain)


def groups(values: Tensor) -> list[Tensor]:
    """The columns of z and r, which are normalized together, and those of h, if there are any."""
    split = 2 * (values.shape[-1] // 3)
    return [values[..., :split], values[..., split:]]


def gains_of(gain: Tensor | None, dtype) -> list[Tensor] | None:
    """The `groups` of a gain in the dtype in which states are carried; None for None."""
    return None if gain is None else groups(ops.cast(gain, dtype))


def without_means(values: Tensor) -> Tensor:
    """What `centered` makes of a kernel, and of the kernel's product: shape `(..., 3 * units)`."""
    return ops.concatenate([without_mean(part) for part in groups(values)], axis=-1)


def without_mean(values: Tensor) -> Tensor:
    """`without_means` of one of the `groups`."""
    wide = ops.cast(values, state_dtype(values.dtype))
    wide = wide - ops.mean(wide, axis=-1, keepdims=True)
    return ops.cast(wide / values.shape[-1] ** 0.5, values.dtype)


def _of_norm(gain):
    """The gain of products that are divided by their norm, from that of their deviation."""
    parts = [part * part.shape[-1] ** 0.5 for part in groups(gain)]
    return ops.concatenate(parts, axis=-1)


def normalized(*parts: Tensor) -> tuple[list[Tensor], Tensor]:
    """The parts of a product of `centered` weights over their length, and what they were times."""
    squares = sum(row_sums(ops.square(part)) for part in parts)
    scale = ops.rsqrt(squares + EPSILON)
    return [part * scale for part in parts], scale


def row_sums(values: Tensor) -> Tensor:
    """The sums over the last axis, which stays with the size 1.

    Along that axis XLA's CPU compiler adds one number at a time, and across it many.
    """
    *leading, width = values.shape
    if keras.backend.backend() == "jax" and width % _LANES == 0:
        values = ops.sum(ops.reshape(values, (*leading, -1, _LANES)), axis=-2)
    return ops.sum(values, axis=-1, keepdims=True)


def normalized_parts(parts: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """The `normalized` products of z, r and h and what each was times, in the state's dtype."""
    z, r, h = (ops.cast(part, state_dtype(part.dtype)) for part in parts)
    (z, r), of_gates = normalized(z, r)
    (h,), of_h = normalized(h)
    return [z, r, h], [of_gates, of_gates, of_h]
