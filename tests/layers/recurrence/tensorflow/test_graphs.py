"""Graphs of layers on TensorFlow without a loop, and forward mode."""

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU
from gru_zoo.layers.convert import copy_weights
from gru_zoo.layers.recurrence.tensorflow import loop

if keras.backend.backend() != "tensorflow":
    pytest.skip("the graphs are TensorFlow's", allow_module_level=True)

import tensorflow as tf

BATCH, TIME, FEATURES, UNITS = 2, 5, 3, 4


def pair(**options):
    """Our layer and Keras', with the same weights."""
    theirs = keras.layers.GRU(UNITS, return_sequences=True, **options)
    ours = GRU(UNITS, return_sequences=True, **options)
    rng = np.random.default_rng(0)
    for layer in (theirs, ours):
        layer.build((BATCH, TIME, FEATURES))
    theirs.set_weights([rng.normal(size=v.shape) for v in theirs.weights])
    copy_weights(theirs, ours)
    return ours, theirs


def draw():
    rng = np.random.default_rng(1)
    x, v = rng.normal(size=(2, BATCH, TIME, FEATURES)).astype("float32")
    mask = rng.random((BATCH, TIME)) < 0.6
    mask[:, 0] = True
    return tf.constant(x), tf.constant(v), tf.constant(mask)


def operations(graph):
    """The kinds of all operations, those of functions included."""
    kinds = {node.op for node in graph.node}
    return kinds.union(*({node.op for node in f.node_def} for f in graph.library.function))


def concrete(layer, shape, masked=False):
    specification = [tf.TensorSpec(shape)]
    if masked:
        specification.append(tf.TensorSpec(shape[:2], tf.bool))

    def call(x, mask=None):
        return layer(x, mask=mask)

    return tf.function(call, autograph=False).get_concrete_function(*specification)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("options", [{}, {"go_backwards": True}, {"reset_after": False}])
def test_an_unrolled_layer_has_no_loop(masked, options):
    ours, theirs = pair(unroll=True, **options)
    x, _, mask = draw()
    function = concrete(ours, x.shape, masked)
    assert not [kind for kind in operations(function.graph.as_graph_def()) if "While" in kind]
    given = (x, mask) if masked else (x,)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        found, expected = function(*given), theirs(x, mask=mask if masked else None)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(tape.gradient(found, x), tape.gradient(expected, x), atol=1e-5)


def test_one_step_has_no_loop():
    ours, _ = pair()
    x, _, _ = draw()
    function = concrete(ours, (BATCH, 1, FEATURES))
    assert not [kind for kind in operations(function.graph.as_graph_def()) if "While" in kind]
    np.testing.assert_allclose(function(x[:, :1]), ours(x)[:, :1], atol=1e-6)


@pytest.mark.filterwarnings("ignore")  # of LiteRT's converter
def test_an_unrolled_layer_is_quantized_to_integers():
    layer = GRU(UNITS, unroll=True)
    layer.build((1, TIME, FEATURES))
    function = concrete(layer, (1, TIME, FEATURES))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    x, _, _ = draw()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([x[:1]], [x[1:]])
    interpreter = tf.lite.Interpreter(model_content=converter.convert())
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x[:1].numpy())
    interpreter.invoke()
    found = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_allclose(found, layer(x[:1]), atol=0.05)


def interpreted(content, x):
    """The result of a LiteRT file for inputs of any size."""
    interpreter = tf.lite.Interpreter(model_content=content)
    place = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(place, x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place, x.numpy())
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


@pytest.mark.filterwarnings("ignore")  # of LiteRT's converter
def test_litert_takes_any_length_of_one_batch_size():
    layer, _ = pair()
    x, _, _ = draw()

    def converted(shape):
        function = concrete(layer, shape)
        return tf.lite.TFLiteConverter.from_concrete_functions([function]).convert()

    content = converted((BATCH, None, FEATURES))
    for given in (x, tf.concat([x, x], axis=1)):
        np.testing.assert_allclose(interpreted(content, given), layer(given), atol=1e-6)
    # LiteRT has no list of tensors whose shape it does not know, and says so.
    with pytest.raises(Exception, match="element_shape to be static"):
        converted((None, TIME, FEATURES))


@pytest.mark.filterwarnings("ignore")  # of LiteRT's converter
def test_keras_exports_an_unrolled_layer_to_litert_for_any_batch_size(tmp_path):
    layer = pair(unroll=True)[0]
    model = keras.Sequential([keras.Input((TIME, FEATURES)), layer])
    x, _, _ = draw()
    model.export(tmp_path / "model.tflite", format="litert", verbose=False)
    content = (tmp_path / "model.tflite").read_bytes()
    for given in (x, tf.concat([x, x], axis=0)):
        np.testing.assert_allclose(interpreted(content, given), layer(given), atol=1e-6)


@pytest.mark.filterwarnings("ignore")  # of tf2onnx
@pytest.mark.parametrize("masked", [False, True])
def test_an_unrolled_layer_is_written_to_onnx(masked, tmp_path):
    pytest.importorskip("tf2onnx")
    import onnxruntime

    inputs = keras.Input((TIME, FEATURES))
    hidden = keras.layers.Masking()(inputs) if masked else inputs
    model = keras.Model(inputs, pair(unroll=True)[0](hidden))
    x = draw()[0].numpy()
    x[0, 2:] = 0
    expected = model(x)
    model.export(tmp_path / "model.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    found = session.run(None, {session.get_inputs()[0].name: x})[0]
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("of", ["inputs", "state", "kernel", "recurrent_kernel", "bias"])
def test_forward_mode(masked, of, monkeypatch):
    x, v, mask = draw()
    state = tf.ones((BATCH, UNITS))
    # Not the loop of the gradient, which TensorFlow would differentiate at a high price.
    monkeypatch.setattr(loop, "_compiled", None)
    tangents = []
    for layer in pair():
        weight = {"inputs": x, "state": state}.get(of)
        weight = getattr(layer.cell, of).value if weight is None else weight
        rng = np.random.default_rng(3)
        tangent = v if weight is x else tf.constant(rng.normal(size=weight.shape), "float32")
        with tf.autodiff.ForwardAccumulator(weight, tangent) as accumulator:
            outputs = layer(x, initial_state=state, mask=mask if masked else None)
        tangents.append(accumulator.jvp(outputs).numpy())
    assert np.abs(tangents[0]).max() > 0.1
    np.testing.assert_allclose(*tangents, atol=1e-5)


def test_forward_mode_around_a_function():
    x, v, mask = draw()
    tangents = []
    for layer in pair():
        function = concrete(layer, x.shape, masked=True)
        with tf.autodiff.ForwardAccumulator(x, v) as accumulator:
            outputs = function(x, mask)
        tangents.append(accumulator.jvp(outputs).numpy())
    np.testing.assert_allclose(*tangents, atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"activation": "silu"}])
def test_a_graph_need_not_know_the_shape_of_the_state(options):
    x, _, mask = draw()
    state = tf.random.normal((BATCH, UNITS))
    results = []
    for layer in pair(**options):
        signature = [tf.TensorSpec((None, None, FEATURES)), tf.TensorSpec((None, None))]

        @tf.function(input_signature=signature, autograph=False)
        def run(x, state, layer=layer):
            with tf.GradientTape() as tape:
                tape.watch(state)
                outputs = layer(x, initial_state=state, mask=mask)
            return outputs, tape.gradient(outputs, state)

        results.append(run(x, state))
        if isinstance(layer, GRU):
            with pytest.raises(tf.errors.InvalidArgumentError, match="EnsureShape"):
                run(x, state[:, 1:])
    np.testing.assert_allclose(results[0][0], results[1][0], atol=1e-6)
    np.testing.assert_allclose(results[0][1], results[1][1], atol=1e-5)
