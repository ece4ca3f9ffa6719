"""The layer inside torch's transforms, modes and subclasses, beside torch's own GRU in float64."""

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU
from gru_zoo.layers.convert import to_torch

if keras.backend.backend() != "torch":
    pytest.skip("the transforms are torch's", allow_module_level=True)

import torch
from torch.autograd import forward_ad
from torch.fx.experimental.proxy_tensor import make_fx

from tests.layers.recurrence.torch.test_training import make

BATCH, TIME, FEATURES, UNITS = 3, 6, 3, 4


def peer(layer):
    """The layer by the equations of `torch.nn.GRU`: from inputs and a mask or None to all states.

    Not by `torch.gru`, which has no masks, no forward mode and no rule for batches.
    """
    w_x, w_h, b_x, b_h = (p.detach().double() for p in to_torch(layer).parameters())

    def states(x, mask=None):
        h, found = x.new_zeros(x.shape[0], layer.units), []
        for t in range(x.shape[1]):
            x_r, x_z, x_n = (x[:, t] @ w_x.t() + b_x).chunk(3, 1)
            h_r, h_z, h_n = (h @ w_h.t() + b_h).chunk(3, 1)
            r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
            new = (1 - z) * torch.tanh(x_n + r * h_n) + z * h
            h = new if mask is None else torch.where(mask[:, t, None], new, h)
            found.append(h)
        return torch.stack(found, 1)

    return states


def test_the_peer_is_the_gru_of_torch():
    layer, (x, _, _) = make(dtype="float64"), draw(BATCH)
    theirs = to_torch(layer).double()
    torch.testing.assert_close(peer(layer)(x), theirs(x)[0].detach())


def draw(batch, dtype=torch.float64):
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(batch, TIME, FEATURES, dtype=dtype, generator=generator)
    mask = torch.rand(batch, TIME, generator=generator) < 0.6
    return x, torch.randn(x.shape, dtype=dtype, generator=generator), mask


def dual(f, x, v):
    with forward_ad.dual_level():
        return forward_ad.unpack_dual(f(forward_ad.make_dual(x, v))).tangent


def dual_without_gradients(f, x, v):
    with torch.no_grad():
        return dual(f, x, v)


def batched_gradients(f, x, v):
    x = x.requires_grad_()
    y = f(x)
    weights = torch.stack([torch.ones_like(y), y.detach(), y.detach().cos()])
    return torch.autograd.grad(y, x, weights, is_grads_batched=True)[0]


def mapped_gradients(f, x, v):
    x = x.requires_grad_()
    y = f(x)
    weights = torch.stack([torch.ones_like(y), y.detach()])
    return torch.vmap(lambda w: torch.autograd.grad(y, x, w)[0])(weights)


TRANSFORMS = {
    "vmap": lambda f, x, v: torch.vmap(f)(torch.stack([x, v])),
    "grad": lambda f, x, v: torch.func.grad(lambda a: f(a).sum())(x),
    "gradients of samples": lambda f, x, v: torch.vmap(torch.func.grad(lambda a: f(a).sum()))(
        torch.stack([x, v])
    ),
    "jvp": lambda f, x, v: torch.func.jvp(f, (x,), (v,)),
    "vjp": lambda f, x, v: torch.func.vjp(f, x)[1](f(v).detach()),
    "jacrev": lambda f, x, v: torch.func.jacrev(f)(x),
    "jacfwd": lambda f, x, v: torch.func.jacfwd(f)(x),
    "hessian": lambda f, x, v: torch.func.hessian(lambda a: f(a).square().sum())(x),
    "vectorized jacobian": lambda f, x, v: torch.autograd.functional.jacobian(f, x, vectorize=True),
    "forward jacobian": lambda f, x, v: torch.autograd.functional.jacobian(
        f, x, vectorize=True, strategy="forward-mode"
    ),
    "dual numbers": dual,
    "dual numbers under no_grad": dual_without_gradients,
    "is_grads_batched": batched_gradients,
    "vmap of torch.autograd.grad": mapped_gradients,
    "keras.ops.vectorized_map": lambda f, x, v: keras.ops.vectorized_map(f, torch.stack([x, v])),
}


# Forward mode of torch compiles some of its own functions.
@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("batch", [1, BATCH])
def test_transforms_of_torch(name, frozen, masked, batch):
    layer = make(dtype="float64")
    layer.trainable = not frozen
    x, v, mask = draw(batch)
    mask = mask if masked else None
    theirs = peer(layer)
    transform = TRANSFORMS[name]
    found = transform(lambda a: layer(a, mask=mask)[0], x.clone(), v)
    expected = transform(lambda a: theirs(a, mask), x.clone(), v)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-11)


def test_gradients_of_the_weights_of_samples():
    layer = make(dtype="float64")
    x, _, mask = draw(BATCH)
    weights = [w.value for w in layer.trainable_weights]
    others = [w.value for w in layer.non_trainable_variables]

    def loss(weights, x, mask):
        (outputs, _), _ = layer.stateless_call(weights, others, x[None], mask=mask[None])
        return outputs.square().sum()

    found = torch.vmap(torch.func.grad(loss), (None, 0, 0))(weights, x, mask)
    for k in range(BATCH):
        outputs, _ = layer(x[k : k + 1], mask=mask[k : k + 1])
        expected = torch.autograd.grad(outputs.square().sum(), weights)
        torch.testing.assert_close([one[k] for one in found], list(expected))


@pytest.mark.parametrize("batch", [1, BATCH])
@pytest.mark.parametrize("gradient", [False, True])
def test_captured_graphs_read_their_inputs(batch, gradient):
    layer = make(dtype="float64")
    theirs = peer(layer)
    x, v, mask = draw(batch)

    def of(function, x, mask):
        if not gradient:
            return function(x, mask).detach()
        x = x.detach().requires_grad_()
        return torch.autograd.grad(function(x, mask).square().sum(), x)[0]

    def ours(x, mask):
        with torch.set_grad_enabled(gradient):
            return of(lambda x, mask: layer(x, mask=mask)[0], x, mask)

    graph = make_fx(ours)(x, mask)
    torch.testing.assert_close(graph(v, ~mask), of(theirs, v, ~mask))


def test_a_training_step_is_captured():
    layer = make(dtype="float64")
    x, v, mask = draw(BATCH)
    weights = [w.value for w in layer.trainable_weights]

    def step(x, mask):
        return torch.autograd.grad(layer(x, mask=mask)[0].square().sum(), weights)

    graph = make_fx(step)(x, mask)
    torch.testing.assert_close(graph(v, ~mask), step(v, ~mask))


def test_tensors_without_values_have_the_right_shapes():
    from torch._subclasses import FakeTensorMode

    layer = make()
    with FakeTensorMode(allow_non_fake_inputs=True):
        x, mask = torch.randn(BATCH, TIME, FEATURES), torch.rand(BATCH, TIME) < 0.5
        outputs, last = layer(x, mask=mask)
        with torch.no_grad():
            one, _ = layer(x[:1], mask=mask[:1])
    assert outputs.shape == (BATCH, TIME, UNITS) and last.shape == (BATCH, UNITS)
    assert one.shape == (1, TIME, UNITS)


@pytest.mark.parametrize("batch", [1, BATCH])
def test_counters_see_every_product(batch):
    from torch.utils.flop_counter import FlopCounterMode

    layer, x = make(), torch.randn(batch, TIME, FEATURES)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        layer(x)
    assert counter.get_total_flops() == 2 * batch * TIME * (FEATURES + UNITS) * 3 * UNITS


@pytest.mark.parametrize("masked", [False, True])
def test_counters_see_every_product_of_training(masked):
    from torch.utils.flop_counter import FlopCounterMode

    layer, (x, _, mask) = make(), draw(BATCH, torch.float32)
    with FlopCounterMode(display=False) as counter:
        layer(x, mask=mask if masked else None)[0].sum().backward()
    forward = 2 * BATCH * TIME * (FEATURES + UNITS) * 3 * UNITS
    # Backward as many for the weights, and those of each state but the first.
    states = 2 * BATCH * (TIME - 1) * UNITS * 3 * UNITS
    assert counter.get_total_flops() == 2 * forward + states


@pytest.fixture
def mesh(tmp_path):
    distributed = pytest.importorskip("torch.distributed")
    store = f"file://{tmp_path / 'store'}"
    distributed.init_process_group("gloo", init_method=store, rank=0, world_size=1)
    from torch.distributed.tensor import init_device_mesh

    yield init_device_mesh("cpu", (1,))
    distributed.destroy_process_group()


@pytest.mark.filterwarnings("ignore")  # of torch, about its own modules
@pytest.mark.parametrize("masked", [False, True])
def test_distributed_tensors(mesh, masked):
    from torch.distributed.tensor import DTensor, Replicate, Shard, distribute_tensor
    from torch.distributed.tensor.experimental import implicit_replication

    layer, (x, _, mask) = make(), draw(BATCH, torch.float32)
    mask = mask if masked else None
    weights = [w.value for w in layer.trainable_weights]
    expected = layer(x, mask=mask)[0]
    gradients = torch.autograd.grad(expected.square().sum(), weights)
    for placement in (Shard(0), Replicate()):
        with implicit_replication():  # The weights are no distributed tensors.
            outputs = layer(distribute_tensor(x, mesh, [placement]), mask=mask)[0]
            found = torch.autograd.grad(outputs.square().sum(), weights)
        assert isinstance(outputs, DTensor)
        torch.testing.assert_close(outputs.full_tensor(), expected)
        torch.testing.assert_close([d.full_tensor() for d in found], list(gradients))


def test_modes_for_functions_see_every_product():
    from torch.overrides import TorchFunctionMode

    class Count(TorchFunctionMode):
        products = 0

        def __torch_function__(self, function, types, args=(), kwargs=None):
            self.products += "matmul" in getattr(function, "__name__", "")
            return function(*args, **(kwargs or {}))

    layer = make()
    with torch.no_grad(), Count() as count:
        layer(torch.randn(1, TIME, FEATURES))
    assert count.products == 1 + TIME


def test_a_default_device_watches_nothing(monkeypatch):
    from gru_zoo.layers.recurrence.torch import plain

    monkeypatch.setattr(plain, "sequence", None)
    with torch.device("cpu"), torch.no_grad():
        make()(torch.randn(1, TIME, FEATURES))


@pytest.mark.parametrize("batch", [1, BATCH])
def test_subclasses_see_every_operation(batch):
    class Logged(torch.Tensor):
        names: list[str] = []  # noqa: RUF012

        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            cls.names.append(getattr(function, "__name__", ""))
            return super().__torch_function__(function, types, args, kwargs or {})

    x, _, _ = draw(batch, torch.float32)
    layer = make()
    with torch.no_grad():
        outputs = layer(x.as_subclass(Logged))[0]
        # The projection, and the products of all states but the first, which are zeros of torch.
        assert sum("matmul" in name for name in Logged.names) == TIME
        torch.testing.assert_close(outputs.as_subclass(torch.Tensor), layer(x)[0])


@pytest.mark.parametrize("batch", [1, BATCH])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("options", [{}, {"layer_norm": True}, {"reset_after": False}])
def test_autocast_is_followed_and_keeps_the_state_in_float32(batch, masked, options):
    layer = make(**options)
    layer.cell.set_weights([0.5 * w for w in layer.cell.get_weights()])
    x, _, mask = draw(batch, torch.float32)
    x.requires_grad_()
    mask = mask if masked else None
    wanted = [x, *(w.value for w in layer.trainable_weights)]

    def run():
        outputs, last = layer(x, mask=mask)
        with torch.no_grad():
            torch.testing.assert_close(layer(x, mask=mask)[0], outputs)
        return [outputs, last, *torch.autograd.grad(outputs.square().sum(), wanted)]

    expected = run()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = run()
    assert any((a != b).any() for a, b in zip(found, expected, strict=True))
    for value, reference in zip(found, expected, strict=True):
        assert value.dtype == torch.float32
        assert (value - reference).abs().max() < 5e-2 * reference.abs().max()


def test_gradients_outside_of_autocast_equal_those_inside():
    layer, (x, _, _) = make(), draw(BATCH, torch.float32)
    weights = [w.value for w in layer.trainable_weights]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        first, second = layer(x)[0].sum(), layer(x)[0].sum()
        inside = torch.autograd.grad(first, weights)
    torch.testing.assert_close(torch.autograd.grad(second, weights), inside)


@pytest.mark.parametrize("learning", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("batch", [1, BATCH])
@pytest.mark.parametrize(
    "options", [{}, {"go_backwards": True}, {"return_sequences": False}, {"layer_norm": True}]
)
def test_results_hold_no_more_memory_than_their_own(learning, masked, batch, options):
    layer = GRU(UNITS, **{"return_sequences": True, "return_state": True, **options})
    x, _, mask = draw(batch, torch.float32)
    with torch.set_grad_enabled(learning):
        outputs, last = layer(x, mask=mask if masked else None)
    for result in (outputs, last):
        assert result.untyped_storage().nbytes() == result.numel() * 4
    if layer.return_sequences:
        assert outputs.untyped_storage().data_ptr() != last.untyped_storage().data_ptr()


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("batch", [1, BATCH])
def test_results_can_be_changed_in_place(masked, batch):
    layer = make()
    x, _, mask = draw(batch, torch.float32)
    mask = mask if masked else None
    weights = [w.value for w in layer.trainable_weights]
    outputs, last = layer(x, mask=mask)
    expected = torch.autograd.grad(outputs.relu().sum() + last.sum(), weights)
    outputs, last = layer(x, mask=mask)
    kept = last.detach().clone()
    outputs.relu_()
    torch.testing.assert_close(last, kept, rtol=0, atol=0)
    torch.testing.assert_close(torch.autograd.grad(outputs.sum() + last.sum(), weights), expected)


def test_truncated_backpropagation_detaches_the_state_in_place():
    layer, state = make(), torch.zeros(BATCH, UNITS)
    for _ in range(3):
        outputs, state = layer(torch.randn(BATCH, TIME, FEATURES), initial_state=state)
        outputs.sum().backward()
        state.detach_()
    assert not state.requires_grad


@pytest.mark.parametrize("scale", [1.0, 1e-2, 1e-4, 1e-6, 1e-20])
@pytest.mark.parametrize("batch", [1, 2, 40])
@pytest.mark.parametrize("learning", [False, True])
def test_small_states_keep_their_digits(scale, batch, learning):
    layer = GRU(64, return_sequences=True)
    x = scale * torch.tensor(np.random.default_rng(0).normal(size=(batch, 50, 3)))
    layer.build(x.shape)
    with torch.set_grad_enabled(learning):
        found = layer(x.float()).detach().double()
    expected = peer(layer)(x.float().double())
    assert (found - expected).abs().max() < 1e-6 * expected.abs().max()
