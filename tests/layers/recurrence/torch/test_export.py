"""Graphs of layers on torch for other programs: traced ones, exported ones, ONNX."""

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU

if keras.backend.backend() != "torch":
    pytest.skip("the graphs are torch's", allow_module_level=True)

import torch

from tests.layers.recurrence.torch.test_training import make


def without_warnings(test):
    """Without the warnings of tracing about sizes that layers check."""
    for ignored in (
        "Converting a tensor:torch.jit.TracerWarning",
        "torch.as_tensor results:torch.jit.TracerWarning",
        ".*torch.jit.trace:DeprecationWarning",
    ):
        test = pytest.mark.filterwarnings(f"ignore:{ignored}")(test)
    return test


@without_warnings
@pytest.mark.filterwarnings("ignore:A GRU that computes otherwise:torch.jit.TracerWarning")
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("reset_after", [True, False])
def test_traced_layers_take_any_mask(reset_after, go_backwards):
    """As Keras traces a model on torch to write it as ONNX."""
    layer = make(reset_after=reset_after, go_backwards=go_backwards)
    # Other than the loop, torch's own GRU is traced for any number of steps.
    sequences, other = torch.rand(1, 2 if reset_after else 9, 3), torch.rand(4, 9, 3)
    mask, another = torch.ones(sequences.shape[:2], dtype=torch.bool), torch.rand(4, 9) < 0.5

    class Masked(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = layer

        def forward(self, sequences, mask):
            return tuple(self.layer(sequences, mask=mask))

    traced = torch.jit.trace(Masked(), (sequences, mask), check_trace=False)
    with torch.no_grad():
        expected = tuple(layer(other, mask=another))
        torch.testing.assert_close(traced(other, another), expected)


@without_warnings
@pytest.mark.parametrize("options", [{"activation": "relu"}, {"layer_norm": True}])
def test_a_trace_that_keeps_its_length_says_so(options):
    with pytest.warns(torch.jit.TracerWarning, match="fixed number of steps"):
        torch.jit.trace(make(**options), torch.rand(1, 2, 3), check_trace=False)


# What Keras calls to write ONNX is torch's older way, which says so at every call.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Exporting a model to ONNX with a batch_size:UserWarning")
@without_warnings
@pytest.mark.parametrize("options", [{}, {"use_bias": False, "go_backwards": True}])
def test_onnx_takes_any_number_of_steps_and_any_mask(options, tmp_path):
    import onnx
    import onnxruntime

    sequences, mask = keras.Input((None, 3)), keras.Input((None,), dtype="bool")
    layer = GRU(4, return_sequences=True, bias_initializer="random_normal", **options)
    model = keras.Model([sequences, mask], layer(sequences, mask=mask))
    rng = np.random.default_rng(0)
    values = [rng.normal(size=(5, 9, 3)).astype("float32"), rng.random((5, 9)) < 0.6]
    expected = keras.ops.convert_to_numpy(model(values))
    path = tmp_path / "model.onnx"
    model.export(path, format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(path)
    names = [one.name for one in session.get_inputs()]
    (found,) = session.run(None, dict(zip(names, values, strict=True)))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert [node.op_type for node in onnx.load(path).graph.node].count("GRU") == 1


# Of few units' values the variance can be next to nothing, and dividing by it magnifies rounding.
@pytest.mark.parametrize("options", [{}, {"layer_norm": True, "reset_after": False, "units": 16}])
def test_exported_layers_take_any_mask(options):
    layer = make(**options)
    sequences, mask = torch.randn(5, 9, 3), torch.rand(5, 9) < 0.6
    exported = torch.export.export(layer, (sequences,), {"mask": mask}).module()
    for other in (mask, ~mask):
        torch.testing.assert_close(
            exported(sequences, mask=other), tuple(layer(sequences, mask=other))
        )


def exported(model, path):
    """A session of the model's ONNX file, as a function of arrays."""
    import onnxruntime

    model.export(path, format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(path)
    names = [one.name for one in session.get_inputs()]
    return lambda *arrays: session.run(None, dict(zip(names, arrays, strict=True)))[0]


def onnx_of(test):
    """Without the warnings of the older way to ONNX."""
    for ignored in (
        ":DeprecationWarning",
        "Exporting a model to ONNX with a batch_size:UserWarning",
        "A GRU that computes otherwise:torch.jit.TracerWarning",
    ):
        test = pytest.mark.filterwarnings(f"ignore:{ignored}")(test)
    return without_warnings(test)


@onnx_of
@pytest.mark.parametrize("spoilt", [1e5, -1e30, np.nan])
def test_onnx_reads_nothing_of_masked_steps(spoilt, tmp_path):
    sequences, mask = keras.Input((None, 3)), keras.Input((None,), dtype="bool")
    layer = GRU(4, return_sequences=True, bias_initializer="random_normal")
    model = keras.Model([sequences, mask], layer(sequences, mask=mask))
    rng = np.random.default_rng(0)
    values, kept = rng.normal(size=(5, 9, 3)).astype("float32"), rng.random((5, 9)) < 0.6
    expected = keras.ops.convert_to_numpy(model([values, kept]))
    values = np.where(kept[..., None], values, spoilt).astype("float32")
    found = exported(model, tmp_path / "model.onnx")(values, kept)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@onnx_of
@pytest.mark.parametrize("options", [{"reset_after": False}, {"layer_norm": True}])
def test_onnx_of_one_length_answers_no_other(options, tmp_path):
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, GRU(4, return_sequences=True, **options)(inputs))
    model(np.zeros((1, 1, 3), "float32"))
    run = exported(model, tmp_path / "model.onnx")  # traced with one step
    rng = np.random.default_rng(0)
    one = rng.normal(size=(2, 1, 3)).astype("float32")
    np.testing.assert_allclose(run(one), keras.ops.convert_to_numpy(model(one)), atol=1e-6)
    with pytest.raises(Exception, match="ONNXRuntimeError"):
        run(rng.normal(size=(2, 6, 3)).astype("float32"))


@onnx_of
def test_onnx_in_float64_runs(tmp_path):
    inputs = keras.Input((6, 3), dtype="float64")
    model = keras.Model(inputs, GRU(4, dtype="float64")(inputs))
    values = np.random.default_rng(0).normal(size=(2, 6, 3))
    expected = keras.ops.convert_to_numpy(model(values))
    found = exported(model, tmp_path / "model.onnx")(values)
    np.testing.assert_allclose(found, expected, atol=1e-12)
