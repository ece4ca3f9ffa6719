"""The layer against keras.layers.GRU and torch.nn.GRU, forward and gradient."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_zoo.layers import GRU
from gru_zoo.layers.convert import copy_weights, to_torch

TOLERANCE = {"rtol": 2e-4, "atol": 2e-5}


def draw_mask(kind, batch, time, rng):
    """A mask of a kind, its first row at least partly kept, its last row fully masked."""
    lengths = rng.integers(1, time + 1, size=(batch, 1))
    mask = {
        "right": np.arange(time) < lengths,
        "left": np.arange(time) >= time - lengths,
        "gaps": rng.random((batch, time)) < 0.6,
        "all": np.zeros((batch, time), "bool"),
    }[kind]
    mask[0, time // 2] = kind != "all"
    return mask


# (batch, time, features, units): a fixed handful, since JAX compiles each anew.
shapes = st.sampled_from([(3, 6, 2, 5), (1, 1, 1, 1), (4, 7, 3, 2)])
masks = st.sampled_from([None, "right", "left", "gaps", "all"])
flags = st.fixed_dictionaries(
    {
        "reset_after": st.booleans(),
        "use_bias": st.booleans(),
        "go_backwards": st.booleans(),
        "activation": st.sampled_from(["tanh", "relu", "elu", "silu"]),
        "recurrent_activation": st.sampled_from(["sigmoid", "hard_sigmoid"]),
    }
)


def randomised(layer, shape, rng):
    layer.build(shape)
    layer.set_weights([rng.normal(size=v.shape) * 0.7 for v in layer.weights])
    return layer


@given(shape=shapes, kind=masks, options=flags, zero=st.booleans(), seed=st.integers(0, 99))
def test_equals_keras(evaluate, shape, kind, options, zero, seed):
    rng = np.random.default_rng(seed)
    batch, time, features, units = shape
    options = dict(options, return_sequences=True, return_state=True, zero_output_for_mask=zero)
    theirs = keras.layers.GRU(units, use_cudnn=False, **options)
    randomised(theirs, (batch, time, features), rng)
    ours = GRU(units, **options)
    copy_weights(theirs, ours)
    sequences = rng.normal(size=(batch, time, features)).astype("float32")
    # Where a sequence starts with masked steps Keras puts out zeros on two backends and the
    # initial state on the third; from a zero state they agree, but for its gradient.
    state = (rng.normal(size=(batch, units)) * (kind is None)).astype("float32")
    mask = None if kind is None else draw_mask(kind, batch, time, rng)
    results = evaluate(ours, sequences, state, mask=mask)
    expected = evaluate(theirs, sequences, state, mask=mask)
    if mask is not None:
        del results[3], expected[3]
    for value, reference in zip(results, expected, strict=True):
        np.testing.assert_allclose(value, reference, **TOLERANCE)


def torch_reference(ours, sequences, state, lengths):
    """Outputs and gradients of torch.nn.GRU with our weights, packed where lengths differ."""
    torch = pytest.importorskip("torch")
    from torch.nn.utils import rnn

    peer = to_torch(ours)
    x, h = (torch.tensor(a, requires_grad=True) for a in (sequences, state))
    packed = rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    out, last = peer(packed, h.unsqueeze(0))
    out, _ = rnn.pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])
    loss = 0.0
    for seed, result in enumerate((out, last[0])):
        weight = np.random.default_rng(seed).normal(size=tuple(result.shape)).astype("float32")
        loss = loss + (result * torch.tensor(weight)).sum()
    loss.backward()
    return [t.detach().numpy() for t in (out, last[0], x.grad, h.grad)]


@settings(max_examples=4)
@given(shape=shapes, seed=st.integers(0, 99))
def test_equals_torch(evaluate, shape, seed):
    rng = np.random.default_rng(seed)
    batch, time, features, units = shape
    options = {"return_sequences": True, "return_state": True, "zero_output_for_mask": True}
    ours = randomised(GRU(units, **options), shape[:3], rng)
    sequences = rng.normal(size=(batch, time, features)).astype("float32")
    state = rng.normal(size=(batch, units)).astype("float32")
    lengths = rng.integers(1, time + 1, size=batch)
    expected = torch_reference(ours, sequences, state, lengths)
    mask = np.arange(time) < lengths[:, None]
    results = evaluate(ours, sequences, state, mask=mask)[: len(expected)]
    for value, reference in zip(results, expected, strict=True):
        np.testing.assert_allclose(value, reference, **TOLERANCE)
