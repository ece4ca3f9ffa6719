"""The steps of one sequence in NumPy on torch."""

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU

if keras.backend.backend() != "torch":
    pytest.skip("steps in NumPy are torch's", allow_module_level=True)

import torch

from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.torch import numpy_steps, steps

UNITS, FEATURES = 5, 3


def make(units=UNITS, **kwargs):
    layer = GRU(units, return_sequences=True, return_state=True, **kwargs)
    layer.build((1, 9, FEATURES))
    rng = np.random.default_rng(0)
    layer.cell.set_weights([rng.normal(size=v.shape) for v in layer.cell.weights])
    return layer


@pytest.fixture
def calls(monkeypatch):
    """The sizes that `fill` has been called with."""
    found, fill = [], numpy_steps.fill

    def counted(*arguments):
        found.append(arguments[-1])
        return fill(*arguments)

    monkeypatch.setattr(numpy_steps, "fill", counted)
    return found


def inputs(batch=1, steps=9, dtype="float32"):
    rng = np.random.default_rng(1)
    sequences = rng.normal(size=(batch, steps, FEATURES)).astype(dtype)
    return torch.tensor(sequences), torch.tensor(rng.normal(size=(batch, UNITS)).astype(dtype))


def reference_of(layer, sequences, state, mask=None):
    weights, gates, backwards = layer.cell.tensors(), layer.gates(), layer.go_backwards
    return reference.sequence(sequences, state, weights, gates, mask, reverse=backwards)


@pytest.mark.parametrize("block", [1, 2 * 3 * UNITS * 4, 2**20])
@pytest.mark.parametrize("options", [{}, {"use_bias": False}, {"go_backwards": True}])
@pytest.mark.parametrize("mask", [None, "110101110", "000111100", "000000000"])
def test_states_are_those_of_the_reference(monkeypatch, calls, block, options, mask):
    monkeypatch.setattr(steps, "_BLOCK_BYTES", block)
    layer = make(**options)
    sequences, state = inputs()
    if mask is not None:
        mask = torch.tensor([[c == "1" for c in mask]])
    with torch.no_grad():
        outputs, last = layer(sequences, initial_state=state, mask=mask)
        expected, expected_last = reference_of(layer, sequences, state, mask)
    assert calls == [[1] * (9 if mask is None else int(mask.sum()))]
    if options.get("go_backwards"):
        expected = expected.flip(1)
    torch.testing.assert_close(outputs, expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(last, expected_last, rtol=1e-5, atol=1e-6)


def test_inputs_and_states_stay_as_they_were(calls):
    layer, (sequences, state) = make(), inputs()
    kept = [t.clone() for t in (sequences, state, *layer.cell.tensors()[:4])]
    with torch.no_grad():
        layer(sequences, initial_state=state)
    assert calls
    now = (sequences, state, *layer.cell.tensors()[:4])
    assert all(torch.equal(a, b) for a, b in zip(kept, now, strict=True))


def test_tensors_that_ask_for_gradients_are_taken_where_none_are_recorded(calls):
    layer, (sequences, state) = make(), inputs()
    outputs, _ = layer(sequences, initial_state=state)
    assert not calls  # gradients are recorded
    with torch.no_grad():
        found, _ = layer(sequences.requires_grad_(), initial_state=state.requires_grad_())
    assert calls and not found.requires_grad
    torch.testing.assert_close(found, outputs.detach(), rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("error")
def test_gates_that_are_shut_or_open_warn_of_nothing(calls):
    layer, (sequences, state) = make(), inputs()
    with torch.no_grad():
        outputs, _ = layer(1e4 * sequences, initial_state=state)
        expected, _ = reference_of(layer, 1e4 * sequences, state)
        unknown, _ = layer(torch.full_like(sequences, np.nan))
    assert len(calls) == 2
    torch.testing.assert_close(outputs, expected, rtol=1e-5, atol=1e-6)
    assert unknown.isnan().all()


@pytest.mark.parametrize(
    "options",
    [{"reset_after": False}, {"activation": "relu"}, {"zoneout": 0.2}, {"dtype": "float64"},
     {"dtype": "mixed_bfloat16"}],
)  # fmt: skip
def test_other_equations_and_dtypes_are_left_to_torch(calls, options):
    layer = make(**options)
    sequences, state = inputs(dtype=layer.variable_dtype)
    with torch.no_grad():
        layer(sequences, initial_state=state)
    assert not calls


def test_many_sequences_and_large_kernels_are_left_to_torch(monkeypatch, calls):
    sequences, state = inputs(batch=2)
    with torch.no_grad():
        make()(sequences, initial_state=state)
        monkeypatch.setattr(numpy_steps, "_LARGE", 3 * UNITS**2)
        make()(sequences[:1])
        assert not calls
        monkeypatch.setattr(numpy_steps, "_LARGE", 3 * UNITS**2 + 1)
        make()(sequences[:1])
    assert calls


def test_no_steps_return_the_initial_state(calls):
    sequences, state = inputs(steps=0)
    with torch.no_grad():
        outputs, last = make()(sequences, initial_state=state)
    assert calls == [[]] and outputs.shape == (1, 0, UNITS)
    torch.testing.assert_close(last, state, rtol=0, atol=0)
