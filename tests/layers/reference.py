"""The equations of the layer's docstring in NumPy."""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def equations(layer, sequences, state, mask=None, weights=None):
    """The states by the equations of the docstring, in float64, in the order of computation.

    Args:
        layer: a built `GRU`.
        sequences: shape `(batch, time, features)`.
        state: initial state, shape `(batch, units)`.
        mask: boolean, shape `(batch, time)`, or None.
        weights: arrays in place of the weights of the layer, or None.

    Returns:
        Shape `(batch, time, units)`.
    """
    weights = layer.cell.get_weights() if weights is None else weights
    weights = [w.astype("float64") for w in weights]
    kernel, recurrent = weights[:2]
    b = c = np.zeros(3 * layer.units)
    if layer.use_bias:
        b, c = weights[2] if layer.reset_after else (weights[2], c)
    (w_z, w_r, w_h), (u_z, u_r, u_h) = np.split(kernel, 3, 1), np.split(recurrent, 3, 1)
    (b_z, b_r, b_h), (c_z, c_r, c_h) = np.split(b, 3), np.split(c, 3)
    h, states = state.astype("float64"), []
    steps = range(sequences.shape[1])
    for t in reversed(steps) if layer.go_backwards else steps:
        x = sequences[:, t].astype("float64")
        z = sigmoid(x @ w_z + h @ u_z + b_z + c_z)
        r = sigmoid(x @ w_r + h @ u_r + b_r + c_r)
        if layer.reset_after:
            n = np.tanh(x @ w_h + b_h + r * (h @ u_h + c_h))
        else:
            n = np.tanh(x @ w_h + b_h + (r * h) @ u_h)
        new = z * h + (1 - z) * n
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        states.append(h)
    return np.stack(states, axis=1)
