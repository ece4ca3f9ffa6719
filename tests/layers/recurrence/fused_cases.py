"""The fused kernels for torch's GPUs beside the reference, on a GPU or in Triton's interpreter.

    TRITON_INTERPRET=1 python -m tests.layers.recurrence.fused_cases

runs every case in the interpreter. The interpreter must be chosen before Triton is imported, hence
the process of its own. It runs one program after the other, so all units are in one program there.
"""

import torch

from gru_zoo.layers import GRU
from gru_zoo.layers.recurrence import reference
from gru_zoo.layers.recurrence.torch import fused
from gru_zoo.layers.recurrence.types import Weights

# ||ours - theirs|| / ||theirs||. A GPU rounds float32 to TF32 in products.
LIMITS = {torch.float32: 5e-3, torch.float16: 5e-3, torch.bfloat16: 3e-2}

CASES = {
    "plain": {},
    "one of everything": {"batch": 1, "time": 1, "features": 1, "units": 1},
    "rows of two programs": {"batch": 20},
    "masked, backwards": {"mask": 0.6, "reverse": True},
    "zoneout, no bias": {"zoneout_mask": 0.3, "bias": False},
    "zoneout in inference": {"zoneout": 0.3},
    "everything": {"mask": 0.6, "zoneout_mask": 0.3, "dropout": 0.3, "batch": 33, "reverse": True},
    "half precision": {"dtype": torch.float16, "mask": 0.6, "dropout": 0.3},
}


def arguments(
    device, batch=5, time=4, features=3, units=40, bias=True, mask=0.0, zoneout_mask=0.0,
    dropout=0.0, zoneout=0.0, reverse=False, dtype=torch.float32,
):  # fmt: skip
    """Arguments of `fused.run`; a mask or dropout of rate 0 is None."""
    generator = torch.Generator().manual_seed(0)

    def normal(*shape, dtype=dtype):
        values = torch.randn(*shape, generator=generator) / shape[0] ** 0.5
        return values.to(device, dtype).requires_grad_()

    def drawn(rate, *shape):
        return (torch.rand(*shape, generator=generator) < rate).to(device) if rate else None

    biases = [normal(3 * units) for _ in range(2)] if bias else [None, None]
    weights = Weights(normal(features, 3 * units), normal(units, 3 * units), *biases)
    kept = drawn(1 - dropout, batch, units) if dropout else None
    return (
        normal(batch, time, features),
        normal(batch, units, dtype=torch.float32),
        weights,
        drawn(mask, batch, time),
        None if kept is None else kept.to(dtype) / (1 - dropout),
        drawn(zoneout_mask, batch, time, units),
        GRU(units, zoneout=zoneout).cell.gates(),
        reverse,
    )


def run_reference(inputs, h0, weights, mask, dropout, zoneout_mask, gates, reverse):
    return reference.sequence(inputs, h0, weights, gates, mask, dropout, zoneout_mask, reverse)


def results(run, given):
    """All outputs and gradients of a function with the arguments of `fused.run`."""
    states, last = run(*given)
    weight = torch.linspace(-1, 1, states.numel(), device=states.device).view(states.shape)
    loss = (states.float() * weight).sum() + last.float().square().sum()
    leaves = [given[0], given[1], *(w for w in given[2] if w is not None)]
    values = [states, last, *torch.autograd.grad(loss, leaves)]
    return [value.detach() for value in values]


def distances(device, **options):
    """Relative distances of states, last state and gradients from the reference."""
    given = arguments(device, **options)
    ours, theirs = results(fused.run, given), results(run_reference, given)
    with torch.no_grad():  # saves nothing for a gradient
        ours += fused.run(*given)
    return [
        ((a.double() - b.double()).norm() / b.double().norm().clamp_min(1e-9)).item()
        for a, b in zip(ours, [*theirs, *theirs[:2]], strict=True)
    ]


def main():
    for name, options in CASES.items():
        # All units in one program, and more rows than run at once.
        units = options.get("units", 40)
        fused._SLICE = fused._padded(units)
        fused._tilings = lambda *_: [(16, 1)]
        found = distances("cpu", **options)
        limit = 1e-5 if options.get("dtype", torch.float32) == torch.float32 else 5e-3
        assert max(found) < limit, f"{name}: {found}"
    print(f"{len(CASES)} cases agree")


if __name__ == "__main__":
    main()
