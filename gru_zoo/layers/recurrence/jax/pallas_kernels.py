"""The GRU recurrence on JAX's GPUs: one Pallas kernel over all steps, and one for its gradient.

Each program of the grid computes some rows of the batch from the first step to the last. It loads
the recurrent kernel once, before its loop, and keeps it on chip; the state stays in registers. The
mathematics is that of `gradient.py`.

The tests run both kernels in Pallas' interpreter and lower them for CUDA, and
`benchmarks/gru_layer_gpu.py` compares them with cuDNN on a GPU. Other numbers of rows and warps
are untried.
"""

import functools

import jax
import jax.numpy as jnp
from jax.experimental import pallas as pl
from jax.experimental.pallas import triton

from gru_zoo.layers.recurrence import gradient
from gru_zoo.layers.recurrence.types import Saved

# Runs the kernels without a GPU, for tests.
INTERPRET = False

_ROWS = 16  # Rows of the batch in a program: the minimum of a tensor core's product.
_MIN_UNITS = 16
# Share of a multiprocessor's memory for the recurrent kernel. An A100 has 164 KiB, an H100 228.
_CHIP_BYTES = 128 * 1024
_WARPS = 8


def refusal(gates, units: int, dtype: str, zoneout_mask: bool) -> str | None:
    """Why the kernels do not run on a GPU, or None where they do.

    Args:
        gates: activations and options of a step.
        units: number of units.
        dtype: dtype of the weights.
        zoneout_mask: whether zoneout draws a mask, as it does in training.
    """
    if not gates.as_in_cudnn:
        return "the fused kernel has only tanh, sigmoid, reset_after=True and no layer_norm"
    if zoneout_mask:
        return "the fused kernel has no zoneout in training"
    if dtype not in ("float32", "float16", "bfloat16"):
        return f"the fused kernel has no {dtype}"
    size = 3 * _padded_units(units) ** 2 * jnp.dtype(dtype).itemsize
    if size > _CHIP_BYTES:
        return (
            f"the recurrent kernel takes {size // 1024} KiB in {dtype}, more than the"
            f" {_CHIP_BYTES // 1024} KiB that the fused kernel keeps on chip"
        )
    return None


def _padded_units(units):
    return max(_MIN_UNITS, pl.next_power_of_2(units))


def _pad(array, batch, units):
    """Pad the last two axes with zeros to `(batch, units)`."""
    missing = [(0, 0)] * array.ndim
    missing[-1] = (0, units - array.shape[-1])
    missing[-2] = (0, batch - array.shape[-2])
    return jnp.pad(array, missing)


def _split(weights, units):
    """The kernel `(units, 3 * units)` as three padded matrices, one for each gate."""
    return [_pad(part, units, units) for part in jnp.split(weights, 3, axis=-1)]


def _call(body, arguments, results, batch):
    """Run `body` over blocks of rows.

    The last axis but one of arguments and results is the batch. Arrays in a list are weights, which
    every program takes whole.
    """

    def block(array, whole=False):
        *leading, rows, width = array.shape
        shape = (*leading, rows if whole else _ROWS, width)
        zeros = (0,) * len(leading)
        return pl.BlockSpec(shape, lambda i: (*zeros, 0 if whole else i, 0))

    specs = tuple(
        [block(w, whole=True) for w in a] if isinstance(a, list) else jax.tree.map(block, a)
        for a in arguments
    )
    return pl.pallas_call(
        body,
        grid=(batch // _ROWS,),
        in_specs=specs,
        out_specs=[block(result) for result in results],
        out_shape=results,
        interpret=INTERPRET,
        compiler_params=triton.CompilerParams(num_warps=_WARPS, num_stages=1),
    )(*arguments)


def _product(values, weights):
    return jnp.dot(values.astype(weights.dtype), weights, preferred_element_type=jnp.float32)


def _loaded(ref, *index):
    """The values of a reference in float32, or None for None."""
    return None if ref is None else ref[index or ...].astype(jnp.float32)


def _mask_at(ref, t):
    return None if ref is None else ref[t] != 0


def _sizes(h0):
    """Batch and units, padded."""
    return -(-h0.shape[0] // _ROWS) * _ROWS, _padded_units(h0.shape[1])


def _padded_mask(mask, batch):
    # Of integers, since a GPU's memory has no booleans.
    return None if mask is None else _pad(mask.astype("int32"), batch, 1)


def forward(x, h0, kernel, bias, mask, dropout, gates, reverse, save=True):
    """States and saved values, with the arguments and results of `gradient.forward`.

    Without `save` the second result is None.
    """
    batch, units = _sizes(h0)
    time, wide = x[0].shape[0], jnp.float32
    arguments = (
        tuple(_pad(part, batch, units) for part in x),
        _pad(h0.astype(wide), batch, units),
        _split(kernel, units),
        [] if bias is None else [_pad(b, 1, units) for b in jnp.split(bias.reshape(1, -1), 3, 1)],
        _padded_mask(mask, batch),
        None if dropout is None else _pad(dropout, batch, units),
    )
    result = jax.ShapeDtypeStruct((time, batch, units), wide)
    body = functools.partial(_forward_body, gates=gates, reverse=reverse)
    states, *saved = _call(body, arguments, [result] * (5 if save else 1), batch)

    def cut(values):
        return values[:, : h0.shape[0], : h0.shape[1]].astype(h0.dtype)

    return cut(states), Saved(*map(cut, saved)) if save else None


def _forward_body(x, h0, kernel, bias, mask, dropout, *results, gates, reverse):
    time = x[0].shape[0]
    kernels, biases = [w[...] for w in kernel], [_loaded(b) for b in bias]
    factor = _loaded(dropout)

    def step(k, h):
        t = time - 1 - k if reverse else k
        dropped = h if factor is None else h * factor
        s = [_product(dropped, w) for w in kernels]
        if biases:
            s = [part + b for part, b in zip(s, biases, strict=True)]
        z = jax.nn.sigmoid(_loaded(x[0], t) + s[0])
        r = jax.nn.sigmoid(_loaded(x[1], t) + s[1])
        n = jnp.tanh(_loaded(x[2], t) + r * s[2])
        share = (1 - z) * (1 - gates.zoneout)
        new = h + share * (n - h)
        keep = _mask_at(mask, t)
        new = new if keep is None else jnp.where(keep, new, h)
        for ref, value in zip(results, (new, z, r, s[2], n), strict=False):
            ref[t] = value
        return new

    jax.lax.fori_loop(0, time, step, h0[...])


def backward(d_states, starts, saved, kernel, bias, mask, dropout, gates, reverse):
    """Gradients, with the arguments and the result of `gradient.backward`."""
    batch, units = _sizes(starts[0])
    time, wide = len(starts), jnp.float32
    arguments = (
        _pad(d_states.astype(wide), batch, units),
        _pad(starts.astype(wide), batch, units),
        jax.tree.map(lambda values: _pad(values.astype(wide), batch, units), saved),
        [w.T for w in _split(kernel, units)],
        _padded_mask(mask, batch),
        None if dropout is None else _pad(dropout, batch, units),
    )
    results = [jax.ShapeDtypeStruct((time, batch, units), kernel.dtype)] * 3
    results.append(jax.ShapeDtypeStruct((batch, units), wide))
    body = functools.partial(_backward_body, gates=gates, reverse=reverse)
    *padded, d_h0 = _call(body, arguments, results, batch)
    rows, columns = starts.shape[1:]
    d_x = tuple(d[:, :rows, :columns] for d in padded)
    d_h0 = d_h0[:rows, :columns].astype(starts.dtype)
    dropped = starts if dropout is None else starts * dropout.astype(starts.dtype)
    d_s = (*d_x[:2], d_x[2] * saved.reset.astype(kernel.dtype))
    weights = gradient.weight_gradients(dropped, None, d_s, kernel.dtype, bias)
    return d_x, d_h0, *weights


def _backward_body(d_states, before, saved, kernel, mask, dropout, *results, gates, reverse):
    time = before.shape[0]
    kernels, factor = [w[...] for w in kernel], _loaded(dropout)
    *d_x, d_h0 = results

    def step(k, dh):
        t = k if reverse else time - 1 - k
        state, values = before[t], jax.tree.map(lambda part: part[t], saved)
        to_z, to_r, to_n, keep, r = gradient.local_gradients(
            state, None, values, _mask_at(mask, t), gates
        )
        dh = dh + d_states[t]
        d_z, d_r, d_n = dh * to_z, dh * to_r, dh * to_n
        for ref, value in zip(d_x, (d_z, d_r, d_n), strict=True):
            ref[t] = value.astype(ref.dtype)
        d_s = zip((d_z, d_r, d_n * r), kernels, strict=True)
        d_dropped = sum(_product(value, w) for value, w in d_s)
        return dh * keep + (d_dropped if factor is None else d_dropped * factor)

    d_h0[...] = jax.lax.fori_loop(0, time, step, jnp.zeros(d_h0.shape, jnp.float32))
