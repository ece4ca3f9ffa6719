"""Normalized products in the loops of torch that have a gradient by hand.

With `layer_norm` the loops take the weights of `centered`, of whose products no mean is to be
taken, and save the normalized products n and what these were multiplied by. The gradient of a
product is that of `gradient.py`, d_s = |s|^-1 (w d - n sum(w d n)) with the gain w. All that waits
for no other step, as the factors |s|^-1 w and the gradient of w, is computed for a block of steps.
"""

import itertools
import math
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


def _groups(values):
    split = 2 * (values.shape[-1] // 3)
    return values[..., :split], values[..., split:]


def _centered(kernel):
    parts = map(_wide, _groups(kernel))
    centers = [(part - part.mean(1, keepdim=True)) / math.sqrt(part.shape[1]) for part in parts]
    return torch.cat(centers, dim=1)


def _times_root(gain):
    return torch.cat([part * math.sqrt(len(part)) for part in _groups(gain)])


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
    """Sums over the units of gates that are normalized together, of `array` values.

    Overflows are no errors here, so call it with NumPy's warnings off.

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

    def normalize(self, products, scale):
        """Normalize products in place, `(rows, gates, units)`; write what they are times."""
        if self._numpy:
            np.matmul(np.vecdot(products, products), self._matrix, scale)
            np.add(scale, EPSILON, scale)
            np.sqrt(scale, scale)
            np.reciprocal(scale, scale)
            np.multiply(products, scale[:, :, None], products)
        else:
            squares = torch.mm((products * products).sum(2), self._matrix)
            torch.rsqrt(squares.add_(EPSILON), out=scale)
            products.mul_(scale[:, :, None])

    def normalize_all(self, products, scale):
        """`normalize` of many rows."""
        for some in zip(products.split(_ROWS), scale.split(_ROWS), strict=True):
            self.normalize(*map(array, some))

    def back_(self, d, values):
        """Turn w d / |s| into the gradient of the product, in place, `(rows, gates, units)`."""
        products = np.vecdot(d, values) if self._numpy else (d * values).sum(2)
        d -= values * (products @ self._matrix)[:, :, None]


def of_projection(d_x: torch.Tensor, normal: Normal, gain: torch.Tensor):
    """Gradients of the products and of the gain from those of the normalized products times gain.

    Args:
        d_x: shape `(rows, 3 * units)`.
        normal: of the projection.
        gain: shape `(3 * units,)`.
    """
    d_gain, d_products = torch.zeros_like(gain), torch.empty_like(d_x)
    units = len(gain) // 3
    joined = Joined(gain, 3)
    each = zip(*(v.split(_ROWS) for v in (d_x, d_products, *normal)), strict=True)
    for d, out, values, scale in each:
        d = d.to(gain.dtype)
        d_gain += (d * values).sum(0)
        factor = gain.view(3, units) * scale.unsqueeze(2)
        d = d.view(-1, 3, units) * factor
        joined.back_(array(d), array(values.view(-1, 3, units)))
        out.copy_(d.view(out.shape))
    return d_products, d_gain
