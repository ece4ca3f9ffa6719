"""What is exported: a function of tensors, with names and a sample of its inputs."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np


@dataclasses.dataclass(frozen=True)
class Graph:
    """A function of tensors that becomes a file of its own.

    Args:
        model: the model whose weights it reads.
        function: takes a list of tensors, or the tensor if it is one, and returns tensors, nested
            or not.
        samples: a sample of each input by its name. Zeros after a sample are padding.
        open_axes: the axes of each input whose size is open; axis 0 is the batch.
        outputs: name of each output.
    """

    model: keras.Model
    function: Callable[..., Any]
    samples: dict[str, np.ndarray]
    open_axes: dict[str, tuple[int, ...]]
    outputs: tuple[str, ...]

    def __call__(self, *inputs: Any) -> tuple[Any, ...]:
        """The outputs of inputs in the order of `samples`, as a flat tuple."""
        outputs = self.function(inputs[0] if len(inputs) == 1 else list(inputs))
        return tuple(keras.tree.flatten(outputs))

    def longer(self) -> dict[str, np.ndarray]:
        """The samples, twice as many, with zeros at the end of their other open axes."""
        longer = {}
        for name, array in self.samples.items():
            more = [(0, 3 if i and i in self.open_axes[name] else 0) for i in range(array.ndim)]
            longer[name] = np.pad(np.concatenate([array, array]), more)
        return longer


def graph_of(model: keras.Model, samples: Sequence[np.ndarray], outputs: Sequence[str]) -> Graph:
    """The graph of a functional model; sizes that are open in the model are open in the graph.

    Args:
        model: the model.
        samples: one array for each input of the model.
        outputs: name of each output.
    """
    names = [tensor.name for tensor in model.inputs]
    sizes = {tensor.name: tensor.shape for tensor in model.inputs}
    return Graph(
        model,
        model,
        dict(zip(names, samples, strict=True)),
        {name: tuple(i for i, n in enumerate(sizes[name]) if n is None) for name in names},
        tuple(outputs),
    )
