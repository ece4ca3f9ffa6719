import sys

import keras
import numpy as np
import pytest

from gru_zoo.export.graph import Graph, graph_of
from gru_zoo.export.onnx import check_onnx, write_onnx
from gru_zoo.layers import GRU
from tests.backends import only_on

on_torch = only_on("torch", "torch writes ONNX")


def model_of(width=3):
    inputs = keras.Input((None, width), name="inputs")
    return keras.Model(inputs, GRU(4, return_sequences=True)(inputs))


def sample(rows=2, width=3):
    return np.random.default_rng(0).normal(size=(rows, 5, width)).astype("float32")


@on_torch
def test_names_and_open_sizes(tmp_path):
    import onnxruntime

    model = model_of()
    write_onnx(graph_of(model, [sample()], ["states"]), tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    x = np.random.default_rng(1).normal(size=(3, 11, 3)).astype("float32")
    (found,) = session.run(["states"], {"inputs": x})
    np.testing.assert_allclose(found, model.predict(x, verbose=0), atol=1e-5)
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


@on_torch
def test_a_number_that_the_trace_keeps_is_found(tmp_path):
    model = model_of()

    def scaled(x):
        return model(x) * float(x.shape[1])  # a number of Python

    graph = Graph(model, scaled, {"inputs": sample()}, {"inputs": (0, 1)}, ("states",))
    (tmp_path / "model.onnx").write_text("an older file")
    with pytest.raises(ValueError, match=r"'states' of the ONNX file .* difference of .*\(4, 8, 3"):
        write_onnx(graph, tmp_path / "model.onnx")
    (path,) = tmp_path.iterdir()  # nothing is left beside it
    assert path.read_text() == "an older file"


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="torch writes ONNX")
def test_other_backends_are_refused():
    with pytest.raises(ValueError, match=r"Expected the backend torch.*KERAS_BACKEND=torch"):
        check_onnx()


@on_torch
def test_other_policies_are_refused():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        with pytest.raises(ValueError, match=r"policy float32\. Received: mixed_bfloat16"):
            check_onnx()
    finally:
        keras.config.set_dtype_policy("float32")


@on_torch
def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ImportError, match=r"pip install 'gru-zoo\[export\]'"):
        check_onnx()
