"""Where the fused kernels of `pallas_kernels` run on JAX.

They are imported only there, since the import of Pallas takes a while and a CPU needs none of it.
"""

from types import ModuleType

import jax

from gru_zoo.layers.recurrence.types import StepConfig

_KERNEL_PLATFORMS = ("gpu",)


def path(gates: StepConfig, units: int, dtype: str, zoneout_mask: bool) -> tuple[str, str]:
    """Whether the fused kernel runs or a loop, and why; see `pallas_kernels.refusal`."""
    platform = jax.default_backend()
    if platform not in _KERNEL_PLATFORMS:
        return "jax", f"the fused kernel needs a GPU, and JAX runs on '{platform}'"
    from gru_zoo.layers.recurrence.jax import pallas_kernels

    refusal = pallas_kernels.refusal(gates, units, dtype, zoneout_mask)
    return ("jax", refusal) if refusal else ("pallas", "every condition of the kernel is met")


def kernels(kernel: jax.Array, mask: jax.Array | None, gates: StepConfig) -> ModuleType | None:
    """The module of the fused kernels where they run, else None.

    Args:
        kernel: the recurrent kernel, shape `(units, 3 * units)`.
        mask: shape `(time, batch, 1)`, or `(time, batch, units)` with the mask of zoneout; or None.
        gates: activations and options of a step.
    """
    zoneout_mask = mask is not None and mask.shape[-1] > 1
    if path(gates, kernel.shape[-2], str(kernel.dtype), zoneout_mask)[0] != "pallas":
        return None
    from gru_zoo.layers.recurrence.jax import pallas_kernels

    return pallas_kernels
