import keras
import pytest

torch = pytest.importorskip("torch")
if keras.backend.backend() != "torch":
    pytest.skip("a loss of the torch backend", allow_module_level=True)

from gru_zoo.losses.torch_crossentropy import smoothed_crossentropy  # noqa: E402


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_equals_torch_and_numerical_gradients(smoothing):
    random = torch.Generator().manual_seed(1)
    logits = torch.randn(3, 4, 7, dtype=torch.float64, generator=random, requires_grad=True)
    ids = torch.randint(0, 7, (3, 4), generator=random, dtype=torch.int32)
    losses = smoothed_crossentropy(logits, ids, smoothing)
    expected = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), ids.long().flatten(), reduction="none", label_smoothing=smoothing
    )
    torch.testing.assert_close(losses.flatten(), expected)
    assert torch.autograd.gradcheck(lambda x: smoothed_crossentropy(x, ids, smoothing), (logits,))


def test_large_logits_keep_their_gradient_finite():
    logits = torch.tensor([[1e4, -1e4, 0.0]], requires_grad=True)
    loss = smoothed_crossentropy(logits, torch.tensor([1]), 0.1).sum()
    loss.backward()
    expected = torch.tensor([[1 - 0.1 / 3, -0.9 - 0.1 / 3, -0.1 / 3]])
    torch.testing.assert_close(logits.grad, expected)
