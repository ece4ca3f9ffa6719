"""The layer in graphs of torch.compile, of which it is one operation."""

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU

if keras.backend.backend() != "torch":
    pytest.skip("the compiler is torch's", allow_module_level=True)

import torch

from tests.layers.recurrence.torch.test_training import make

# The tracer looks at attributes of tensors that warn when they are looked at.
pytestmark = pytest.mark.filterwarnings("ignore:The .grad attribute:UserWarning")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"go_backwards": True, "reset_after": False},
        {"use_bias": False, "zoneout": 0.2},
        {"layer_norm": True},
    ],
    ids=["plain", "backwards", "zoneout", "normalized"],
)
def test_the_whole_graph_is_compiled_for_any_number_of_steps(options):
    layer = make(dtype="float64", **options)
    weights = [w.value for w in layer.trainable_weights]

    def both(x, mask):
        # Around `call`, Keras sets an attribute of masked outputs, which the tracer refuses.
        return tuple(layer.call(x, mask=mask))

    torch._dynamo.reset()
    compiled = torch.compile(both, fullgraph=True, dynamic=True, backend="aot_eager")
    for time in (9, 5):
        x = torch.randn(4, time, 3, dtype=torch.float64, requires_grad=True)
        mask = torch.rand(4, time) < 0.6
        results = []
        for run in (both, compiled):
            outputs, last = run(x, mask)
            loss = outputs.square().sum() + last.sum()
            results.append([outputs, last, *torch.autograd.grad(loss, [x, *weights])])
        torch.testing.assert_close(*results)


def test_the_layer_is_one_operation_of_one_graph_for_any_number_of_steps():
    layer, graphs = make(), []

    def keep(graph, inputs):
        graphs.append(graph)
        return graph.forward

    torch._dynamo.reset()
    kept = torch.compile(lambda x: layer.call(x)[0], fullgraph=True, dynamic=True, backend=keep)
    for time in (9, 5):
        kept(torch.randn(4, time, 3))
    assert len(graphs) == 1
    names = [str(node.target) for node in graphs[0].graph.nodes]
    assert sum("gru_zoo" in name for name in names) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the compiler
def test_keras_trains_compiled_models():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(16, 6, 5)).astype("float32"), rng.normal(size=(16, 1))
    losses = []
    for jit_compile in (True, False):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((6, 5)), GRU(4), keras.layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=jit_compile)
        losses.append(model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0).history)
    np.testing.assert_allclose(losses[0]["loss"], losses[1]["loss"], rtol=1e-4)
