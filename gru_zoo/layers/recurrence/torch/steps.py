"""The steps of the GRU recurrence on torch, for the loops of training and of inference."""

import numpy as np
import torch
from keras import activations

from gru_zoo.layers.recurrence.torch.matmul import RightMatmul
from gru_zoo.layers.recurrence.torch.normalized import Joined, Normal, array, split

# Projections, and elementwise work of the backward pass, are done for as many steps at once as fit
# the cache.
_BLOCK_BYTES = 4 * 2**20
_IN_PLACE = {
    activations.tanh: torch.tanh_,
    activations.sigmoid: torch.sigmoid_,
    activations.relu: torch.relu_,
    activations.linear: lambda t: t,
}


def in_place(activation):
    """An activation as a function that overwrites its argument."""
    return _IN_PLACE.get(activation) or (lambda t: t.copy_(activation(t)))


def candidate(activation, h):
    """The activation of the candidate, in place.

    Args:
        activation: see `types.StepConfig`.
        h: a tensor of the state's dtype and device.
    """
    if activation is activations.tanh and h.is_cpu:
        return _tanh_in_numpy
    return in_place(activation)


def _tanh_in_numpy(t):
    """The tanh in place by NumPy, which is as exact and takes a fourth of torch's time on a CPU.

    A sigmoid of torch is as fast, but 2 sigmoid(2 x) - 1 keeps no digits of a small x.
    """
    values = t.numpy()
    np.tanh(values, values)
    return t


def blocks(sizes, units):
    """Split the steps into blocks that fit the CPU cache: slices of `sizes`, last block first."""
    max_rows = _BLOCK_BYTES // (3 * units * 4)
    if sizes and sum(sizes) <= max_rows:
        return [slice(0, len(sizes))]
    slices, end = [], len(sizes)
    while end:
        start, rows = end - 1, sizes[end - 1]
        while start and rows + sizes[start - 1] <= max_rows:
            start -= 1
            rows += sizes[start]
        slices.append(slice(start, end))
        end = start
    return slices


class Projection:
    """The input projection of the gates and of the candidate, biases included.

    With `reset_after` the gates are followed by
    the recurrent bias of the candidate, to which a step adds the state's part.

    Args:
        like: a tensor of the state's shape, dtype and device.
        rows: number of rows of the longest inputs.
        weights: the tensors of the layer, `normalized.centered`.
        reset_after: see `types.StepConfig`.
    """

    def __init__(self, like, rows, weights, reset_after):
        units = like.shape[1]
        kernel, _, bias, recurrent_bias, self._gain, _ = weights
        self._split = 2 * units
        self.width = (3 if reset_after else 2) * units
        self._bias, self._inner = like.new_zeros(3 * units), 0.0
        if bias is not None:
            self._bias += bias
        if recurrent_bias is not None:
            self._bias[: self._split] += recurrent_bias[: self._split]
            self._inner = recurrent_bias[self._split :]
        product = RightMatmul(kernel, rows, like.dtype)
        self._affine, self._into = product.affine, product.into
        self._joined = None if self._gain is None else Joined(like, 3)
        self.normal: Normal | None = None

    def __call__(self, rows, n):
        """The projection of the gates, `(len(rows), width)`; that of the candidate fills `n`.

        With `layer_norm` the normalized products are kept as `normal`.
        """
        if self._joined is None:
            x = self._affine(rows, self._bias)
        else:
            self.normal = normal = empty_normal(n, len(rows))
            self._into(rows, normal.values)
            x = self._joined.normalize_all(normal, self._gain, self._bias)
        rest = x[:, self._split :]
        n.copy_(rest)
        if self.width > self._split:
            rest[:] = self._inner
        return x[:, : self.width]


def empty_normal(like, rows):
    """Where to write the normalized products of so many rows; `like` is a tensor of states."""
    return Normal(like.new_empty(rows, 3 * like.shape[1]), like.new_empty(rows, 3))


def stepper(gates, weights, h):
    """A function that takes a step.

    `step(x, n, h, dropped, out, *places)` adds the product of `dropped`, the state with dropout, to
    `x`, turns `n` into the candidate and writes the new state to `out`. `places` are the views of
    `views` on the gates.

    Args:
        gates: activations and options of a step.
        weights: the tensors of the layer, `normalized.centered`.
        h: a tensor of the state's shape and dtype.
    """
    f, g = in_place(gates.recurrent_activation), candidate(gates.activation, h)
    if gates.layer_norm:
        make = _after_normalized if gates.reset_after else _before_normalized
        return make(weights.recurrent_kernel, weights.recurrent_gain, h, f, g)
    return (_after if gates.reset_after else _before)(weights.recurrent_kernel, h, f, g)


def views(inner, units, normal=None):
    """Views on the gates: all of them, z and r, z, r and, with `reset_after`, s_h.

    With `layer_norm` there follow views on the normalized products of the state.
    """
    found = (inner, inner[:, : 2 * units], *inner.split(units, dim=1))
    if normal is None:
        return found
    tensors, arrays = _of_normal(normal, units)
    return *found, *tensors, *arrays


def _of_normal(normal, units):
    """The products, `(rows, 3 * units)`, and the arguments of `Joined.normalize`, by kind."""
    by_gate = normal.values.view(len(normal.values), 3, units)
    tensors = normal.values, by_gate, normal.scale.unsqueeze(2)
    return tensors, (array(by_gate), array(normal.scale))


def places(x, units, sizes, normal=None):
    """The `views` of every step on the projection of all, shape `(sum(sizes), width)`."""
    parts = [view.split(sizes) for view in views(x, units)]
    if normal is not None:
        tensors, arrays = _of_normal(normal, units)
        parts += [tensor.split(sizes) for tensor in tensors]
        parts += [split(values, sizes) for values in arrays]
    return zip(*parts, strict=True)


def take(step, h, dropout, sizes, x, n, out, places, update_share):
    """Take some steps and return the last state.

    Args:
        step: from `stepper`.
        h: the state before the steps, shape `(batch, units)`.
        dropout: factor on the state in the products, shape `(batch, units)`, or None.
        sizes: number of sequences at each of these steps.
        x: the gates' projection, overwritten, shape `(sum(sizes), width)`.
        n: the candidates' projection, overwritten, shape `(sum(sizes), units)`.
        out: where to write the states, shape `(sum(sizes), units)`; it may be `n`.
        places: from `places`, for these steps.
        update_share: see `packing.Packed`, for these steps.
    """
    shares = [None] * len(sizes) if update_share is None else update_share.split(sizes)
    candidates = n.split(sizes)
    # A short step feels the time of a view.
    states = candidates if out is n else out.split(sizes)
    each = zip(sizes, places, shares, x.split(sizes), candidates, states, strict=True)
    held = len(h)
    for size, place, share, x_t, n_t, new in each:
        if size < held:
            h, held = h[:size], size
        dropped = h if dropout is None else h * dropout[:size]
        step(x_t, n_t, h, dropped, new, *place)
        if share is not None:
            torch.lerp(h, new, share, out=new)
        h = new
    return h


def _after(kernel, h, f, g):
    add = RightMatmul(kernel, len(h), h.dtype).add
    add_product, lerp, lerp_ = torch.Tensor.addcmul_, torch.lerp, torch.Tensor.lerp_

    def step(x, n, h, dropped, out, inner, zr, z, r, s):
        add(x, dropped, inner)
        f(zr)
        g(add_product(n, r, s))
        if out is n:  # An argument `out` costs time that a short step feels.
            lerp_(n, h, z)
        else:
            lerp(n, h, z, out=out)

    return step


def _before(kernel, h, f, g):
    split = 2 * len(kernel)
    by_zr = RightMatmul(kernel[:, :split], len(h), h.dtype)
    by_h = RightMatmul(kernel[:, split:], len(h), h.dtype)

    def step(x, n, h, dropped, out, inner, zr, z, r):
        by_zr.add(x, dropped, inner)
        f(zr)
        by_h.add(n, r * dropped, n)
        g(n)
        torch.lerp(n, h, z, out=out)

    return step


def _after_normalized(kernel, gain, h, f, g):
    into = RightMatmul(kernel, len(h), h.dtype).into
    normalize = Joined(h, 3).normalize

    def step(x, n, h, dropped, out, inner, zr, z, r, s, values, *by_gate):
        into(dropped, values)
        normalize(*by_gate)
        torch.addcmul(x, values, gain, out=inner)
        f(zr)
        g(n.addcmul_(r, s))
        torch.lerp(n, h, z, out=out)

    return step


def _before_normalized(kernel, gain, h, f, g):
    zr_end = 2 * len(kernel)
    by_zr = RightMatmul(kernel[:, :zr_end], len(h), h.dtype)
    by_h = RightMatmul(kernel[:, zr_end:], len(h), h.dtype)
    of_zr, of_h = Joined(h, 2), Joined(h, 1)

    def step(x, n, h, dropped, out, inner, zr, z, r, values, *by_gate):
        by_zr.into(dropped, values[:, :zr_end])
        of_zr.normalize(*(part[:, :2] for part in by_gate))
        torch.addcmul(x, values[:, :zr_end], gain[:zr_end], out=inner)
        f(zr)
        by_h.into(r * dropped, values[:, zr_end:])
        of_h.normalize(*(part[:, 2:] for part in by_gate))
        g(n.addcmul_(values[:, zr_end:], gain[zr_end:]))
        torch.lerp(n, h, z, out=out)

    return step
