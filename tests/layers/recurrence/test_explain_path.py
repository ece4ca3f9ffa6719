import types

import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import GRU, explain_path

BACKEND = keras.backend.backend()


def test_the_backend_has_its_own_loop():
    assert explain_path(GRU(3)).name == BACKEND
    assert (
        explain_path(GRU(3, reset_after=False, use_bias=False, activation="relu")).name == BACKEND
    )


def test_says_why_the_portable_loop_runs():
    name, reason = explain_path(GRU(3, activation="softmax"))
    assert name == "portable"
    assert "'softmax'" in reason


@pytest.mark.skipif(BACKEND != "torch", reason="the packed loop and cuDNN are torch's")
class TestTorch:
    def test_conditions_of_cudnn(self, monkeypatch):
        import torch

        from gru_zoo.layers.recurrence.torch import fused
        from gru_zoo.layers.recurrence.torch.dispatch import path

        monkeypatch.setattr(torch.backends.cudnn, "is_available", lambda: True)
        monkeypatch.setattr(fused, "refusal", lambda *_: "no kernel")
        cuda = types.SimpleNamespace(is_cuda=True)
        gates = GRU(3).gates()
        assert path(gates, cuda, False, False) == (
            "cudnn",
            "no kernel; every condition of cuDNN is met",
        )
        assert "CUDA device" in path(gates, torch.zeros(3, 9), False, False)[1]
        assert "dropout" in path(gates, cuda, True, False)[1]
        assert "zoneout" in path(gates, cuda, False, True)[1]
        assert "use_cudnn=False" in path(GRU(3, use_cudnn=False).gates(), cuda, False, False)[1]
        assert "reset_after" in path(GRU(3, reset_after=False).gates(), cuda, False, False)[1]

    def test_when_the_fused_kernel_runs(self, monkeypatch):
        import torch

        from gru_zoo.layers.recurrence.torch import fused
        from gru_zoo.layers.recurrence.torch.dispatch import path

        monkeypatch.setattr(torch.backends.cudnn, "is_available", lambda: True)
        monkeypatch.setattr(fused, "refusal", lambda *_: None)
        slower = {(1, False): None, (9, True): "cuDNN is faster"}
        monkeypatch.setattr(fused, "slower_than_cudnn", lambda _, *given: slower[given])
        cuda = types.SimpleNamespace(is_cuda=True)
        assert path(GRU(3).gates(), cuda, False, False)[0] == "triton"
        assert path(GRU(3).gates(), cuda, False, False, batch=9, masked=True)[0] == "cudnn"
        # cuDNN has no dropout on the state, so it cannot be faster.
        assert path(GRU(3).gates(), cuda, True, False, batch=9, masked=True)[0] == "triton"
        assert path(GRU(3, use_cudnn=False).gates(), cuda, False, False)[0] == "triton"
        assert path(GRU(3, use_cudnn=True).gates(), cuda, False, False)[0] == "cudnn"

    @pytest.mark.parametrize("lengths", ["full", "even", "ragged"])
    @pytest.mark.parametrize("return_sequences", [False, True])
    def test_the_call_for_cudnn_computes_the_same(self, monkeypatch, lengths, return_sequences):
        # torch's own CPU kernels stand in for cuDNN behind the same call.
        from gru_zoo.layers.recurrence.torch import dispatch

        rng = np.random.default_rng(0)
        options = {"return_sequences": return_sequences, "return_state": True}
        layer = GRU(4, go_backwards=True, **options)
        layer.build((3, 6, 2))
        layer.set_weights([rng.normal(size=v.shape) for v in layer.weights])
        sequences = rng.normal(size=(3, 6, 2)).astype("float32")
        state = rng.normal(size=(3, 4)).astype("float32")
        mask = {"full": None, "even": np.ones((3, 6), "bool"), "ragged": rng.random((3, 6)) < 0.5}
        mask = mask[lengths]
        if lengths == "even":
            mask[:, 2] = False
        elif lengths == "ragged":
            mask[1] = False
        expected = layer(sequences, initial_state=state, mask=mask)
        monkeypatch.setattr(dispatch, "path", lambda *_: ("cudnn", "pretended"))
        for value, reference in zip(
            layer(sequences, initial_state=state, mask=mask), expected, strict=True
        ):
            np.testing.assert_allclose(
                ops.convert_to_numpy(value), ops.convert_to_numpy(reference), atol=1e-5
            )

    @pytest.mark.parametrize("use_bias", [False, True])
    def test_cudnn_gets_its_weights_in_one_piece(self, use_bias):
        # Others it would copy at every call, and of those in another order refuse to.
        from gru_zoo.layers.recurrence.torch.cudnn import _parameters

        layer = GRU(4, use_bias=use_bias)
        layer.build((3, 6, 2))
        views = _parameters(layer.cell.tensors())
        starts = [view.storage_offset() for view in views]
        assert all(view.is_contiguous() for view in views)
        assert len({view.untyped_storage().data_ptr() for view in views}) == 1
        assert starts == [0, 24, 72, 84][: len(views)] and len(views) == (4 if use_bias else 2)

    @pytest.mark.parametrize("use_bias", [False, True])
    def test_the_call_for_cudnn_has_the_same_gradients(self, monkeypatch, use_bias):
        import torch

        from gru_zoo.layers.recurrence.torch import cudnn, dispatch

        layer = GRU(4, use_bias=use_bias, bias_initializer="random_normal")
        sequences = torch.randn(3, 6, 2)
        layer.build(sequences.shape)
        weights = [v.value for v in layer.weights]
        expected = torch.autograd.grad(layer(sequences).square().sum(), weights)
        monkeypatch.setattr(dispatch, "path", lambda *_: ("cudnn", "pretended"))
        cudnn._layout.cache_clear()
        with torch.inference_mode():  # what it keeps must serve training as well
            layer(sequences)
        found = torch.autograd.grad(layer(sequences).square().sum(), weights)
        torch.testing.assert_close(found, expected)

    def test_exports(self):
        import torch

        layer = GRU(3, return_sequences=True)
        layer.build((2, 4, 3))
        sequences = torch.randn(2, 4, 3)
        exported = torch.export.export(layer, (sequences,))
        torch.testing.assert_close(exported.module()(sequences), layer(sequences))
