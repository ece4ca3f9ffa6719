"""Normalized products in the loops of torch that have a gradient by hand.

With `layer_norm` the loops take the weights of `centered`, of whose products no mean is to be
taken, and save the normalized products n and what these were multiplied by. The gradient of a
product is that of `gradient.py`, d_s = |s|^-1 (w d - n sum(w d n)) with the gain w. All that waits
for no other step, as the factors |s|^-1 w and the gradient of w, is computed for a block of steps.
"""

import itertools
from typing import NamedTuple

import numpy as np
import torch

from gru_zoo.layers.recurrence.normalized import EPSILON
from gru_zoo.layers.recurrence.types import Weights

_HAS_VECDOT = hasattr(np, "vecdot")  # Since NumPy 2.
_ROWS = 256  # Rows of a large array that are normalized at a time, while they are in the cache.


class Normal(NamedTuple):
    """Normalized products.

    Args:
        values: shape `(rows, 3 * units)`.
        scale: what the product of each gate was multiplied by, shape `(rows, 3)`.
    """

    values: torch.Tensor
    scale: torch.Tensor


def centered(weights: Weights) -> Weights:
    """As `recurrence.normalized.centered`, with gains in the dtype in which states are carried."""
    if weights.gain is None:
        return weights
    kernel, recurrent = (_centered(kernel).to(kernel.dtype) for kernel in weights[:2])
    gain, recurrent_gain = (_times_root(_wide(gain)) for gain in weights[4:])
    return Weights(kernel, recurrent, weights.bias, weights.recurrent_bias, gain, recurrent_gain)


def of_centered(gradients: Weights) -> Weights:
    """The gradients of the weights from those of the `centered` ones."""
    if gradients.gain is None:
        return gradients
    # Taking the mean from a gradient is the transpose of taking it from a kernel.
    kernels = (None if d is None else _centered(d).to(d.dtype) for d in gradients[:2])
    gains = (_times_root(d) for d in gradients[4:])
    return Weights(*(*kernels, *gradients[2:4], *gains))


def _wide(tensor):
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))


def _roots(like):
    """Of each gate the root of the number of units that are normalized together, `(3, 1)`."""
    units = like.shape[-1] // 3
    return like.new_tensor([2 * units, 2 * units, units]).sqrt_().unsqueeze(1)


def _centered(kernel):
    gates = _wide(kernel).reshape(len(kernel), 3, -1)
    means = gates.mean(2)
    means[:, :2] = means[:, :2].mean(1, keepdim=True)
    return (gates - means.unsqueeze(2)).div_(_roots(kernel)).view(kernel.shape)


def _times_root(gain):
    return (gain.view(3, -1) * _roots(gain)).view(-1)


def _in_numpy(like: torch.Tensor) -> bool:
    """Whether NumPy normalizes the steps, whose calls and views cost less than torch's."""
    return _HAS_VECDOT and like.is_cpu


def array(values: torch.Tensor):
    """The values as `Joined` takes them: an array of NumPy on the same memory, or the tensor."""
    return values.numpy() if _in_numpy(values) else values


def split(values, sizes: list[int]) -> list:
    """The parts of an `array` along its first axis."""
    stops = itertools.accumulate(sizes)
    return [values[stop - size : stop] for size, stop in zip(sizes, stops, strict=True)]


class Joined:
    """Sums over the units of gates that are normalized together.

    Where steps are NumPy's, sums are taken of the `array` of a tensor, which is given beside it: a
    call of NumPy and its view cost less than torch's, but to multiply by a number for each row
    takes NumPy three times as long. Overflows are no errors here, so call it with NumPy's warnings
    off.

    Args:
        like: a tensor of the state's dtype and device.
        gates: which are normalized at a time: 3 for z and r together and h alone, 2 for z and r, 1
            for h.
    """

    def __init__(self, like: torch.Tensor, gates: int):
        self._matrix = like.new_ones(gates, gates)
        if gates == 3:
            self._matrix[2, :2] = self._matrix[:2, 2] = 0
        self._matrix = array(self._matrix)
        self._numpy = _in_numpy(like)

    def normalize(self, products, factors, of_products, scale):
        """Normalize products in place; write what they are times.

        Args:
            products: shape `(rows, gates, units)`.
            factors: where to write to, shape `(rows, gates, 1)`.
            of_products: the `array` of `products`.
            scale: the `array` of `factors`, shape `(rows, gates)`.
        """
        if self._numpy:
            np.matmul(np.vecdot(of_products, of_products), self._matrix, scale)
            np.add(scale, EPSILON, scale)
            np.sqrt(scale, scale)
            np.reciprocal(scale, scale)
        else:
            squares = torch.mm((products * products).sum(2), self._matrix)
            torch.rsqrt(squares.add_(EPSILON), out=scale)
        products.mul_(factors)

    def normalize_all(self, normal, gain, bias):
        """`normalize` of many rows, in place of their products; returns `gain` times them + `bias`.

        Args:
            normal: a `Normal` that holds the products.
            gain, bias: shape `(3 * units,)`.
        """
        results = torch.empty_like(normal.values)
        for values, scale, out in zip(*(v.split(_ROWS) for v in (*normal, results)), strict=True):
            products = values.view(len(values), 3, len(gain) // 3)
            self.normalize(products, scale.unsqueeze(2), array(products), array(scale))
            torch.addcmul(bias, values, gain, out=out)
        return results

    def back_(self, d, values, of_d, of_values):
        """Turn w d / |s| into the gradient of the product, in place.

        Args:
            d: shape `(rows, gates, units)`.
            values: the normalized products, of the same shape.
            of_d, of_values: the `array` of each.
        """
        if self._numpy:
            products = np.vecdot(of_d, of_values) @ self._matrix
            d.addcmul_(values, torch.from_numpy(products[:, :, None]), value=-1)
        else:
            products = (d * values).sum(2) @ self._matrix
            d.addcmul_(values, products.unsqueeze(2), value=-1)


def of_projection_(d_x: torch.Tensor, normal: Normal, gain: torch.Tensor):
    """Turn gradients of normalized products times gain into those of the products, in place.

    Args:
        d_x: shape `(rows, 3 * units)`.
        normal: of the projection.
        gain: shape `(3 * units,)`.

    Returns:
        The gradient of the gain, shape `(3 * units,)`.
    """
    d_gain, shape = torch.zeros_like(gain), (-1, 3, len(gain) // 3)
    joined = Joined(gain, 3)
    for d_some, values, scale in zip(*(v.split(_ROWS) for v in (d_x, *normal)), strict=True):
        d = d_some.to(gain.dtype)
        d_gain += (d * values).sum(0)
        d, values = d.view(shape), values.view(shape)
        d.mul_(gain.view(shape[1:]) * scale.unsqueeze(2))
        joined.back_(d, values, array(d), array(values))
        d_some.copy_(d.view(d_some.shape))
    return d_gain
