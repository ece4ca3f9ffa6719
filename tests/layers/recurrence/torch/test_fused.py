"""The fused kernels for torch's GPUs: in Triton's interpreter, and on a GPU where there is one."""

import os
import subprocess
import sys
import types

import keras
import numpy as np
import pytest

if keras.backend.backend() != "torch":
    pytest.skip("the kernels are torch's", allow_module_level=True)

import torch

from gru_zoo.layers import GRU, explain_path
from gru_zoo.layers.recurrence.torch import dispatch, fused
from tests.layers.recurrence import fused_cases
from tests.paths import ROOT


@pytest.mark.skipif(sys.platform != "linux", reason="Triton is for Linux")
def test_the_kernels_compute_what_the_reference_does_in_the_interpreter():
    done = subprocess.run(
        [sys.executable, "-m", "tests.layers.recurrence.fused_cases"],
        cwd=ROOT,
        env={**os.environ, "TRITON_INTERPRET": "1", "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert f"{len(fused_cases.CASES)} cases agree" in done.stdout


def compiled(name, units, dtype, rows, absent):
    """A kernel of one of the layer's calls, compiled for an H100."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from gru_zoo.layers.recurrence.torch import triton_kernels

    kernel = getattr(triton_kernels, name)
    constants = fused._constants(units, dtype, rows, 3 if "backward" in name else 1)
    warps = constants.pop("num_warps")
    constants |= {"REVERSE": False} | {n: None for n in absent if n in kernel.arg_names}
    kinds = {"batch": "i32", "time": "i32", "share": "fp32", "mask": "*i1", "zoneout_mask": "*i1"}
    kinds.update(dict.fromkeys(("h0", "last", "d_last", "d_h0"), "*fp32"))
    low = {torch.float32: "*fp32", torch.float16: "*fp16", torch.bfloat16: "*bf16"}[dtype]
    source = ASTSource(
        kernel,
        {n: "constexpr" if n in constants else kinds.get(n, low) for n in kernel.arg_names},
        constants,
    )
    return triton.compile(source, GPUTarget("cuda", 90, 32), {"num_warps": warps})


@pytest.mark.skipif(sys.platform != "linux", reason="Triton is for Linux")
@pytest.mark.parametrize("name", ["forward_kernel", "backward_kernel"])
@pytest.mark.parametrize(
    ("units", "dtype", "absent"),
    [
        (512, torch.float32, ()),
        (40, torch.bfloat16, ("mask", "zoneout_mask", "dropout", "bias", "d_last")),
    ],
)
def test_the_kernels_compile_and_fit(device, name, units, dtype, absent):
    ((rows, _), *_) = fused._tilings(units, dtype, torch.device("cpu"))
    kernel = compiled(name, units, dtype, rows, absent)
    assert kernel.metadata.shared <= device.shared_memory_per_block_optin


@pytest.fixture
def device(monkeypatch):
    """The properties of an H100, for tensors on a CPU too."""
    h100 = types.SimpleNamespace(
        major=9, minor=0, multi_processor_count=132, shared_memory_per_block_optin=232448
    )
    monkeypatch.setattr(fused, "_properties", lambda _: h100)
    monkeypatch.setattr(fused, "_has_triton", lambda: True)
    fused._tilings.cache_clear()
    yield h100
    fused._tilings.cache_clear()


def refusal(units=64, dtype=torch.float32, **options):
    gates = GRU(units, **options).cell.gates()
    return fused.refusal(gates, torch.empty(units, 3 * units, dtype=dtype))


def test_what_the_kernels_take(device, monkeypatch):
    assert refusal() is None and refusal(dtype=torch.bfloat16) is None
    assert refusal(512) is None and refusal(1024, torch.bfloat16) is None
    assert "1024 units in float32 are more" in refusal(1024)
    assert "no float64" in refusal(dtype=torch.float64)
    assert "tanh" in refusal(activation="relu") and "reset_after" in refusal(reset_after=False)
    monkeypatch.setattr(torch.backends.cudnn.rnn, "fp32_precision", "ieee")
    assert "TF32" in refusal() and refusal(dtype=torch.float16) is None
    monkeypatch.setattr(fused, "_has_triton", lambda: False)
    assert "package triton" in refusal(dtype=torch.float16)


def test_a_small_or_old_device_is_refused(device):
    device.major = 7
    assert "capability 8.0" in refusal()
    device.major, device.multi_processor_count = 8, 14
    fused._tilings.cache_clear()
    assert "256 units in float32 are more" in refusal(256)


def test_where_cudnn_is_faster(device):
    def slower(units, dtype, batch=1, masked=False):
        kernel = torch.empty(units, 3 * units, dtype=dtype)
        return fused.slower_than_cudnn(kernel, batch, masked)

    assert "up to 128 units" in slower(128, torch.float32)
    assert slower(128, torch.float32, masked=True) is None
    assert slower(128, torch.bfloat16) is None
    assert slower(512, torch.float32, batch=128) is None
    assert "more than 128 sequences" in slower(512, torch.float32, batch=129)


def test_what_was_never_written_is_no_number():
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        values = fused._unwritten(torch.empty(1, dtype=dtype), 2, 3)
        assert values.dtype == dtype and values.isnan().all()
        assert (values.view(torch.uint8) == 255).all()


def test_a_gradient_of_the_gradient():
    given = fused_cases.arguments("cpu", mask=0.6, dropout=0.3)
    *tensors, mask, dropout, zoneout_mask, gates, reverse = given
    inputs, h0, weights = tensors
    tensors = [inputs, h0, *weights[:4]]
    states, last = fused_cases.run_reference(*given)
    d_states = torch.ones_like(states)
    expected = torch.autograd.grad(states.sum(), tensors, create_graph=True)
    constants = (mask, zoneout_mask, dropout)
    found = fused.differentiable_gradients(tensors, constants, d_states, None, gates, reverse)
    torch.testing.assert_close(found, list(expected))
    again = torch.autograd.grad(found[0].square().sum(), inputs)
    torch.testing.assert_close(
        again, torch.autograd.grad(expected[0].square().sum(), inputs), atol=1e-6, rtol=1e-4
    )


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
class TestOnAGPU:
    @pytest.mark.parametrize("name", fused_cases.CASES)
    def test_the_kernels_compute_what_the_reference_does(self, name):
        options = fused_cases.CASES[name]
        limit = fused_cases.LIMITS[options.get("dtype", torch.float32)]
        assert max(fused_cases.distances("cuda", **options)) < limit

    @pytest.mark.parametrize("dtype", fused_cases.LIMITS)
    def test_many_programs_exchange_their_states(self, dtype):
        options = {"batch": 100, "time": 12, "units": 500, "dtype": dtype, "mask": 0.8}
        assert max(fused_cases.distances("cuda", **options)) < fused_cases.LIMITS[dtype]

    def test_the_layer_runs_on_them(self, monkeypatch):
        called = []
        run = fused.run
        monkeypatch.setattr(fused, "run", lambda *a: called.append(a) or run(*a))
        layer = GRU(256, return_sequences=True)
        layer.build((None, None, 8))
        assert explain_path(layer, training=True).name == "triton"
        layer(np.ones((4, 3, 8), "float32"), training=True)
        assert len(called) == 1
        small = GRU(8, return_sequences=True)
        small.build((None, None, 8))
        assert explain_path(small).name == "cudnn"
        assert explain_path(small, masked=True).name == "triton"
        assert explain_path(GRU(256, use_cudnn=True)).name == "cudnn"
        assert explain_path(GRU(256, use_cudnn=False)).name == "triton"

    @pytest.mark.parametrize("bits", [-1, 0x7FC00000])
    def test_what_is_no_number_stops_nothing(self, bits):
        inputs, h0, *rest = fused_cases.arguments("cuda", mask=0.5, units=64)
        broken = h0.detach().clone()
        broken.view(torch.int32)[1, 3] = bits
        states, last = fused.run(inputs, broken, *rest)
        assert states[1, -1].isnan().any() and not last[0].isnan().any()

    def test_a_gradient_of_the_gradient(self):
        given = fused_cases.arguments("cuda", units=20)

        def second(run):
            states, _ = run(*given)
            first = torch.autograd.grad(states.square().sum(), given[0], create_graph=True)[0]
            return torch.autograd.grad(first.square().sum(), given[2][1])[0]

        ours, theirs = second(fused.run), second(fused_cases.run_reference)
        assert (ours - theirs).norm() < 2e-2 * theirs.norm()

    def test_the_loop_of_the_backend_is_what_is_left(self):
        layer = GRU(256, reset_after=False, use_cudnn=False)
        layer.build((None, None, 8))
        name, reason = explain_path(layer)
        assert name == "torch" and "reset_after" in reason and "use_cudnn=False" in reason
        assert dispatch.path(layer.gates(), layer.cell.kernel.value, False, False)[0] == "torch"
