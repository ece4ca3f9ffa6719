"""The recurrence in a trace of `torch.jit.trace`, by which Keras writes ONNX of open lengths."""

import warnings

import torch

from gru_zoo.layers.recurrence.torch import cudnn, plain


def sequence(inputs, h0, weights, gates, mask, dropout, zoneout_mask, reverse, return_sequences):
    """The recurrence over a whole sequence, with the arguments and results of `dispatch.sequence`.

    It becomes one operation, which takes any number of steps, where torch has it, and else a loop
    of as many steps as the sample has, which takes no other number. The first is not for float64,
    in which ONNX has the operation and its programs do not.
    """
    as_in_torch = gates.as_in_cudnn and not gates.zoneout
    if as_in_torch and dropout is None and zoneout_mask is None and inputs.dtype != torch.float64:
        return _one_operation(inputs, h0, weights, mask, reverse, return_sequences)
    warnings.warn(
        "A GRU that computes otherwise than torch.nn.GRU, or in float64, is traced as a loop of as"
        " many steps as the sample has, and fails on inputs of more or fewer. Give the model's"
        " input a fixed number of steps.",
        torch.jit.TracerWarning,
        stacklevel=2,
    )
    rest = (mask, dropout, zoneout_mask, reverse, return_sequences)
    return plain.sequence(inputs, h0, weights, gates, *rest)


def _one_operation(inputs, h0, weights, mask, reverse, return_sequences):
    """The recurrence by `torch.gru`.

    A mask becomes one more feature, whose weight opens the update gate in masked steps, so that
    they keep the state. All else that the gate would read of those steps is zero.
    """
    kernel, recurrent, bias, recurrent_bias, *_ = weights
    if mask is not None:
        kept = mask.unsqueeze(-1)
        inputs = torch.where(kept, inputs, torch.zeros((), dtype=inputs.dtype))
        inputs = torch.cat([inputs, (~kept).to(inputs.dtype)], dim=-1)
        units = recurrent.shape[0]
        opened = [kernel.new_full((1, units), _open_gate(kernel)), kernel.new_zeros(1, 2 * units)]
        kernel = torch.cat([kernel, torch.cat(opened, dim=1)])
    arrays = [array for array in (kernel, recurrent, bias, recurrent_bias) if array is not None]
    # Not by `cudnn.gru_options`: in a trace sizes are no plain numbers, and it caches by size.
    layout = [cudnn.to_torch_layout(array) for array in arrays]
    options = layout, bias is not None, 1, 0.0, False, False
    return cudnn.run_unmasked(inputs, h0, options, reverse, return_sequences)


def _open_gate(kernel):
    """A number of which any sum with it has a sigmoid of exactly 1."""
    return torch.finfo(kernel.dtype).max / 4
