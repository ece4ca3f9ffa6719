"""Which implementation of the recurrence runs on torch.

    device         gradient wanted    batch    mask        runs
    CPU            yes                any      packed      training.py
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
    CUDA           yes                any      packed      training.py
    CUDA           no                 any      packed      inference.py

    second derivatives                                     double_backward.py of packed rows,
                                                           fused.differentiable_gradients
    torch.jit.trace                                        cudnn.run_traced, else plain_sequence
    torch.export, meta tensors                             plain_sequence
    torch.compile                                          the above, as a break of the graph
    no gradient by hand, layer_norm                        plain_sequence, differentiated by torch

`training.py` and `inference.py` share `steps.py` and `matmul.py`, and `packing.py` plans what they
read. cuDNN rounds the state of a layer in half precision at every step; all others carry it in
float32.
"""

import warnings

import torch
from keras import activations

from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.torch import cudnn, fused, training
from gru_zoo.layers.recurrence.torch.packing import Plan, pack, plan, unpack

__all__ = ["advance", "path", "plain_sequence", "sequence"]

# Called without Keras around them, which takes as long as they do on a small batch.
_FUNCTIONS = {activations.tanh: torch.tanh, activations.sigmoid: torch.sigmoid}


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
    plain = gates.as_in_cudnn and dropout is None and zoneout_mask is None
    if torch.jit.is_tracing() and plain and not gates.zoneout:
        run = cudnn.run_traced
    elif torch.compiler.is_exporting() or torch.jit.is_tracing() or inputs.is_meta:
        # An exported graph holds only operations that a tracer follows.
        run = plain_sequence
    elif torch.compiler.is_compiling():
        run = _uncompiled_sequence
    else:
        run = _sequence
    return run(inputs, h0, weights, gates, mask, dropout, zoneout_mask, reverse, return_sequences)


def plain_sequence(inputs, *args, **kwargs):
    """The recurrence of plain operations, with the arguments and results of `sequence`.

    Warns where `torch.jit.trace` keeps the loop with the number of steps of the sample.
    """
    if torch.jit.is_tracing():
        warnings.warn(
            "A GRU that computes otherwise than torch.nn.GRU is traced as a loop of as many steps"
            " as the sample has, also where later inputs have more or fewer. Give the model's input"
            " a fixed number of steps.",
            torch.jit.TracerWarning,
            stacklevel=2,
        )
    return reference.sequence(inputs, *args, **kwargs)


def _sequence(inputs, h0, weights, gates, mask, dropout, zoneout_mask, reverse, return_sequences):
    """`sequence` outside of any graph."""
    batch, time, _ = inputs.shape
    h0 = h0.to(torch.promote_types(h0.dtype, torch.float32))
    zoneout = zoneout_mask is not None or gates.zoneout > 0
    masked, dropped = mask is not None, dropout is not None
    name, _ = path(gates, weights.recurrent_kernel, dropped, zoneout, batch, masked)
    if name == "triton" and batch and time:
        states, last = fused.run(inputs, h0, weights, mask, dropout, zoneout_mask, gates, reverse)
        return states if return_sequences else None, last
    packing = Plan([batch] * time) if mask is None else plan(mask, reverse)
    on_cudnn = name == "cudnn" and bool(packing.sizes)
    if on_cudnn and packing.sources is None:
        options = cudnn.gru_options(weights)
        return cudnn.run_unmasked(inputs, h0, options, reverse, return_sequences)
    if packing.order is not None:
        h0 = h0.index_select(0, packing.order)
        dropout = None if dropout is None else dropout.index_select(0, packing.order)
    rows = pack(inputs, packing, reverse)
    update_share = None
    if zoneout_mask is not None:
        update_share = (~pack(zoneout_mask, packing, reverse)).to(h0.dtype)
    elif gates.zoneout:
        update_share = h0.new_tensor(1 - gates.zoneout).expand(len(rows), h0.shape[1])
    run = cudnn.run_packed if on_cudnn else training.run
    states = run(rows, h0, weights, dropout, update_share, gates, packing.sizes)
    return unpack(states, packing, batch, time, reverse, return_sequences)


_uncompiled_sequence = torch.compiler.disable(_sequence)


def advance(inputs, h, weights, gates, dropout=None):
    """The state after one step, in fewer operations than `reference.advance` takes.

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
    if not tensors or gates.layer_norm or not gates.reset_after:
        return reference.advance(inputs, h, weights, gates, dropout)
    units = h.shape[1]
    dropped = h if dropout is None else h * dropout
    x = _affine(inputs, weights.kernel, weights.bias).to(h.dtype)
    s = _affine(dropped, weights.recurrent_kernel, weights.recurrent_bias).to(h.dtype)
    f = _FUNCTIONS.get(gates.recurrent_activation, gates.recurrent_activation)
    g = _FUNCTIONS.get(gates.activation, gates.activation)
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
        return "torch", "cuDNN computes only with tanh, sigmoid and reset_after=True"
    return "cudnn", "every condition of cuDNN is met"
