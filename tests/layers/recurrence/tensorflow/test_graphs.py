"""Graphs of layers on TensorFlow without a loop, and forward mode."""

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU
from gru_zoo.layers.convert import copy_weights

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


@pytest.mark.parametrize("masked", [False, True])
def test_forward_mode(masked):
    x, v, mask = draw()
    tangents = []
    for layer in pair():
        with tf.autodiff.ForwardAccumulator(x, v) as accumulator:
            outputs = layer(x, mask=mask if masked else None)
        tangents.append(accumulator.jvp(outputs).numpy())
    np.testing.assert_allclose(*tangents, atol=1e-5)
