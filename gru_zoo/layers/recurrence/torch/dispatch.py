"""Which implementation of the recurrence runs on torch.

    device         gradient wanted    batch    mask        runs
    CPU            yes                any      packed      training.py, backward.py
    CPU            no                 1        packed      numpy_steps.py (float32, tanh, sigmoid,
                                                           reset_after=True, no recurrent dropout,
                                                           no zoneout, fewer than 460,800 entries
                                                           in the recurrent kernel)
    CPU            no                 any      packed      inference.py
    CUDA >= 8.0    yes / no           any      in place    fused.py -> triton_kernels.py (tanh,
                                                           sigmoid, reset_after=True), unless
                                                           fused.slower_than_cudnn
    CUDA           yes / no           any      packed      cudnn.py (tanh, sigmoid,
                                                           reset_after=True, no recurrent dropout,
                                                           no zoneout)
    CUDA           yes                any      packed      training.py, backward.py
    CUDA           no                 any      packed      inference.py

    watched, see watched.py                                plain.py, differentiated by torch
    no gradient by hand                                    plain.py, differentiated by torch
    second derivatives                                     plain.py, in place of the gradient
    torch.jit.trace                                        traced.py
    torch.compile, CPU                                     the above, as one operation, compiled.py
    torch.compile, CUDA                                    the above, as a break of the graph
    torch.autocast, CPU                                    the above, in the dtype of autocast

`training.py` and `inference.py` share `steps.py` and `matmul.py`, and `packing.py` plans what they
read. cuDNN rounds the state of a layer in half precision at every step; all others carry it in
float32.
"""

import torch

from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.torch import compiled, cudnn, fused, plain, traced, training
from gru_zoo.layers.recurrence.torch.watched import (
    in_autocast_dtype,
    is_watched,
    without_autocast,
)

__all__ = ["advance", "path", "plain_sequence", "sequence"]


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
    """The recurrence over a whole sequence.

    Args:
        inputs: shape `(batch, time, features)`.
        h0: initial state, shape `(batch, units)`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
        mask: boolean, shape `(batch, time)`; where False the state is carried over. Or None.
        dropout: factor on the state in the products, shape `(batch, units)`, or None.
        zoneout_mask: boolean, shape `(batch, time, units)`; where True a unit keeps its state. Or
            None.
        reverse: whether the last time step is read first.
        return_sequences: whether the states of all steps are wanted.

    Returns:
        The states, shape `(batch, time, units)`, in time order, or None if not wanted; and the
        state after the step read last, shape `(batch, units)`.
    """
    arguments = (mask, dropout, zoneout_mask, reverse, return_sequences)
    cast = in_autocast_dtype(inputs, weights)
    if cast is not None:
        run = without_autocast(sequence, inputs)
        return run(cast[0], h0, cast[1], gates, *arguments)
    return _choose(inputs, h0, weights, gates, mask, dropout, zoneout_mask)(
        inputs, h0, weights, gates, *arguments
    )


def _choose(inputs, h0, weights, gates, mask, dropout, zoneout_mask):
    """The function that computes a sequence, with the arguments of `sequence`."""
    if torch.compiler.is_compiling() and not torch.compiler.is_exporting():
        return _compiled if inputs.device.type == "cpu" else _uncompiled_sequence
    if torch.jit.is_tracing():
        return traced.sequence
    if is_watched(inputs, h0, *weights, mask, dropout, zoneout_mask):
        return plain.sequence
    return _sequence


def plain_sequence(inputs, h0, weights, gates, **kwargs):
    """The recurrence of plain operations, with the arguments and results of `sequence`."""
    cast = in_autocast_dtype(inputs, weights)
    if cast is not None:
        run = without_autocast(plain_sequence, inputs)
        return run(cast[0], h0, cast[1], gates, **kwargs)
    run = traced.sequence if torch.jit.is_tracing() else plain.sequence
    return run(inputs, h0, weights, gates, **kwargs)


def _wide(h0):
    return h0.to(torch.promote_types(h0.dtype, torch.float32))


def _compiled(inputs, h0, weights, *arguments):
    """`sequence` in a graph of `torch.compile`."""
    return compiled.sequence(inputs, _wide(h0), weights, *arguments)


def _sequence(inputs, h0, weights, gates, mask, dropout, zoneout_mask, reverse, return_sequences):
    """`sequence` outside of any graph."""
    batch, time, _ = inputs.shape
    h0 = _wide(h0)
    zoneout = zoneout_mask is not None or gates.zoneout > 0
    masked, dropped = mask is not None, dropout is not None
    name, _ = path(gates, weights.recurrent_kernel, dropped, zoneout, batch, masked)
    if name == "triton" and batch and time:
        states, last = fused.run(inputs, h0, weights, mask, dropout, zoneout_mask, gates, reverse)
        return states if return_sequences else None, last
    if name == "cudnn" and batch and time:
        return cudnn.sequence(inputs, h0, weights, gates, mask, reverse, return_sequences)
    rest = (mask, dropout, zoneout_mask, reverse, return_sequences)
    return training.run(inputs, h0, weights, gates, *rest)


_uncompiled_sequence = torch.compiler.disable(_sequence)


def advance(inputs, h, weights, gates, dropout=None):
    """The state after one step, in few operations.

    Args:
        inputs: shape `(batch, features)`.
        h: previous state, shape `(batch, units)`.
        weights: the tensors of the layer.
        gates: activations and options of a step.
        dropout: factor on the state in the products, shape `(batch, units)`, or None.

    Returns:
        Shape `(batch, units)`, in the dtype of `h`.
    """
    tensors = isinstance(inputs, torch.Tensor) and isinstance(h, torch.Tensor)
    if not tensors:
        return reference.advance(inputs, h, weights, gates, dropout)
    if gates.layer_norm or not gates.reset_after:
        return plain.step(plain.project(inputs, weights), h, weights, gates, dropout)
    units = h.shape[1]
    dropped = h if dropout is None else h * dropout
    x = _affine(inputs, weights.kernel, weights.bias).to(h.dtype)
    s = _affine(dropped, weights.recurrent_kernel, weights.recurrent_bias).to(h.dtype)
    f, g = plain.activations_of(gates)
    z, r = f(x[:, : 2 * units] + s[:, : 2 * units]).split(units, dim=1)
    n = g(torch.addcmul(x[:, 2 * units :], r, s[:, 2 * units :]))
    new = torch.lerp(n, h, z)
    return torch.lerp(new, h, gates.zoneout) if gates.zoneout else new


def _affine(values, kernel, bias):
    values = values.to(kernel.dtype)
    return values @ kernel if bias is None else torch.addmm(bias, values, kernel)


def path(
    gates,
    kernel: torch.Tensor,
    dropout: bool,
    zoneout: bool,
    batch: int = 1,
    masked: bool = False,
) -> tuple[str, str]:
    """Whether the fused kernel runs, cuDNN or torch's loops, and why not a faster one.

    Args:
        gates: activations and options of a step.
        kernel: the recurrent kernel, in the dtype in which products are computed.
        dropout: whether recurrent dropout applies.
        zoneout: whether zoneout applies.
        batch: number of sequences.
        masked: whether there is a mask.

    Returns:
        `"triton"`, `"cudnn"` or `"torch"`, and the reason.
    """
    if not kernel.is_cuda:
        return "torch", "the fused kernel and cuDNN need a CUDA device"
    name, reason = _path_without_fused_kernel(gates, dropout, zoneout)
    if gates.use_cudnn is True:
        return name, reason
    refusal = fused.refusal(gates, kernel)
    if not refusal and name == "cudnn":
        refusal = fused.slower_than_cudnn(kernel, batch, masked)
    if not refusal:
        return "triton", "every condition of the fused kernel is met"
    return name, f"{refusal}; {reason}"


def _path_without_fused_kernel(gates, dropout, zoneout):
    if not gates.use_cudnn:
        return "torch", "use_cudnn=False"
    if not (torch.backends.cudnn.enabled and torch.backends.cudnn.is_available()):
        return "torch", "cuDNN is not available or has been disabled"
    if dropout:
        return "torch", "cuDNN has no dropout on the state"
    if zoneout:
        return "torch", "cuDNN has no zoneout"
    if not gates.as_in_cudnn:
        return "torch", "cuDNN computes only with tanh, sigmoid, reset_after=True and no layer_norm"
    return "cudnn", "every condition of cuDNN is met"
