"""A layer's computation without Keras' bookkeeping around it."""

from typing import Any

import keras


def raw_call(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
    """Compute `layer(*args, **kwargs)` without the bookkeeping of `keras.layers.Layer.__call__`.

    Around `call`, Keras converts arguments, binds them to the signature, checks input specs, fills
    in masks and `training`, and opens name scopes. That takes as long as the product of a layer on
    one time step, and a decoder pays it for every layer and token. In inference on tensors it
    changes the result only where the layer casts its variables, is quantized or is not built yet:
    such layers are called in full.

    Args:
        layer: a layer that needs no mask from its input.
        *args: tensors in the layer's `compute_dtype`, or of integers, as `call` takes them. Not
            symbolic.
        **kwargs: further arguments of `call`. `training` is that of the signature by default.

    Returns:
        The output of `call`.
    """
    policy = layer.dtype_policy
    mixed = policy.compute_dtype != policy.variable_dtype
    if mixed or policy.quantization_mode is not None or not layer.built:
        return layer(*args, **kwargs)
    return layer.call(*args, **kwargs)
