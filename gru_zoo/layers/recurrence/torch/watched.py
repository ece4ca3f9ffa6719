"""What looks at the operations on torch, or changes them, besides autograd's reverse mode.

The fast loops write results to buffers, save what their own gradient needs and take steps in NumPy.
Reverse mode sees one operation with a known gradient, but whatever else follows operations one by
one would miss them, or break. So every path that leaves torch's sight asks here first, and
`plain.py` runs where the answer is yes.

Tried with torch 2.7 and 2.13. These names are private: no public function tells whether a dispatch
mode or a transform is active.
"""

import torch
from torch.autograd import forward_ad
from torch.utils._device import DeviceContext

_PLAIN_TYPES = (torch.Tensor, torch.nn.Parameter)


def is_watched(*tensors: torch.Tensor | None) -> bool:
    """Whether operations on these tensors must be those that torch can follow.

    That is so in

    - traces and exports (`torch.jit.trace`, `torch.export`), and on meta tensors;
    - the transforms of `torch.func` and the batched gradients of `torch.autograd`;
    - forward mode (`torch.autograd.forward_ad`);
    - dispatch modes, such as `FakeTensorMode`, `FlopCounterMode` and that of `make_fx`, and modes
      for functions of torch, unless they only set the device;
    - subclasses of tensors, such as `DTensor`.

    `torch.compile` and `torch.autocast` are not meant: see `compiled.py` and `in_autocast_dtype`.
    """
    return (
        torch.jit.is_tracing()
        or torch.compiler.is_exporting()
        or torch._C._len_torch_dispatch_stack() > 0
        or torch._C._functorch.maybe_current_level() is not None
        or forward_ad._current_level >= 0
        or (torch._C._len_torch_function_stack() > 0 and _has_function_mode())
        or any(t is not None and _is_special(t) for t in tensors)
    )


def _is_special(tensor):
    # The last is how `torch.autograd.grad(is_grads_batched=True)` hands a batch of gradients over.
    return (
        type(tensor) not in _PLAIN_TYPES
        or tensor.is_meta
        or torch._C._functorch.is_legacy_batchedtensor(tensor)
    )


def _has_function_mode():
    modes = map(torch._C._get_function_stack_at, range(torch._C._len_torch_function_stack()))
    return not all(isinstance(mode, DeviceContext) for mode in modes)


def in_autocast_dtype(inputs, weights):
    """The tensors in the dtype in which `torch.autocast` has products computed, or None.

    None means that autocast leaves the tensors alone. Only products are of that dtype; a state is
    carried in float32 as by a layer with the policy `mixed_bfloat16`.

    Args:
        inputs: of the layer.
        weights: the tensors of the layer, in the dtype of the inputs.
    """
    kind = inputs.device.type
    # The fused kernels and cuDNN, on CUDA, have their own rules.
    if kind != "cpu" or not torch.is_autocast_enabled(kind):
        return None
    dtype = torch.get_autocast_dtype(kind)
    if inputs.dtype in (dtype, torch.float64):
        return None
    return inputs.to(dtype), type(weights)(*(None if w is None else w.to(dtype) for w in weights))


def without_autocast(function, like):
    """`function` with `torch.autocast` switched off on the device of the tensor `like`."""
    kind = like.device.type
    if kind != "cpu" or not torch.is_autocast_enabled(kind):
        return function
    return torch.autocast(kind, enabled=False)(function)
