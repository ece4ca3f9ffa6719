"""GRU weights between Keras, torch.nn.GRU and the ONNX operator.

Every side splits its matrices into three gates, in its own order and with its own names:

    side     gate order             kernel                    biases
    Keras    z (update), r, h       (features, 3 * units)     (2, 3 * units): input, recurrent
    torch    r, z, n                (3 * units, features)     bias_ih, bias_hh, (3 * units,) each
    ONNX     z, r, h                (3 * units, features)     (6 * units,): input, then recurrent

h and n are the same candidate, and in all three an update gate of one keeps the old state. torch
has only the form with the reset gate after the product (`reset_after=True`; in ONNX
`linear_before_reset=1`), ONNX has both.

A layer here is a `gru_zoo.layers.GRU`, a `keras.layers.GRU`, or `keras.layers.Bidirectional` around
one.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo.layers.gru import GRU

_TORCH_FROM_KERAS = (1, 0, 2)


def _directions(layer) -> list:
    both = isinstance(layer, keras.layers.Bidirectional)
    found = [layer.forward_layer, layer.backward_layer] if both else [layer]
    if not all(isinstance(one, (GRU, keras.layers.GRU)) for one in found):
        raise TypeError(f"Expected a GRU layer or Bidirectional around one. Received: {layer!r}")
    return found


def _arrays(layer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Kernel, recurrent kernel and biases `(2, 3 * units)` of a built GRU layer, as NumPy."""
    if not layer.built:
        raise ValueError(
            f"Layer '{layer.name}' has no weights yet: build it, or call it on an input, first."
        )
    if getattr(layer.cell, "layer_norm", False):
        raise ValueError(
            f"Layer '{layer.name}' has layer_norm=True, and a converted GRU has no place for its"
            " gain. Between two such layers use set_weights."
        )
    weights = [keras.ops.convert_to_numpy(v.value) for v in layer.cell.weights]
    kernel, recurrent, *bias = weights
    biases = np.zeros((2, 3 * layer.units), kernel.dtype)
    if bias:
        biases[: bias[0].ndim] = bias[0]
    return kernel, recurrent, biases


def _require_equations(layer, library: str) -> None:
    """Raise a ValueError unless each direction of a layer computes as the GRU of a library."""
    for one in _directions(layer):
        names = (one.activation.__name__, one.recurrent_activation.__name__)
        zoneout = getattr(one.cell, "zoneout", 0.0)
        fits = names == ("tanh", "sigmoid") and not zoneout
        if not fits or (library == "torch" and not one.reset_after):
            after = " and with reset_after=True" if library == "torch" else ""
            raise ValueError(
                f"A GRU of {library} computes with tanh and sigmoid, without zoneout{after}."
                f" Received: layer '{one.name}' with {names[0]}, {names[1]}, zoneout={zoneout} and"
                f" reset_after={one.reset_after}."
            )


def _require_torch_order(layer) -> None:
    """Raise a ValueError unless a layer reads and joins its directions as torch.nn.GRU does."""
    backwards = [bool(one.go_backwards) for one in _directions(layer)]
    merge_mode = getattr(layer, "merge_mode", "concat")
    if backwards not in ([False], [False, True]) or merge_mode != "concat":
        raise ValueError(
            "torch.nn.GRU reads forwards, or both ways with the outputs side by side. Received:"
            f" layer '{layer.name}' with go_backwards={backwards[0]} and merge_mode={merge_mode!r}."
        )


def _assign(layer, kernel, recurrent, biases) -> None:
    if not layer.built:
        layer.build((None, None, kernel.shape[0]))
    weights = [kernel, recurrent]
    if layer.use_bias:
        weights.append(biases if layer.reset_after else biases[0])
    elif np.any(biases):
        raise ValueError(
            f"The weights have a bias, and layer '{layer.name}' has use_bias=False."
            " Use a layer with use_bias=True."
        )
    if layer.use_bias and not layer.reset_after and np.any(biases[1]):
        raise ValueError(
            "The weights have a bias in the recurrent product, which a layer with"
            f" reset_after=False has no place for. Received: layer '{layer.name}'."
        )
    expected = [tuple(v.shape) for v in layer.cell.weights]
    if expected != [w.shape for w in weights]:
        raise ValueError(
            f"Layer '{layer.name}' has weights of shapes {expected}."
            f" Received shapes {[w.shape for w in weights]}."
        )
    layer.cell.set_weights(weights)


def _reorder(array: np.ndarray) -> np.ndarray:
    """Swap z and r in the last axis: from Keras' gate order to torch's, and back."""
    gates = np.split(array, 3, axis=-1)
    return np.concatenate([gates[k] for k in _TORCH_FROM_KERAS], axis=-1)


def copy_weights(source, target) -> None:
    """Copy the weights of a GRU layer into another; either may be that of Keras.

    Args:
        source: a built layer.
        target: a layer of the same size, which is built if it is not.

    Raises:
        ValueError: the layers differ in size or in `reset_after`, or the source is not built.
    """
    sources, targets = _directions(source), _directions(target)
    if len(sources) != len(targets):
        raise ValueError(
            f"Expected as many directions on both sides. Received: {len(sources)} in the source"
            f" and {len(targets)} in the target."
        )
    for one, other in zip(sources, targets, strict=True):
        if one.reset_after != other.reset_after:
            raise ValueError(
                "Expected the same reset_after on both sides: the two compute differently, and"
                " False has no place for a bias in the recurrent product. Received:"
                f" {one.reset_after} in the source and {other.reset_after} in the target."
            )
        _assign(other, *_arrays(one))


def to_torch(layers: Any | Sequence[Any], batch_first: bool = True):
    """A torch.nn.GRU with the weights of built layers.

    Args:
        layers: a layer, or the layers of a stack, lowest first, all with the same number of units
            and directions.
        batch_first: whether the torch module takes `(batch, time, features)`. Default True.

    Returns:
        A `torch.nn.GRU` on the CPU.

    Raises:
        ValueError: a layer is not built, or computes otherwise than torch.nn.GRU.
    """
    import torch

    stack = list(layers) if isinstance(layers, (list, tuple)) else [layers]
    first = _directions(stack[0])
    arrays = [[_arrays(one) for one in _directions(layer)] for layer in stack]
    for layer in stack:
        _require_equations(layer, "torch")
        _require_torch_order(layer)
    sizes = {(one.units, len(_directions(layer))) for layer in stack for one in _directions(layer)}
    if len(sizes) > 1:
        raise ValueError(
            "Expected layers of one number of units and of directions. Received (units,"
            f" directions): {sorted(sizes)}."
        )
    features = arrays[0][0][0].shape[0]
    module = torch.nn.GRU(
        features, first[0].units, len(stack), batch_first=batch_first, bidirectional=len(first) == 2
    )
    values = {}
    for k, directions in enumerate(arrays):
        for (kernel, recurrent, biases), suffix in zip(directions, ("", "_reverse"), strict=False):
            values[f"weight_ih_l{k}{suffix}"] = _reorder(kernel).T
            values[f"weight_hh_l{k}{suffix}"] = _reorder(recurrent).T
            values[f"bias_ih_l{k}{suffix}"], values[f"bias_hh_l{k}{suffix}"] = _reorder(biases)
    tensors = {name: torch.tensor(value) for name, value in values.items()}
    module.to(tensors["weight_ih_l0"].dtype).load_state_dict(tensors)
    return module


def from_torch(module, layers: Any | Sequence[Any]) -> None:
    """Assign the weights of a torch.nn.GRU to layers.

    Args:
        module: the `torch.nn.GRU`.
        layers: a layer, or a list with one for each layer of the module; `Bidirectional` where the
            module has two directions.

    Raises:
        TypeError: `module` is not a `torch.nn.GRU`.
        ValueError: the layers differ from the module in number, size or equations.
    """
    import torch

    if not isinstance(module, torch.nn.GRU):
        raise TypeError(f"Expected a torch.nn.GRU. Received: {module!r}")
    stack = list(layers) if isinstance(layers, (list, tuple)) else [layers]
    directions = 2 if module.bidirectional else 1
    received = [len(_directions(layer)) for layer in stack]
    if received != [directions] * module.num_layers:
        raise ValueError(
            f"The module has {module.num_layers} layers of {directions} directions."
            f" Received layers with these numbers of directions: {received}."
        )
    state = {
        # NumPy has no bfloat16.
        name: (value.float() if value.dtype == torch.bfloat16 else value).cpu().numpy()
        for name, value in module.state_dict().items()
    }
    for k, layer in enumerate(stack):
        _require_equations(layer, "torch")
        _require_torch_order(layer)
        for one, suffix in zip(_directions(layer), ("", "_reverse"), strict=False):
            kernel = _reorder(state[f"weight_ih_l{k}{suffix}"].T)
            recurrent = _reorder(state[f"weight_hh_l{k}{suffix}"].T)
            biases = np.zeros((2, kernel.shape[1]), kernel.dtype)
            if module.bias:
                names = (f"bias_ih_l{k}{suffix}", f"bias_hh_l{k}{suffix}")
                biases = _reorder(np.stack([state[name] for name in names]))
            _assign(one, kernel, recurrent, biases)


def to_onnx(layer) -> dict[str, Any]:
    """The inputs and attributes of an ONNX GRU node equivalent to a built layer.

    Returns:
        `W`, shape `(directions, 3 * units, features)`; `R`, shape
        `(directions, 3 * units, units)`; `B`, shape `(directions, 6 * units)`; and the attributes
        `hidden_size`, `direction` and `linear_before_reset`. The ONNX node takes
        `(time, batch, features)`. With the direction `reverse` its outputs are in time order, while
        those of a Keras layer with `go_backwards=True` are in the order of computation.

    Raises:
        ValueError: the layer is not built, or has zoneout or activations other than tanh and
            sigmoid.
    """
    layers = _directions(layer)
    arrays = [_arrays(one) for one in layers]
    _require_equations(layer, "ONNX")
    direction = "reverse" if layers[0].go_backwards else "forward"
    return {
        "W": np.stack([kernel.T for kernel, _, _ in arrays]),
        "R": np.stack([recurrent.T for _, recurrent, _ in arrays]),
        "B": np.stack([biases.reshape(-1) for _, _, biases in arrays]),
        "hidden_size": layers[0].units,
        "direction": "bidirectional" if len(layers) == 2 else direction,
        "linear_before_reset": int(layers[0].reset_after),
    }


def from_onnx(layer, W: np.ndarray, R: np.ndarray, B: np.ndarray | None = None) -> None:
    """Assign the weights of an ONNX GRU node to a layer.

    Args:
        layer: a layer with `reset_after=True` where the node has `linear_before_reset=1`;
            `Bidirectional` where the node has two directions.
        W: shape `(directions, 3 * units, features)`.
        R: shape `(directions, 3 * units, units)`.
        B: shape `(directions, 6 * units)`, or None.

    Raises:
        ValueError: the layer has another size, zoneout, or activations other than tanh and sigmoid.
    """
    layers = _directions(layer)
    _require_equations(layer, "ONNX")
    if len(W) != len(layers):
        raise ValueError(f"The layer has {len(layers)} directions. Received: W of shape {W.shape}.")
    for k, one in enumerate(layers):
        biases = np.zeros((2, W.shape[1]), W.dtype) if B is None else B[k].reshape(2, -1)
        if B is not None and not one.reset_after:
            # Without a product between them the two biases of a gate act as their sum.
            biases = np.stack([biases.sum(0), np.zeros_like(biases[0])])
        _assign(one, W[k].T, R[k].T, biases)
