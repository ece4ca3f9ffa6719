"""The steps of one sequence on torch in NumPy, where no gradient is wanted.

A step of one sequence is a product with a vector and a dozen operations on a few hundred numbers.
Calls of NumPy cost less than torch's, and its OpenBLAS multiplies a vector faster than MKL does on
AMD's processors. Both work on the same memory.
"""

import numpy as np
import torch

from gru_zoo.layers.recurrence.torch import steps

# From so many entries of a matrix on OpenBLAS starts threads of its own, which compete with those
# of torch. The lower number is that of OpenBLAS before 0.3.27, which NumPy 1 brings along.
_LARGE = 9_216 if np.lib.NumpyVersion(np.__version__) < "2.0.0" else 460_800

_ONE = np.float32(1)


def applies(h0, recurrent, dropout, update_share, gates) -> bool:
    """Whether `fill` can compute the states for these arguments, and faster than torch."""
    plain = gates.as_in_cudnn and dropout is None and update_share is None
    small = len(h0) == 1 and recurrent.numel() < _LARGE
    return plain and small and recurrent.dtype == h0.dtype == torch.float32 and recurrent.is_cpu


def fill(states, rows, h0, weights, sizes):
    """Write the states of all steps to `states`.

    exp overflows where a gate becomes 0, so call it with NumPy's warnings off.

    Args:
        states: shape `(steps, units)`.
        rows, h0: see `packing.Packed`.
        weights: the tensors of the layer.
        sizes: number of sequences at each step, 1.
    """
    blocks = steps.blocks(sizes, h0.shape[1])[::-1]
    longest = max((block.stop - block.start for block in blocks), default=0)
    project = steps.Projection(h0, longest, weights, reset_after=True)
    h, matrix = h0[0].detach().numpy(), weights.recurrent_kernel.detach().numpy()
    for block in blocks:
        new = states[block]
        x = project(rows[block], new).neg_()
        h = _take(x.numpy(), new.numpy(), h, matrix)


def _take(x, candidates, h, matrix):
    """Take some steps and return the last state.

    Args:
        x: the projected inputs of the gates with the other sign, shape `(steps, 3 * units)`.
        candidates: the projected inputs of the candidates, overwritten by the states, shape
            `(steps, units)`.
        h: the state before the steps, shape `(units,)`.
        matrix: the recurrent kernel, shape `(units, 3 * units)`.
    """
    units = len(h)
    inner = np.empty_like(x, shape=3 * units)
    gates, (z, r, s) = inner[: 2 * units], inner.reshape(3, units)
    dot, exp, reciprocal, tanh = np.dot, np.exp, np.reciprocal, np.tanh
    add, subtract, multiply = np.add, np.subtract, np.multiply
    for x_t, n in zip(x, candidates, strict=True):
        dot(h, matrix, inner)
        subtract(x_t, inner, inner)
        exp(gates, gates)
        add(gates, _ONE, gates)
        reciprocal(gates, gates)
        multiply(r, s, s)
        subtract(n, s, n)  # s has the sign of x.
        tanh(n, n)
        subtract(h, n, s)
        multiply(z, s, s)
        add(n, s, n)
        h = n
    return h
