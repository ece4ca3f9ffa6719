"""The recurrence on torch by cuDNN, and traced as one operation."""

import functools
import math

import torch

_OPEN = 1e4  # Any sum with it has a sigmoid of exactly 1.


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
