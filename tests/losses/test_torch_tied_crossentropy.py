import numpy as np
import pytest

from tests.backends import only_on

pytestmark = only_on("torch", "the loss is of torch alone")


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("logits", [40, 2**23])  # in chunks of one row, and all at once
def test_loss_and_gradients_are_those_of_the_logits(smoothing, logits, monkeypatch):
    import torch

    from gru_zoo.losses import torch_tied_crossentropy as module

    monkeypatch.setattr(module, "_LOGITS", logits)
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=size) for size in ((3, 4, 6), (40, 6), (40,))]
    inputs = [torch.tensor(array, requires_grad=True) for array in arrays]
    ids = torch.tensor(rng.integers(0, 40, (3, 4)))
    weights = torch.tensor([[1.0] * 4, [1, 1, 0, 0], [0.5, 2, 1, 0]])
    vectors, table, bias = inputs
    loss = module.tied_crossentropy(vectors, table, bias, ids, weights, smoothing)
    scores = torch.log_softmax(vectors @ table.T + bias, dim=-1)
    of_ids = scores.gather(-1, ids[..., None]).squeeze(-1)
    losses = -(1 - smoothing) * of_ids - smoothing * scores.mean(dim=-1)
    expected = (losses * weights).sum() / weights.sum()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    gradients = (torch.autograd.grad(2 * value, inputs) for value in (loss, expected))
    for found, right in zip(*gradients, strict=True):
        torch.testing.assert_close(found, right, rtol=1e-4, atol=1e-6)


def test_without_weights_the_loss_is_zero():
    import torch

    from gru_zoo.losses.torch_tied_crossentropy import tied_crossentropy

    table, bias = torch.ones(5, 3), torch.zeros(5)
    ids = torch.zeros(2, 4, dtype=torch.int64)
    assert tied_crossentropy(torch.ones(2, 4, 3), table, bias, ids, ids.float(), 0.1).item() == 0
