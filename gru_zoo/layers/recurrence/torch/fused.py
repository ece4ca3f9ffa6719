"""The GRU recurrence on torch's CUDA devices by two fused kernels, see `triton_kernels`.

cuDNN launches several kernels a step and takes the time of their launches. Here one kernel runs all
steps, with masks, dropout on the state and zoneout, and carries the state in float32 also where the
layer computes in half precision.
"""

import functools
import importlib.util
from typing import Any

import torch

from gru_zoo.layers.recurrence.torch import plain
from gru_zoo.layers.recurrence.torch.watched import is_watched
from gru_zoo.layers.recurrence.types import Weights

_DTYPES = (torch.float32, torch.float16, torch.bfloat16)
_MIN_CAPABILITY = (8, 0)  # The first with tensor cores for TF32 and bfloat16.
_SLICE = 16  # Units of a program: the minimum of a tensor core's product.
_ROWS = (16, 32)  # Rows of the batch in a program.
# Bytes that a program reads at a step. For more the registers of 4 warps are too few; where 4 are
# enough, more warps take longer to add up their products.
_BYTES_FOR_FOUR_WARPS = 48 * 1024
# Up to so many launches one after the other the kernels take less time than cuDNN.
_MAX_LAUNCHES = 2
# Up to so many units cuDNN runs float32 by a kernel that keeps the weights on chip as well.
_MAX_UNITS_OF_CUDNN = 128


def refusal(gates, kernel: torch.Tensor) -> str | None:
    """Why the kernels do not run, or None where they do.

    Args:
        gates: activations and options of a step.
        kernel: the recurrent kernel, on a CUDA device.
    """
    if not gates.as_in_cudnn:
        return "the fused kernel has only tanh, sigmoid, reset_after=True and no layer_norm"
    dtype = str(kernel.dtype).removeprefix("torch.")
    if kernel.dtype not in _DTYPES:
        return f"the fused kernel has no {dtype}"
    if kernel.dtype == torch.float32 and not _tf32_allowed():
        return "the fused kernel rounds float32 to TF32, which torch.backends.cudnn does not allow"
    if not _has_triton():
        return "the fused kernel needs the package triton"
    properties = _properties(kernel.device)
    if (properties.major, properties.minor) < _MIN_CAPABILITY:
        return "the fused kernel needs a device of compute capability 8.0"
    if not _tilings(len(kernel), kernel.dtype, kernel.device):
        return f"{len(kernel)} units in {dtype} are more than the fused kernel keeps on chip"
    return None


def slower_than_cudnn(kernel: torch.Tensor, batch: int, masked: bool) -> str | None:
    """Why cuDNN takes less time than the kernels, or None where it does not."""
    if kernel.dtype == torch.float32 and len(kernel) <= _MAX_UNITS_OF_CUDNN and not masked:
        return f"cuDNN is faster up to {_MAX_UNITS_OF_CUDNN} units in float32 and without a mask"
    rows, groups = _tilings(len(kernel), kernel.dtype, kernel.device)[-1]
    max_batch = _MAX_LAUNCHES * rows * groups
    if batch > max_batch:
        return f"cuDNN is faster for more than {max_batch} sequences of {len(kernel)} units"
    return None


def _tf32_allowed():
    rnn = getattr(torch.backends.cudnn, "rnn", None)  # since torch 2.9
    return rnn.fp32_precision == "tf32" if rnn else torch.backends.cudnn.allow_tf32


@functools.cache
def _has_triton():
    return importlib.util.find_spec("triton") is not None


@functools.cache
def _properties(device):
    return torch.cuda.get_device_properties(device)


def _padded(units):
    return max(_SLICE, 1 << (units - 1).bit_length())


@functools.cache
def _tilings(units, dtype, device):
    """How many rows of the batch a program can take, and how many such groups run at once.

    Returns:
        Pairs of rows and groups, fewest rows first; an empty list where the device has no room.
    """
    properties = _properties(device)
    groups = properties.multi_processor_count // -(-units // _SLICE)

    def fits(rows):
        # The recurrent kernel and, backward, the gradients of all gates.
        values = 3 * (_SLICE + rows) * _padded(units)
        return values * dtype.itemsize <= properties.shared_memory_per_block_optin

    return [(rows, groups) for rows in _ROWS if groups and fits(rows)]


def _constants(units, dtype, rows, exchanged):
    """The constants of a kernel whose programs read `exchanged` arrays of units at each step."""
    padded = _padded(units)
    few = exchanged * rows * padded * dtype.itemsize <= _BYTES_FOR_FOUR_WARPS
    warps = 4 if few else 8
    splits = min(warps, padded // _SLICE)
    sizes = {"UNITS": units, "ROWS": rows, "SLICE": _SLICE, "SPLITS": splits}
    return {**sizes, "CHUNK": padded // splits, "num_warps": warps}


def run(inputs, h0, weights, mask, dropout, zoneout_mask, gates, reverse):
    """The recurrence over a whole sequence.

    Args:
        inputs, weights, mask, dropout, zoneout_mask, gates, reverse: see `reference.sequence`.
        h0: initial state, shape `(batch, units)`, in the dtype in which it is carried.

    Returns:
        The states of all steps, shape `(batch, time, units)`, in the dtype of the weights, and the
        state after the step read last, shape `(batch, units)`, in the dtype of `h0`.
    """
    constants = [None if t is None else t.contiguous() for t in (mask, zoneout_mask, dropout)]
    tensors = (inputs, h0, *weights[:4])
    if torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in tensors):
        return _Recurrence.apply(*tensors, *constants, gates, reverse)
    return _forward(tensors, constants, gates, reverse, save=False)[:2]


def _launch(kernel, exchanged, arrays, weights, gates, reverse):
    """Run a kernel over the batch, in launches of as many rows as the device runs at once.

    Args:
        kernel: a kernel of `triton_kernels`.
        exchanged: number of arrays of units that a program reads at each step.
        arrays: the kernel's tensors with a batch axis; the third has a time axis too.
        weights: its other tensors, the recurrent kernel first.
        gates: activations and options of a step.
        reverse: whether the last time step is read first.
    """
    recurrent, known = weights[0], arrays[2]
    units, (batch, time) = len(recurrent), known.shape[:2]
    tilings = _tilings(units, recurrent.dtype, recurrent.device)
    rows, groups = next((t for t in tilings if t[0] * t[1] >= batch), tilings[-1])
    constants = _constants(units, recurrent.dtype, rows, exchanged)
    constants |= {"REVERSE": reverse, "launch_cooperative_grid": True}
    with torch.cuda.device_of(recurrent):
        for start in range(0, batch, rows * groups):
            some = slice(start, min(batch, start + rows * groups))
            size = some.stop - start
            part = [None if array is None else array[some] for array in arrays]
            scalars = 1 - gates.zoneout, size, time
            kernel[-(-units // _SLICE), -(-size // rows)](*part, *weights, *scalars, **constants)


def _unwritten(like, *shape):
    """A tensor whose bits are all ones: a NaN that arithmetic does not produce."""
    integer = torch.int32 if like.dtype == torch.float32 else torch.int16
    return torch.full(shape, -1, dtype=integer, device=like.device).view(like.dtype)


@torch.autocast("cuda", enabled=False)  # Products are in the dtype of the weights.
def _forward(tensors, constants, gates, reverse, save):
    """States of all steps, the last state and, with `save`, the gates and s_h of every step."""
    from gru_zoo.layers.recurrence.torch.triton_kernels import forward_kernel

    inputs, h0, kernel, recurrent, bias, recurrent_bias = tensors
    batch, time, features = inputs.shape
    rows, h0 = inputs.reshape(-1, features), h0.contiguous()
    x = torch.mm(rows, kernel) if bias is None else torch.addmm(bias, rows, kernel)
    x = x.view(batch, time, -1)
    states, last = _unwritten(x, batch, time, len(recurrent)), torch.empty_like(h0)
    inner = torch.empty_like(states) if save else None
    arrays = (x, inner, states, last, h0, *constants)
    _launch(forward_kernel, 1, arrays, (recurrent.contiguous(), recurrent_bias), gates, reverse)
    return states, last, x, inner


class _Recurrence(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *arguments):
        *tensors, mask, zoneout_mask, dropout, gates, reverse = arguments
        constants = (mask, zoneout_mask, dropout)
        states, last, z_r_n, inner = _forward(tensors, constants, gates, reverse, save=True)
        ctx.save_for_backward(*tensors, *constants, states, z_r_n, inner)
        ctx.options = gates, reverse
        ctx.set_materialize_grads(False)
        return states, last

    @staticmethod
    def backward(ctx, d_states, d_last):
        *tensors, mask, zoneout_mask, dropout, states, z_r_n, inner = ctx.saved_tensors
        gates, reverse = ctx.options
        constants = (mask, zoneout_mask, dropout)
        if torch.is_grad_enabled() or is_watched(d_states, d_last):
            results = differentiable_gradients(tensors, constants, d_states, d_last, gates, reverse)
        else:
            saved = states, z_r_n, inner
            results = _backward(tensors, constants, saved, d_states, d_last, gates, reverse)
        return *results, *[None] * 5


def _backward(tensors, constants, saved, d_states, d_last, gates, reverse):
    """Gradients of the tensors."""
    from gru_zoo.layers.recurrence.torch.triton_kernels import backward_kernel

    inputs, h0, kernel, recurrent, bias, recurrent_bias = tensors
    states, z_r_n, inner = saved
    batch, time, units = states.shape
    given = [None if d is None else d.contiguous() for d in (d_states, d_last)]
    d_x, d_n, d_h0 = _unwritten(z_r_n, *z_r_n.shape), torch.empty_like(inner), torch.empty_like(h0)
    first = h0.to(states.dtype).unsqueeze(1)
    pair = (states[:, 1:], first) if reverse else (first, states[:, :-1])
    before = torch.cat(pair, dim=1)
    arrays = (*given, z_r_n, inner, before, d_x, d_n, d_h0, *constants)
    _launch(backward_kernel, 3, arrays, (recurrent.contiguous(),), gates, reverse)
    dropped = before if constants[2] is None else before * constants[2].unsqueeze(1)
    rows = d_x.view(batch * time, 3 * units)
    d_recurrent = dropped.view(-1, units).t() @ rows
    d_recurrent_bias = None if recurrent_bias is None else rows.sum(0)
    d_x[..., 2 * units :] = d_n
    d_kernel = inputs.reshape(-1, len(kernel)).t() @ rows
    d_bias = None if bias is None else rows.sum(0)
    d_inputs = d_x @ kernel.t() if inputs.requires_grad else None
    return d_inputs, d_h0, d_kernel, d_recurrent, d_bias, d_recurrent_bias


def differentiable_gradients(tensors, constants, d_states, d_last, gates, reverse) -> list[Any]:
    """Gradients of the tensors in plain operations, slower, which torch can differentiate again."""
    inputs, h0, *weights = tensors
    mask, zoneout_mask, dropout = constants
    rest = (mask, dropout, zoneout_mask, reverse)
    with torch.enable_grad():
        outputs = plain.sequence(inputs, h0, Weights(*weights), gates, *rest)
    return plain.gradients(tensors, outputs, (d_states, d_last))
