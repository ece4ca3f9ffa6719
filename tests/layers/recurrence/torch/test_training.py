"""The loops of torch: packed rows, blocks of steps, products, graphs of torch.compile."""

import math
import types

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU

if keras.backend.backend() != "torch":
    pytest.skip("the packed loop is torch's", allow_module_level=True)

import torch

from gru_zoo.layers.recurrence.torch import matmul, steps
from gru_zoo.layers.recurrence.torch.packing import plan


def make(units=4, **kwargs):
    rng = np.random.default_rng(0)
    layer = GRU(units, return_sequences=True, return_state=True, seed=1, **kwargs)
    layer.build((5, 9, 3))
    layer.cell.set_weights([rng.normal(size=v.shape) for v in layer.cell.weights])
    return layer


def test_rows_are_packed_step_by_step_the_longest_sequence_first():
    mask = torch.tensor([[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 1]], dtype=torch.bool)
    packing = plan(mask, reverse=False)
    assert packing.sizes == [2, 2, 1]
    assert packing.order.tolist() == [2, 0, 1]
    # Sequence 2 steps 0, 1 and 3 and sequence 0 steps 0 and 2, in turn.
    assert packing.sources.tolist() == [8, 0, 9, 2, 11]
    # Rows 0 to 2 are the initial states in the order above.
    assert packing.targets.tolist() == [[4, 4, 6, 6], [2, 2, 2, 2], [3, 5, 5, 7]]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("batch", [1, 2, 5])
def test_plans_are_what_reading_step_by_step_makes(batch, reverse):
    rng = np.random.default_rng(batch)
    for share in (0.0, 0.2, 0.5, 0.8, 1.0):
        mask = rng.random((batch, 6)) < share
        packing = plan(torch.tensor(mask), reverse)
        steps = [[t for t in range(6)[:: -1 if reverse else 1] if row[t]] for row in mask]
        order = sorted(range(batch), key=lambda i: -len(steps[i]))
        sizes = [sum(len(own) > k for own in steps) for k in range(len(steps[order[0]]))]
        assert packing.sizes == sizes
        if mask.all() or batch == 1:
            assert packing.order is None
        else:
            assert packing.order.tolist() == order
        if mask.all():
            assert packing.sources is packing.targets is None
            continue
        rows = [(i, steps[i][k]) for k, size in enumerate(sizes) for i in order[:size]]
        assert packing.sources.tolist() == [6 * i + t for i, t in rows]
        for i in range(batch):
            row = order.index(i)
            for t in range(6)[:: -1 if reverse else 1]:
                row = batch + rows.index((i, t)) if mask[i, t] else row
                assert packing.targets[i, t] == row


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_do_not_depend_on_the_size_of_blocks(evaluate, monkeypatch, reset_after, masked):
    rng = np.random.default_rng(1)
    sequences = rng.normal(size=(5, 9, 3)).astype("float32")
    state = rng.normal(size=(5, 4)).astype("float32")
    mask = rng.random((5, 9)) < 0.6 if masked else None
    results = []
    for size in (2**20, 1, 2 * 5 * 3 * 4 * 4):
        monkeypatch.setattr(steps, "_BLOCK_BYTES", size)
        layer = make(reset_after=reset_after, recurrent_dropout=0.3)
        results.append(evaluate(layer, sequences, state, mask=mask, training=True))
    for other in results[1:]:
        for value, reference in zip(other, results[0], strict=True):
            np.testing.assert_allclose(value, reference, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", [1, 2 * 5 * 3 * 4 * 4, 2**20])
@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("masked", [False, True])
def test_without_gradients_blocks_give_what_training_computes(
    monkeypatch, size, reset_after, masked
):
    rng = np.random.default_rng(1)
    sequences = torch.tensor(rng.normal(size=(5, 9, 3)).astype("float32"))
    state = torch.tensor(rng.normal(size=(5, 4)).astype("float32"))
    mask = torch.tensor(rng.random((5, 9)) < 0.6) if masked else None
    layer = make(reset_after=reset_after)
    references = layer(sequences, initial_state=state, mask=mask)
    monkeypatch.setattr(steps, "_BLOCK_BYTES", size)
    with torch.no_grad():
        results = layer(sequences, initial_state=state, mask=mask)
    for value, reference in zip(results, references, strict=True):
        torch.testing.assert_close(value, reference.detach(), rtol=1e-5, atol=1e-6)


def test_a_state_that_nothing_changes_is_returned_to_the_last_bit():
    state = torch.full((2, 4), 1e-9)
    with torch.no_grad():
        outputs, last = make()(torch.ones(2, 3, 3), initial_state=state, mask=torch.zeros(2, 3) > 0)
    torch.testing.assert_close(outputs, state[:, None].expand(2, 3, 4), rtol=0, atol=0)
    torch.testing.assert_close(last, state, rtol=0, atol=0)


def test_outputs_of_inference_can_be_learned_from():
    layer, weight = make(), torch.ones(4, requires_grad=True)
    layer.trainable = False
    outputs, _ = layer(torch.randn(5, 9, 3))
    assert not outputs.is_inference() and not outputs.requires_grad
    (outputs * weight).sum().backward()
    torch.testing.assert_close(weight.grad, outputs.sum((0, 1)))


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")
@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_products_of_onednn_are_those_of_mkl(evaluate, monkeypatch, reset_after, dropout):
    rng = np.random.default_rng(1)
    sequences = rng.normal(size=(5, 9, 3)).astype("float32")
    state = rng.normal(size=(5, 4)).astype("float32")
    mask = rng.random((5, 9)) < 0.6
    calls, multiply = [], torch.ops.mkldnn._linear_pointwise

    def counted(*arguments):
        calls.append(arguments)
        return multiply(*arguments)

    results = []
    for onednn in (True, False):
        monkeypatch.setattr(matmul, "_LARGE", ((1, 1),))
        monkeypatch.setattr(matmul, "onednn_is_faster", lambda onednn=onednn: onednn)
        monkeypatch.setattr(torch.ops.mkldnn, "_linear_pointwise", counted)
        layer = make(reset_after=reset_after, recurrent_dropout=dropout)
        results.append(evaluate(layer, sequences, state, mask=mask, training=True))
        assert bool(calls) == onednn
        calls.clear()
    for value, reference in zip(*results, strict=True):
        np.testing.assert_allclose(value, reference, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", [1, 2**30])
def test_products_of_every_layout(monkeypatch, size):
    monkeypatch.setattr(matmul, "_LARGE", ((1, size),))
    a, b, total = torch.randn(7, 6), torch.randn(6, 10), torch.randn(7, 5)
    for matrix in (b[:, :5], b.t().contiguous().t()[:, 5:], b[:, ::2]):
        by_matrix = matmul.RightMatmul(matrix, rows=7)
        expected = torch.einsum("ij,jk->ik", a, matrix)
        torch.testing.assert_close(by_matrix(a), expected)
        torch.testing.assert_close(by_matrix.affine(a, total[0]), total[0] + expected)
        out = torch.empty(7, 9)[:, 2:7]
        by_matrix.add(total, a, out=out)
        torch.testing.assert_close(out, total + expected)


def test_few_rows_are_worth_onednn_where_the_matrix_is_large():
    assert matmul._min_rows(torch.empty(256, 768)) == 4
    assert matmul._min_rows(torch.empty(128, 512)) == 512
    assert matmul._min_rows(torch.empty(128, 384)) == math.inf


@pytest.mark.parametrize("reset_after", [True, False])
def test_a_torch_without_the_operation_computes_the_same(monkeypatch, reset_after):
    monkeypatch.setattr(matmul, "_LARGE", ((1, 1),))
    layer, sequences = make(reset_after=reset_after), torch.randn(5, 9, 3)
    with torch.no_grad():
        expected = layer(sequences)
        monkeypatch.setattr(torch.ops, "mkldnn", types.SimpleNamespace())
        assert not matmul.onednn_is_faster()
        torch.testing.assert_close(layer(sequences), expected)


def test_onednn_can_be_switched_off(monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)
    assert not matmul.onednn_is_faster()


@pytest.mark.parametrize("layer_norm", [False, True])
@pytest.mark.parametrize("reset_after", [True, False])
def test_gradients_are_exact_in_float64(reset_after, layer_norm):
    layer = make(reset_after=reset_after, layer_norm=layer_norm, dtype="float64")
    sequences = torch.randn(5, 9, 3, dtype=torch.float64, requires_grad=True)
    state = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    mask = torch.rand(5, 9) < 0.6
    weights = [w.value for w in layer.trainable_weights]
    assert torch.autograd.gradcheck(
        # The weights are changed in place.
        lambda x, h, *weights: layer(x, initial_state=h, mask=mask),
        (sequences, state, *weights),
        fast_mode=True,
    )


# The tracer looks at attributes of tensors that warn when they are looked at.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The .grad attribute:UserWarning")
def test_compiled_models_run_the_same_loop():
    layer = make()
    sequences = torch.randn(5, 9, 3, requires_grad=True)

    def twice(x, mask):
        return layer(x, mask=mask)[0] * 2

    compiled = torch.compile(twice, backend="eager")
    for mask in (None, torch.rand(5, 9) < 0.6):
        results = []
        for function in (twice, compiled):
            outputs = function(sequences, mask)
            results.append([outputs, *torch.autograd.grad(outputs.sum(), sequences)])
        torch.testing.assert_close(*results)


def test_a_gradient_of_an_earlier_stateful_call():
    layer = GRU(4, stateful=True, return_sequences=True)
    layer.build((2, 5, 3))
    x = torch.randn(2, 5, 3)
    kernel = layer.cell.recurrent_kernel.value
    (expected,) = torch.autograd.grad(layer(x).square().sum(), kernel)
    layer.reset_states()
    first = layer(x)
    layer(x)
    torch.testing.assert_close(torch.autograd.grad(first.square().sum(), kernel)[0], expected)
