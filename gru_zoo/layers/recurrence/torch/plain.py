"""The GRU recurrence on torch in plain operations, for whatever follows operations one by one.

The equations are those of `reference.py`. This is a file of its own because products of float64 are
float32 in `keras.ops` on torch, and because every operation here has a derivative of any order,
forward and backward, and a rule for batches. None of them overwrites anything.
"""

import torch
from keras import activations
from torch.nn import functional

from gru_zoo.layers.recurrence.normalized import EPSILON
from gru_zoo.layers.recurrence.types import Weights, state_dtype

# Called without Keras around them, which takes as long as they do on a small batch.
_FUNCTIONS = {activations.tanh: torch.tanh, activations.sigmoid: torch.sigmoid}


def activations_of(gates):
    """The recurrent activation and the activation, as functions of torch where it has them."""
    pair = gates.recurrent_activation, gates.activation
    return tuple(_FUNCTIONS.get(function, function) for function in pair)


def sequence(
    inputs,
    h0,
    weights,
    gates,
    mask=None,
    dropout=None,
    zoneout_mask=None,
    reverse=False,
    return_sequences=True,
):
    """The recurrence over a whole sequence, with the arguments and results of `dispatch.sequence`.

    Masked steps are computed and dropped.
    """
    wide = getattr(torch, state_dtype(inputs.dtype))
    h = h0.to(wide)
    kept = None
    if mask is not None:
        kept = mask.unsqueeze(-1)
        # Their gradients are zero times what they hold, which may be anything.
        inputs = torch.where(
            kept, inputs, torch.zeros((), dtype=inputs.dtype, device=inputs.device)
        )
    if zoneout_mask is not None:
        kept = ~zoneout_mask if kept is None else kept & ~zoneout_mask
    # A trace with another number of steps fails here and computes nothing wrong.
    x = project(inputs, weights).unbind(1)
    kept = [None] * len(x) if kept is None else kept.unbind(1)
    pairs = list(zip(x, kept, strict=True))
    states = []
    for x_t, kept_t in pairs[::-1] if reverse else pairs:
        new = step(x_t, h, weights, gates, dropout)
        h = new if kept_t is None else torch.where(kept_t, new, h)
        states.append(h)
    last = h.clone()
    if not return_sequences:
        return None, last
    if not states:
        return h.new_zeros((*h.shape[:-1], 0, h.shape[-1])), last
    return torch.stack(states[::-1] if reverse else states, dim=1), last


def project(inputs, weights: Weights):
    """The input's part of z, r and h, biases of the input included, `(..., 3 * units)`."""
    x = inputs @ weights.kernel
    if weights.gain is not None:
        wide = x.to(getattr(torch, state_dtype(x.dtype)))
        x = _normalized_gates(wide, weights.gain).to(x.dtype)
    return x if weights.bias is None else x + weights.bias


def step(x, h, weights: Weights, gates, dropout=None):
    """One step of the recurrence.

    Args:
        x: from `project`, shape `(batch, 3 * units)`.
        h: previous state, shape `(batch, units)`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
        dropout: factor on the state that enters the products, shape `(batch, units)`, or None.

    Returns:
        The new state, shape `(batch, units)`, in the dtype of `h`.
    """
    _, kernel, _, bias, _, gain = weights
    split = 2 * kernel.shape[0]
    f, g = activations_of(gates)

    def product(state, columns):
        return (state.to(kernel.dtype) @ kernel[:, columns]).to(h.dtype)

    x = x.to(h.dtype)
    dropped = h if dropout is None else h * dropout.to(h.dtype)
    s = product(dropped, slice(None if gates.reset_after else split))
    s = s if gain is None else _normalized_gates(s, gain)
    s = s if bias is None else s + bias.to(h.dtype)
    z, r = f(x[..., :split] + s[..., :split]).chunk(2, dim=-1)
    if gates.reset_after:
        s_h = r * s[..., split:]
    else:
        s_h = product(r * dropped, slice(split, None))
        s_h = s_h if gain is None else _normalized(s_h, gain[split:])
    n = g(x[..., split:] + s_h)
    new = n + z * (h - n)
    return gates.zoneout * h + (1 - gates.zoneout) * new if gates.zoneout else new


def _normalized(product, gain):
    """`product` with mean 0 and variance 1 over its last axis, times `gain`."""
    return functional.layer_norm(product, gain.shape, gain.to(product.dtype), eps=EPSILON)


def _normalized_gates(product, gain):
    """The product, normalized over the units of z and r together and over those of h, if any."""
    split = 2 * (gain.shape[0] // 3)
    zr = _normalized(product[..., :split], gain[:split])
    if product.shape[-1] == split:
        return zr
    return torch.cat([zr, _normalized(product[..., split:], gain[split:])], dim=-1)


def gradients(tensors, outputs, d_outputs):
    """Gradients that can be differentiated themselves, of results of plain operations.

    Args:
        tensors: what the results were computed from; may hold None.
        outputs: the results; may hold None.
        d_outputs: their gradients; may hold None.

    Returns:
        A gradient for each of the tensors, None for those that need none.
    """
    pairs = [
        (output, d.to(output.dtype))
        for output, d in zip(outputs, d_outputs, strict=True)
        if output is not None and d is not None
    ]
    outputs, d_outputs = zip(*pairs, strict=True)
    wanted = [t for t in tensors if t is not None and t.requires_grad]
    create = torch.is_grad_enabled()
    with torch.enable_grad():
        found = torch.autograd.grad(
            outputs, wanted, d_outputs, create_graph=create, allow_unused=True
        )
    results = iter(found)
    return [next(results) if t is not None and t.requires_grad else None for t in tensors]
