"""The GRU recurrence on torch: on CUDA `torch_fused` or cuDNN, else `torch_loop`.

For cuDNN and the loop masked steps are packed away. The tests have torch's own CPU kernels behind
the call for cuDNN; `benchmarks/gru_layer_gpu.py` compares it on a GPU. cuDNN rounds the state of a
layer in half precision at every step.
"""

import warnings

import torch
from keras import activations

from gru_zoo.layers.recurrence import reference as reference
from gru_zoo.layers.recurrence.torch import fused as torch_fused
from gru_zoo.layers.recurrence.torch import training as torch_loop
from gru_zoo.layers.recurrence.torch.cudnn import (
    _library,
    _library_options,
    _library_unmasked,
    _traced,
)
from gru_zoo.layers.recurrence.torch.packing import Plan, plan

# Without Keras around them, which takes as long as they do on a small batch.
_FUNCTIONS = {activations.tanh: torch.tanh, activations.sigmoid: torch.sigmoid}


def sequence(
    inputs,
    h0,
    weights,
    gates,
    mask=None,
    dropout=None,
    zoned=None,
    reverse=False,
    return_sequences=True,
):
    """See `reference.sequence`."""
    plain = gates.as_in_cudnn and dropout is None and zoned is None
    if torch.jit.is_tracing() and plain and not gates.zoneout:
        run = _traced
    elif torch.compiler.is_exporting() or torch.jit.is_tracing() or inputs.is_meta:
        # An exported graph holds only operations that a tracer can follow.
        run = plain_sequence
    elif torch.compiler.is_compiling():
        run = _uncompiled_sequence
    else:
        run = _sequence
    return run(inputs, h0, weights, gates, mask, dropout, zoned, reverse, return_sequences)


def plain_sequence(inputs, *args, **kwargs):
    """See `reference.sequence`; warns where it is traced as a loop that keeps its length."""
    if torch.jit.is_tracing():
        warnings.warn(
            "A GRU that computes otherwise than torch.nn.GRU is traced as a loop of as many steps"
            " as the sample has, also where later inputs have more or fewer. Give the model's input"
            " a fixed number of steps.",
            torch.jit.TracerWarning,
            stacklevel=2,
        )
    return reference.sequence(inputs, *args, **kwargs)


def _sequence(inputs, h0, weights, gates, mask, dropout, zoned, reverse, return_sequences):
    batch, time, _ = inputs.shape
    h0 = h0.to(torch.promote_types(h0.dtype, torch.float32))
    zoneout = zoned is not None or gates.zoneout > 0
    masked, dropped = mask is not None, dropout is not None
    name, _ = path(gates, weights.recurrent_kernel, dropped, zoneout, batch, masked)
    if name == "triton" and batch and time:
        states, last = torch_fused.run(inputs, h0, weights, mask, dropout, zoned, gates, reverse)
        return states if return_sequences else None, last
    packing = Plan([batch] * time) if mask is None else plan(mask, reverse)
    on_cudnn = name == "cudnn" and bool(packing.sizes)
    if on_cudnn and packing.sources is None:
        options = _library_options(weights)
        return _library_unmasked(inputs, h0, options, reverse, return_sequences)
    if packing.order is not None:
        h0 = h0.index_select(0, packing.order)
        dropout = None if dropout is None else dropout.index_select(0, packing.order)
    rows = _pack(inputs, packing, reverse)
    taken = None
    if zoned is not None:
        taken = (~_pack(zoned, packing, reverse)).to(h0.dtype)
    elif gates.zoneout:
        taken = h0.new_tensor(1 - gates.zoneout).expand(len(rows), h0.shape[1])
    run = _library if on_cudnn else torch_loop.run
    states = run(rows, h0, weights, dropout, taken, gates, packing.sizes)
    return _unpack(states, packing, batch, time, reverse, return_sequences)


_uncompiled_sequence = torch.compiler.disable(_sequence)


def advance(inputs, h, weights, gates, dropout=None):
    """See `reference.advance`; in fewer operations, of which a loop of single steps feels each."""
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


def _pack(values, packing, reverse):
    """Rows in the order in which they are read, from `(batch, time, ...)`."""
    if packing.sources is not None:
        return values.flatten(0, 1).index_select(0, packing.sources)
    values = values.transpose(0, 1)
    return (values.flip(0) if reverse else values).flatten(0, 1)


def path(
    gates,
    kernel: torch.Tensor,
    dropout: bool,
    zoneout: bool,
    batch: int = 1,
    masked: bool = False,
) -> tuple[str, str]:
    """Whether the fused kernel runs, cuDNN or torch's loop, and why not a faster one.

    Args:
        gates: activations and placement of the reset gate.
        kernel: the recurrent kernel, in the dtype in which products are computed.
        dropout: whether recurrent dropout applies.
        zoneout: whether zoneout applies.
        batch: number of sequences.
        masked: whether there is a mask.
    """
    if not kernel.is_cuda:
        return "torch", "the fused kernel and cuDNN need a CUDA device"
    name, reason = _path_without_kernel(gates, dropout, zoneout)
    if gates.library is True:
        return name, reason
    refusal = torch_fused.refusal(gates, kernel)
    if not refusal and name == "cudnn":
        refusal = torch_fused.slower_than_cudnn(kernel, batch, masked)
    if not refusal:
        return "triton", "every condition of the fused kernel is met"
    return name, f"{refusal}; {reason}"


def _path_without_kernel(gates, dropout, zoneout):
    if not gates.library:
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


def _unpack(states, packing, batch, time, reverse, return_sequences):
    """States in time order and the last state, from the rows of a recurrence."""
    if packing.targets is None:
        last = states[-batch:]
        if not return_sequences:
            return None, last
        outputs = states[batch:].view(time, batch, states.shape[1])
        return (outputs.flip(0) if reverse else outputs).transpose(0, 1), last
    if not return_sequences:
        return None, states.index_select(0, packing.targets[:, 0 if reverse else -1])
    outputs = states.index_select(0, packing.targets.flatten()).view(batch, time, -1)
    return outputs, outputs[:, 0 if reverse else -1]
