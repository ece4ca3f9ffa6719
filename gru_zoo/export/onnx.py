"""Graphs as ONNX files."""

import contextlib
import pathlib
import warnings
from collections.abc import Iterator

import keras
import numpy as np

from gru_zoo.export.graph import Graph

TOLERANCE = 1e-4  # of an output, relative to the largest value of the output
_MASKED = 1e8  # values beyond stand for minus infinity


def write_onnx(graph: Graph, path: pathlib.Path) -> None:
    """Write a graph as an ONNX file and compare what onnxruntime computes from it.

    The comparison is made on a single row of the samples and on `Graph.longer`, so that a size
    which the trace has fixed is found.

    Args:
        graph: the graph, in float32, on the backend torch.
        path: file to write; it is written only if the comparison holds.

    Raises:
        ImportError: onnx or onnxruntime is not installed.
        ValueError: another backend, or an output that differs.
    """
    check_onnx()
    import torch

    axes = {
        name: {i: f"{name}_{i}" if i else "batch" for i in axes}
        for name, axes in graph.open_axes.items()
    }
    written = path.with_name(f".{path.name}.new")
    try:
        with torch.no_grad(), _quiet():
            torch.onnx.export(
                _module(graph),
                tuple(torch.from_numpy(np.ascontiguousarray(a)) for a in graph.samples.values()),
                str(written),
                input_names=list(graph.samples),
                output_names=list(graph.outputs),
                dynamic_axes=axes,
                dynamo=False,  # the other exporter fixes the number of steps
            )
            _compare(graph, {name: array[:1] for name, array in graph.samples.items()}, written)
            _compare(graph, graph.longer(), written)
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def check_onnx() -> None:
    """Check that this process can write ONNX.

    Raises:
        ImportError: onnx or onnxruntime is not installed.
        ValueError: another backend than torch, or another dtype policy than float32.
    """
    backend, policy = keras.backend.backend(), keras.config.dtype_policy().name
    if backend != "torch":
        raise ValueError(
            f"Expected the backend torch, which writes ONNX. Received: {backend}. Set "
            "KERAS_BACKEND=torch; a preset is the same on every backend."
        )
    if policy != "float32":
        raise ValueError(f"Expected the dtype policy float32. Received: {policy}.")
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
    except ImportError as error:
        raise ImportError(f"{error}. Run: pip install 'gru-zoo[export]'") from None


def _module(graph: Graph):
    """The graph as a module of torch."""
    import torch

    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = graph.model  # torch finds the weights by it

        def forward(self, *inputs):
            return graph(*inputs)

    return Module().eval()


def _compare(graph: Graph, samples: dict[str, np.ndarray], path: pathlib.Path) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    read = {node.name for node in session.get_inputs()}  # an input that is not used is left out
    found = session.run(None, {name: array for name, array in samples.items() if name in read})
    expected = graph(*map(keras.ops.convert_to_tensor, samples.values()))
    for name, one, tensor in zip(graph.outputs, found, expected, strict=True):
        other = keras.ops.convert_to_numpy(tensor)
        usual = np.abs(other[np.abs(other) < _MASKED]).max(initial=1.0)
        difference = float(np.abs(one - other).max()) if one.shape == other.shape else np.inf
        if not difference <= TOLERANCE * usual:
            raise ValueError(
                f"Expected the output '{name}' of the ONNX file to be that of the model. Received: "
                f"a difference of {difference:.3g} for inputs of the shapes "
                f"{[array.shape for array in samples.values()]}. No file is written."
            )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what torch says of its own exporter, and of numbers that a trace keeps.

    What a kept number would break is found by the comparison.
    """
    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
        for message in ("Exporting a model to ONNX with a batch_size", "Constant folding"):
            warnings.filterwarnings("ignore", message=message)
        yield
