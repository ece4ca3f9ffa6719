import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import GRU
from gru_zoo.layers.convert import copy_weights, from_onnx, from_torch, to_onnx, to_torch

SHAPE, UNITS = (2, 5, 3), 4
SEQUENCES = np.random.default_rng(0).normal(size=SHAPE).astype("float32")


def built(seed=0, features=3, bidirectional=False, **kwargs):
    layer = GRU(UNITS, return_sequences=True, **kwargs)
    if bidirectional:
        merge_mode = bidirectional if isinstance(bidirectional, str) else "concat"
        layer = keras.layers.Bidirectional(layer, merge_mode=merge_mode)
    layer.build((None, None, features))
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(size=v.shape) for v in layer.weights])
    return layer


def run(layer, sequences=SEQUENCES):
    return ops.convert_to_numpy(layer(sequences))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_stacks_agree_with_torch_and_come_back(bidirectional):
    torch = pytest.importorskip("torch")
    width = UNITS * (2 if bidirectional else 1)
    stack = [built(0, 3, bidirectional), built(1, width, bidirectional)]
    module = to_torch(stack)
    expected = module(torch.tensor(SEQUENCES))[0].detach().numpy()
    np.testing.assert_allclose(run(stack[1], run(stack[0])), expected, atol=1e-5)
    fresh = [built(2, 3, bidirectional), built(3, width, bidirectional)]
    from_torch(module, fresh)
    np.testing.assert_allclose(run(fresh[1], run(fresh[0])), expected, atol=1e-5)


def test_copies_between_keras_and_ours():
    theirs = keras.layers.GRU(UNITS, return_sequences=True)
    ours = built()
    copy_weights(ours, theirs)
    np.testing.assert_allclose(run(theirs), run(ours), atol=1e-5)


def onnx_forward(node, sequences):
    """The GRU of the ONNX operator's specification, forward, in its own gate order z, r, h."""
    (w,), (r,), (b,) = node["W"], node["R"], node["B"]
    units = node["hidden_size"]
    w_b, r_b = b[: 3 * units], b[3 * units :]
    h, outputs = np.zeros((len(sequences), units)), []
    for t in range(sequences.shape[1]):
        x, s = sequences[:, t] @ w.T + w_b, h @ r.T + r_b
        gate = 1 / (1 + np.exp(-(x + s)[:, : 2 * units]))
        z, reset = gate[:, :units], gate[:, units:]
        if node["linear_before_reset"]:
            n = np.tanh(x[:, 2 * units :] + reset * s[:, 2 * units :])
        else:
            after = (reset * h) @ r.T[:, 2 * units :] + r_b[2 * units :]
            n = np.tanh(x[:, 2 * units :] + after)
        h = (1 - z) * n + z * h
        outputs.append(h)
    return np.stack(outputs, axis=1)


@pytest.mark.parametrize("reset_after", [True, False])
def test_onnx_layout(reset_after):
    layer = built(reset_after=reset_after)
    node = to_onnx(layer)
    assert node["W"].shape == (1, 3 * UNITS, 3)
    assert node["B"].shape == (1, 6 * UNITS)
    np.testing.assert_allclose(onnx_forward(node, SEQUENCES), run(layer), atol=1e-5)
    fresh = built(1, reset_after=reset_after)
    from_onnx(fresh, node["W"], node["R"], node["B"])
    np.testing.assert_allclose(run(fresh), run(layer), atol=1e-6)


def test_onnx_of_both_directions():
    node = to_onnx(built(bidirectional=True))
    assert node["direction"] == "bidirectional"
    assert node["R"].shape == (2, 3 * UNITS, UNITS)


def onnx_arrays():
    return {name: value for name, value in to_onnx(built()).items() if name in ("W", "R", "B")}


def torch_without_bias():
    import torch

    return torch.nn.GRU(3, UNITS, bias=False)


def unlike_torch():
    """A layer whose weights are those of a torch.nn.GRU without a bias, but not its equations."""
    return built(reset_after=False, use_bias=False)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: to_torch(built(reset_after=False)), ValueError, "reset_after=False"),
        (lambda: to_torch(built(activation="relu")), ValueError, "with relu, sigmoid"),
        (lambda: to_torch(built(zoneout=0.1)), ValueError, "zoneout=0.1"),
        (lambda: to_torch(built(go_backwards=True)), ValueError, "go_backwards=True"),
        (lambda: to_torch(built(bidirectional="sum")), ValueError, "merge_mode='sum'"),
        (lambda: to_torch(GRU(3)), ValueError, "has no weights yet: build it"),
        (lambda: to_onnx(built(activation="relu")), ValueError, "GRU of ONNX.*with relu"),
        (lambda: to_onnx(built(zoneout=0.1)), ValueError, "zoneout=0.1"),
        (lambda: from_onnx(built(zoneout=0.1), **onnx_arrays()), ValueError, "zoneout=0.1"),
        (lambda: from_torch(torch_without_bias(), unlike_torch()), ValueError, "reset_after=F"),
        (lambda: to_onnx(keras.layers.Dense(3)), TypeError, "Expected a GRU layer"),
        (lambda: copy_weights(built(), built(features=7)), ValueError, "Received shapes"),
        (lambda: copy_weights(built(), built(use_bias=False)), ValueError, "use_bias=False"),
        (lambda: copy_weights(built(), built(reset_after=False)), ValueError, "no place for"),
        (lambda: copy_weights(built(), built(bidirectional=True)), ValueError, "1 in the source"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, text):
    pytest.importorskip("torch")
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize("theirs", [True, False])
def test_copies_only_between_equal_equations(theirs):
    with pytest.raises(ValueError, match="the same reset_after"):
        copy_weights(built(reset_after=theirs), built(reset_after=not theirs))


def test_a_torch_module_has_the_precision_of_the_layers_and_may_be_of_half():
    import torch

    layer = built(dtype="mixed_bfloat16")
    assert to_torch(layer).weight_ih_l0.dtype == torch.float32  # of variables, not of products
    if keras.backend.backend() != "jax":  # where float64 has to be switched on
        assert to_torch(built(dtype="float64")).weight_ih_l0.dtype == torch.float64
    half = to_torch(built()).bfloat16()
    from_torch(half, layer)
    kernel = keras.ops.convert_to_numpy(layer.cell.kernel)
    np.testing.assert_allclose(kernel, keras.ops.convert_to_numpy(built().cell.kernel), rtol=1e-2)


def test_what_is_no_gru_is_named():
    import torch

    dense = keras.layers.Dense(3)
    with pytest.raises(TypeError, match="Expected a GRU layer"):
        copy_weights(built(), dense)
    with pytest.raises(TypeError, match=r"Expected a torch\.nn\.GRU"):
        from_torch(torch.nn.LSTM(3, 4), built())
    with pytest.raises(ValueError, match="one number of units"):
        to_torch([built(), keras.layers.Bidirectional(built())])
