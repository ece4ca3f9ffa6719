"""The recurrence as one operation in the graphs of `torch.compile`, on a CPU.

A compiler that followed the loop would unroll it and would compile anew for every number of steps.
So the graph holds the operation, which runs the loops of `training.py` and `inference.py`. It keeps
nothing of a step for the gradient: that takes the steps once more.
"""

from collections.abc import Sequence
from typing import TypeAlias

import torch
from keras import activations

from gru_zoo.layers.recurrence.torch import training
from gru_zoo.layers.recurrence.types import StepConfig, Weights

_Optional: TypeAlias = torch.Tensor | None


def sequence(inputs, h0, weights, gates, mask, dropout, zoneout_mask, reverse, return_sequences):
    """The recurrence over a whole sequence, with the arguments and results of `training.run`."""
    names = gates.activation.__name__, gates.recurrent_activation.__name__
    equations = (gates.reset_after, gates.layer_norm, gates.zoneout)
    options = (*names, *equations, reverse, return_sequences)
    outputs, last = _recurrence(inputs, h0, *weights, mask, dropout, zoneout_mask, *options)
    return outputs if return_sequences else None, last


def _gates(activation, recurrent_activation, *equations):
    named = getattr(activations, activation), getattr(activations, recurrent_activation)
    return StepConfig(*named, *equations)


@torch.library.custom_op("gru_zoo::recurrence", mutates_args=())
def _recurrence(
    inputs: torch.Tensor, h0: torch.Tensor, kernel: torch.Tensor, recurrent: torch.Tensor,
    bias: _Optional, recurrent_bias: _Optional, gain: _Optional, recurrent_gain: _Optional,
    mask: _Optional, dropout: _Optional, zoneout_mask: _Optional,
    activation: str, recurrent_activation: str, reset_after: bool, layer_norm: bool,
    zoneout: float, reverse: bool, return_sequences: bool,
) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    gates = _gates(activation, recurrent_activation, reset_after, layer_norm, zoneout)
    weights = Weights(kernel, recurrent, bias, recurrent_bias, gain, recurrent_gain)
    rest = (mask, dropout, zoneout_mask, reverse, return_sequences)
    with torch.no_grad():
        outputs, last = training.run(inputs, h0, weights, gates, *rest)
    if outputs is None:
        return last.new_empty(0), last
    return outputs.contiguous(), last


@_recurrence.register_fake
def _(inputs, h0, *arguments):
    *_, return_sequences = arguments
    shape = (inputs.shape[0], inputs.shape[1], h0.shape[1]) if return_sequences else (0,)
    return h0.new_empty(shape), h0.new_empty(h0.shape)


@torch.library.custom_op("gru_zoo::recurrence_gradient", mutates_args=())
def _recurrence_gradient(
    d_outputs: torch.Tensor, d_last: torch.Tensor,
    inputs: torch.Tensor, h0: torch.Tensor, kernel: torch.Tensor, recurrent: torch.Tensor,
    bias: _Optional, recurrent_bias: _Optional, gain: _Optional, recurrent_gain: _Optional,
    mask: _Optional, dropout: _Optional, zoneout_mask: _Optional,
    activation: str, recurrent_activation: str, reset_after: bool, layer_norm: bool,
    zoneout: float, reverse: bool, return_sequences: bool,
) -> list[torch.Tensor]:  # fmt: skip
    gates = _gates(activation, recurrent_activation, reset_after, layer_norm, zoneout)
    weights = (kernel, recurrent, bias, recurrent_bias, gain, recurrent_gain)
    tensors = (inputs, h0, *weights)
    constants = (mask, dropout, zoneout_mask)
    d_results = (d_outputs if return_sequences else None, d_last)
    with torch.no_grad():
        _, plan, saved = training.forward(tensors, constants, gates, reverse, return_sequences)
        found = training.gradients(
            tensors, constants, plan, saved, d_results, gates, reverse, [True] * 8
        )
    return [d.contiguous() for d in found if d is not None]


@_recurrence_gradient.register_fake
def _(d_outputs, d_last, *arguments):
    return [torch.empty_like(t) for t in arguments[:8] if t is not None]


def _setup_context(ctx, inputs, output):
    ctx.save_for_backward(*inputs[:11])
    ctx.options = inputs[11:]


def _backward(ctx, d_outputs, d_last):
    tensors: Sequence[_Optional] = ctx.saved_tensors
    found = iter(_recurrence_gradient(d_outputs, d_last, *tensors, *ctx.options))
    gradients = [None if t is None else next(found) for t in tensors[:8]]
    return *gradients, *[None] * (3 + len(ctx.options))


_recurrence.register_autograd(_backward, setup_context=_setup_context)
