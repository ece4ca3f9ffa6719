"""The GRU recurrence on torch: on CUDA `torch_fused` or cuDNN, else `torch_loop`.

For cuDNN and the loop masked steps are packed away. The tests have torch's own CPU kernels behind
the call for cuDNN; `benchmarks/gru_layer_gpu.py` compares it on a GPU. cuDNN rounds the state of a
layer in half precision at every step.
"""

import functools
import math
import warnings

import torch
from keras import activations

from gru_zoo.layers.recurrence import reference as portable
from gru_zoo.layers.recurrence.torch import fused as torch_fused
from gru_zoo.layers.recurrence.torch import training as torch_loop
from gru_zoo.layers.recurrence.torch.packing import Plan, plan

_OPEN = 1e4  # Any sum with it has a sigmoid of exactly 1.

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
    """See `portable.sequence`."""
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
    """See `portable.sequence`; warns where it is traced as a loop that keeps its length."""
    if torch.jit.is_tracing():
        warnings.warn(
            "A GRU that computes otherwise than torch.nn.GRU is traced as a loop of as many steps"
            " as the sample has, also where later inputs have more or fewer. Give the model's input"
            " a fixed number of steps.",
            torch.jit.TracerWarning,
            stacklevel=2,
        )
    return portable.sequence(inputs, *args, **kwargs)


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
    """See `portable.advance`; in fewer operations, of which a loop of single steps feels each."""
    tensors = isinstance(inputs, torch.Tensor) and isinstance(h, torch.Tensor)
    if not tensors or gates.layer_norm or not gates.reset_after:
        return portable.advance(inputs, h, weights, gates, dropout)
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


def _as_in_torch(array):
    """A kernel or bias transposed and with z and r swapped, from Keras' gate order to torch's."""
    z, r, h = array.t().chunk(3)
    return torch.cat([r, z, h])


def _library_options(weights):
    """Of torch's own GRU: its weights, and one layer of one direction, without dropout."""
    training = torch.is_grad_enabled()
    return _parameters(weights), weights.bias is not None, 1, 0.0, training, False


def _library_unmasked(inputs, h0, options, reverse, return_sequences):
    """See `_sequence`, from torch's own GRU: it copies neither inputs nor states."""
    inputs = inputs.flip(1) if reverse else inputs
    first = h0.to(inputs.dtype).unsqueeze(0).contiguous()
    outputs, last = torch.gru(inputs, first, *options, True)
    if not return_sequences:
        return None, last[0]
    return outputs.flip(1) if reverse else outputs, last[0]


def _traced(inputs, h0, weights, gates, mask, dropout, zoned, reverse, return_sequences):
    """See `_sequence`, from one operation: a trace of a loop would have as many steps for ever.

    Masked steps have one more feature, which opens the update gate and so keeps the state.
    """
    kernel, recurrent, bias, recurrent_bias, *_ = weights
    if mask is not None:
        inputs = torch.cat([inputs, (~mask).unsqueeze(-1).to(inputs.dtype)], dim=-1)
        units = recurrent.shape[0]
        opened = [kernel.new_full((1, units), _OPEN), kernel.new_zeros(1, 2 * units)]
        kernel = torch.cat([kernel, torch.cat(opened, dim=1)])
    arrays = [array for array in (kernel, recurrent, bias, recurrent_bias) if array is not None]
    # Sizes are no plain numbers in a trace, which `_layout` would keep.
    options = [_as_in_torch(array) for array in arrays], bias is not None, 1, 0.0, False, False
    return _library_unmasked(inputs, h0, options, reverse, return_sequences)


def _library(rows, h0, weights, dropout, taken, gates, sizes):
    """States as `torch_loop.run` returns them, from torch's own GRU: cuDNN on CUDA."""
    h0 = h0.to(rows.dtype)
    first = h0[: sizes[0]].unsqueeze(0).contiguous()
    options = _library_options(weights)
    if sizes[0] == sizes[-1]:  # the fastest of cuDNN's algorithms take no packed rows
        states = torch.gru(rows.reshape(len(sizes), sizes[0], -1), first, *options, False)[0]
        return torch.cat([h0, states.flatten(0, 1)])
    return torch.cat([h0, torch.gru(rows, torch.tensor(sizes, device="cpu"), first, *options)[0]])


def _parameters(weights):
    """Kernels and biases as torch has them: views of one buffer, which cuDNN need not copy."""
    arrays = [array for array in weights[:4] if array is not None]
    has_bias = weights.bias is not None
    order, shapes = _layout(tuple(array.shape for array in arrays), arrays[0].device)
    values = [array.flatten() for array in arrays]
    if not has_bias:  # cuDNN's buffer has room for them all the same
        values.append(values[0].new_zeros(len(order) - sum(map(len, values))))
    buffer = torch.cat(values).index_select(0, order)
    pieces = buffer.split([math.prod(shape) for shape in shapes])
    return [piece.view(shape) for piece, shape in zip(pieces, shapes, strict=True)][: len(arrays)]


@functools.lru_cache(maxsize=16)
def _layout(shapes, device):
    """Where in all of Keras' weights, one after the other, each value of torch's stands.

    To move every value at once takes two operations where to move each array takes twenty.

    Args:
        shapes: of the kernels and, where there are any, the biases.
        device: where the weights lie.

    Returns:
        Positions, integer, shape `(values,)`, and the shapes of torch's kernels and biases.
    """
    units = shapes[1][0]
    shapes = [*shapes, *[(3 * units,)] * (4 - len(shapes))]
    sizes = [math.prod(shape) for shape in shapes]
    with torch.inference_mode(False):  # no gradient could go through what is made in it
        places = torch.arange(sum(sizes), dtype=torch.int32, device=device).split(sizes)
        moved = [_as_in_torch(part.view(shape)) for part, shape in zip(places, shapes, strict=True)]
        return torch.cat([array.flatten() for array in moved]), [array.shape for array in moved]


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
