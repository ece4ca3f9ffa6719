"""The call of cuDNN on TensorFlow, as far as a CPU can test it."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("the operation is TensorFlow's", allow_module_level=True)

import tensorflow as tf

from gru_zoo.layers import GRU, explain_path
from gru_zoo.layers.convert import to_torch
from gru_zoo.layers.recurrence.tensorflow import cudnn, dispatch

BATCH, TIME, FEATURES, UNITS = 3, 6, 2, 4
RNG = np.random.default_rng(0)
SEQUENCES = RNG.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
STATE = RNG.normal(size=(BATCH, UNITS)).astype("float32")
MASK = np.array([[1, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1]], "bool")


def make(cls=GRU, **options):
    layer = cls(UNITS, return_sequences=True, return_state=True, **options)
    layer.build((BATCH, TIME, FEATURES))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=v.shape) for v in layer.weights])
    return layer


@pytest.fixture
def gpu(monkeypatch):
    """Pretends that there is a GPU."""
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)


def stand_in(inputs, h, params, lengths):
    """cuDNN's GRU by its own documentation, gates r, z (called i) and h, from its one buffer."""
    sizes = [UNITS * FEATURES] * 3 + [UNITS * UNITS] * 3 + [UNITS] * 6
    parts = tf.split(params, sizes)
    w = [tf.reshape(part, (UNITS, FEATURES)) for part in parts[:3]]
    u = [tf.reshape(part, (UNITS, UNITS)) for part in parts[3:6]]
    b, c = parts[6:9], parts[9:]
    outputs = []
    for t in range(inputs.shape[1]):
        x = [tf.matmul(inputs[:, t], w[k], transpose_b=True) + b[k] for k in range(3)]
        s = [tf.matmul(h, u[k], transpose_b=True) + c[k] for k in range(3)]
        r, i = tf.sigmoid(x[0] + s[0]), tf.sigmoid(x[1] + s[1])
        h = (1 - i) * tf.tanh(x[2] + r * s[2]) + i * h
        outputs.append(tf.where(t < lengths[:, None], h, np.nan))
    return tf.stack(outputs, axis=1)


@pytest.mark.parametrize("use_bias", [True, False])
def test_parameters_lie_as_in_the_flat_weights_of_torch(use_bias):
    layer = make(use_bias=use_bias)
    pytest.importorskip("torch")
    module = to_torch(layer)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    flat = [getattr(module, name).detach().numpy().reshape(-1) for name in names]
    np.testing.assert_array_equal(cudnn.parameters(layer.cell.tensors()), np.concatenate(flat))


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
def test_the_call_computes_what_the_loop_does(evaluate, monkeypatch, gpu, mask, go_backwards):
    expected = evaluate(
        make(go_backwards=go_backwards, use_cudnn=False), SEQUENCES, STATE, mask=mask
    )
    monkeypatch.setattr(cudnn, "_cudnn", stand_in)
    layer = make(go_backwards=go_backwards)
    assert explain_path(layer).name == "cudnn"
    for value, reference in zip(
        evaluate(layer, SEQUENCES, STATE, mask=mask), expected, strict=True
    ):
        np.testing.assert_allclose(value, reference, rtol=1e-4, atol=1e-5)


def operations(layer):
    """The names of the operations in the graph of a layer and its gradient."""

    @tf.function
    def gradient(sequences):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(sequences)[0])
        return tape.gradient(loss, [v.value for v in layer.trainable_variables])

    graph = gradient.get_concrete_function(tf.TensorSpec(SEQUENCES.shape)).graph
    return [operation.type for operation in graph.get_operations()]


def test_the_graph_holds_the_operation_and_its_gradient(gpu):
    types = operations(make())
    assert types.count("CudnnRNNV3") == types.count("CudnnRNNBackpropV3") == 1
    assert "While" not in types


def test_layers_on_cudnn_are_not_given_to_xla(gpu):
    assert not GRU(3).supports_jit
    assert GRU(3, use_cudnn=False).supports_jit
    assert GRU(3, activation="relu").supports_jit


def test_conditions(monkeypatch):
    def reason(training=False, **options):
        name, reason = explain_path(GRU(3, **options), training)
        assert name == "tensorflow"
        return reason

    assert "needs a GPU" in reason()
    monkeypatch.setattr(dispatch.tf.config, "list_physical_devices", lambda kind: [kind])
    monkeypatch.setattr(dispatch.tf.test, "is_built_with_cuda", lambda: True)
    assert "use_cudnn=False" in reason(use_cudnn=False)
    assert "no bfloat16" in reason(dtype="bfloat16")
    assert "dropout on the state" in reason(training=True, recurrent_dropout=0.1)
    assert "zoneout" in reason(zoneout=0.1)
    assert "reset_after=True" in reason(reset_after=False)


@pytest.mark.gpu
def test_cudnn_runs_on_a_gpu(evaluate):
    if not tf.config.list_physical_devices("GPU"):
        pytest.skip("needs a GPU")
    layer = make()
    assert explain_path(layer).name == "cudnn"
    assert "CudnnRNNV3" in operations(layer)
    expected = evaluate(make(use_cudnn=False), SEQUENCES, STATE, mask=MASK)
    for value, reference in zip(
        evaluate(layer, SEQUENCES, STATE, mask=MASK), expected, strict=True
    ):
        np.testing.assert_allclose(value, reference, rtol=1e-2, atol=1e-3)
