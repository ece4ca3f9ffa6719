"""The recurrence on torch by its own GRU operation: cuDNN on CUDA, and one node of a trace.

`torch.gru` is the binding below `torch.nn.GRU`, whose module calls it with the same arguments. It
is not documented. The module is no substitute: it owns its weights, in torch's layout, while ours
are Keras' variables. Tried with torch 2.6 and 2.13. The tests compare each call here with the loop
of `training.py` on torch's CPU kernels, and the loop takes over where `path` returns no "cudnn".
"""

import functools
import math

import torch

from gru_zoo.layers.recurrence.torch.packing import pack_all, unpack


def to_torch_layout(array):
    """A kernel or bias transposed and with z and r swapped, from Keras' gate order to torch's."""
    z, r, h = array.t().chunk(3)
    return torch.cat([r, z, h])


def gru_options(weights):
    """The last arguments of `torch.gru`: weights, and one layer of one direction, no dropout."""
    training = torch.is_grad_enabled()
    return _parameters(weights), weights.bias is not None, 1, 0.0, training, False


def run_unmasked(inputs, h0, options, reverse, return_sequences):
    """The recurrence over a sequence without a mask, which copies neither inputs nor states.

    Args:
        inputs: shape `(batch, time, features)`.
        h0: initial states, shape `(batch, units)`.
        options: from `gru_options`.
        reverse: whether the last time step is read first.
        return_sequences: whether the states of all steps are wanted.

    Returns:
        As `dispatch.sequence`.
    """
    inputs = inputs.flip(1) if reverse else inputs
    first = h0.to(inputs.dtype).unsqueeze(0).contiguous()
    # For torch.gru, here and below, see the top of this file.
    outputs, last = torch.gru(inputs, first, *options, True)
    if not return_sequences:
        return None, last[0]
    return outputs.flip(1) if reverse else outputs, last[0]


def sequence(inputs, h0, weights, gates, mask, reverse, return_sequences):
    """The recurrence over a whole sequence, with the arguments and results of `dispatch.sequence`.

    There are at least one sequence and one step. `h0` is in the dtype in which states are carried.
    """
    packed = None
    if mask is not None:
        packed = pack_all(inputs, h0, (mask, None, None), gates, reverse)
    if packed is None or packed.plan.targets is None:
        return run_unmasked(inputs, h0, gru_options(weights), reverse, return_sequences)
    states = _run_packed(packed.rows, packed.h0, weights, packed.plan.sizes)
    return unpack(states, h0, packed.plan, reverse, return_sequences)


def _run_packed(rows, h0, weights, sizes):
    """The initial states and those of packed rows, see `packing.Packed`."""
    h0 = h0.to(rows.dtype)
    if not sizes:
        return h0
    first = h0[: sizes[0]].unsqueeze(0).contiguous()
    options = gru_options(weights)
    if sizes[0] == sizes[-1]:  # The fastest of cuDNN's algorithms take no packed rows.
        states = torch.gru(rows.reshape(len(sizes), sizes[0], -1), first, *options, False)[0]
        return torch.cat([h0, states.flatten(0, 1)])
    return torch.cat([h0, torch.gru(rows, torch.tensor(sizes, device="cpu"), first, *options)[0]])


def _parameters(weights):
    """Kernels and biases in torch's layout, as views of one buffer, which cuDNN need not copy."""
    arrays = [array for array in weights[:4] if array is not None]
    has_bias = weights.bias is not None
    order, shapes = _layout(tuple(array.shape for array in arrays), arrays[0].device)
    values = [array.flatten() for array in arrays]
    if not has_bias:  # cuDNN's buffer has room for biases all the same.
        values.append(values[0].new_zeros(len(order) - sum(map(len, values))))
    buffer = torch.cat(values).index_select(0, order)
    pieces = buffer.split([math.prod(shape) for shape in shapes])
    return [piece.view(shape) for piece, shape in zip(pieces, shapes, strict=True)][: len(arrays)]


@functools.lru_cache(maxsize=16)
def _layout(shapes, device):
    """The position, in Keras' weights one after the other, of every value of torch's.

    Moving all values at once takes two operations; moving each array takes twenty.

    Args:
        shapes: of the kernels and, where there are any, the biases.
        device: where the weights lie.

    Returns:
        Positions, integer, shape `(values,)`, and the shapes of torch's kernels and biases.
    """
    units = shapes[1][0]
    shapes = [*shapes, *[(3 * units,)] * (4 - len(shapes))]
    sizes = [math.prod(shape) for shape in shapes]
    # Tensors made in inference mode could not take part in a gradient later.
    with torch.inference_mode(False):
        positions = torch.arange(sum(sizes), dtype=torch.int32, device=device).split(sizes)
        moved = [
            to_torch_layout(part.view(shape)) for part, shape in zip(positions, shapes, strict=True)
        ]
        return torch.cat([array.flatten() for array in moved]), [array.shape for array in moved]
