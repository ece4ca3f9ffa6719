"""Triton kernels of the GRU recurrence: one for all steps, and one for all of their gradient.

A program computes some units of some rows of the batch from the first step to the last. It keeps
its part of the recurrent kernel on chip, reads the states of all units after the step before from
memory, and writes the states of its own units. Before the launch the exchanged memory is filled
with values whose bits are all ones, which no program writes, and a program reads until none of them
is left. So programs of the same rows must run at once, and are launched as a cooperative grid. Each
warp multiplies one chunk of the units. The mathematics is that of `gradient.py`.

Tensors are contiguous, `(batch, time, ...)`, and None where the layer has none of the kind.
UNITS is the number of units, ROWS and SLICE are the rows and units of a program, and SPLITS is the
number of chunks, of CHUNK units each.
"""

import triton
import triton.language as tl


@triton.jit
def _places(ROWS: tl.constexpr, SLICE: tl.constexpr, SPLITS: tl.constexpr, CHUNK: tl.constexpr):
    """The rows and the units of a program, and all units in chunks, `(SPLITS, CHUNK)`."""
    rows = tl.program_id(1) * ROWS + tl.arange(0, ROWS)
    columns = tl.program_id(0) * SLICE + tl.arange(0, SLICE)
    return rows, columns, tl.arange(0, SPLITS)[:, None] * CHUNK + tl.arange(0, CHUNK)[None, :]


@triton.jit
def _bits(values):
    return values.to(tl.int32 if values.dtype == tl.float32 else tl.int16, bitcast=True)


@triton.jit
def _leave(at, values, mask):
    """Store values that other programs wait for, without the bits that mark unwritten memory."""
    values = values.to(at.dtype.element_ty)
    not_a_number = tl.full(values.shape, float("nan"), values.dtype)
    tl.store(at, tl.where(_bits(values) == -1, not_a_number, values), mask)


@triton.jit
def _three(at, stride, mask):
    """Load the parts of z, r and n, which lie `stride` apart."""
    return (
        tl.load(at, mask, 0.0),
        tl.load(at + stride, mask, 0.0),
        tl.load(at + 2 * stride, mask, 0.0),
    )


@triton.jit
def _awaited(at, mask):
    """Load values that other programs store, again until all of them are there."""
    values = tl.load(at, mask, 0.0, volatile=True)
    while tl.max((_bits(values) == -1).to(tl.int32)) != 0:
        values = tl.load(at, mask, 0.0, volatile=True)
    return values


@triton.jit
def _three_awaited(at, stride, mask):
    z = tl.load(at, mask, 0.0, volatile=True)
    r = tl.load(at + stride, mask, 0.0, volatile=True)
    n = tl.load(at + 2 * stride, mask, 0.0, volatile=True)
    while tl.max(((_bits(z) == -1) | (_bits(r) == -1) | (_bits(n) == -1)).to(tl.int32)) != 0:
        z = tl.load(at, mask, 0.0, volatile=True)
        r = tl.load(at + stride, mask, 0.0, volatile=True)
        n = tl.load(at + 2 * stride, mask, 0.0, volatile=True)
    return z, r, n


@triton.jit
def _store_three(at, stride, z, r, n, mask):
    dtype = at.dtype.element_ty
    tl.store(at, z.to(dtype), mask)
    tl.store(at + stride, r.to(dtype), mask)
    tl.store(at + 2 * stride, n.to(dtype), mask)


@triton.jit
def _sums(a, b, c, x, y, z):
    return a + x, b + y, c + z


@triton.jit
def _products(values, z, r, n):
    """Products with the parts of the recurrent kernel; one reduction adds all their chunks."""
    z = tl.dot(values, z, input_precision="tf32")
    r = tl.dot(values, r, input_precision="tf32")
    n = tl.dot(values, n, input_precision="tf32")
    return tl.reduce((z, r, n), 0, _sums)


@triton.jit
def _kept(mask, zoneout_mask, row_at, unit_at, t, UNITS: tl.constexpr, mine, rows):
    """Whether a unit gets a new state at a step."""
    kept = mine
    if mask is not None:
        kept = kept & (tl.load(mask + row_at + t, rows, 0) != 0)[:, None]
    if zoneout_mask is not None:
        kept = kept & (tl.load(zoneout_mask + unit_at + t * UNITS, mine, 1) == 0)
    return kept


@triton.jit
def _saved(gates, inner, before, d_states, gate_at, unit_at, t, UNITS: tl.constexpr, mask):
    """The saved values of a step, the state before it and the gradient of its state."""
    z, r, n = _three(gates + gate_at + t * (3 * UNITS), UNITS, mask)
    s_n = tl.load(inner + unit_at + t * UNITS, mask, 0.0)
    h = tl.load(before + unit_at + t * UNITS, mask, 0.0)
    d = tl.zeros(h.shape, h.dtype)
    if d_states is not None:
        d = tl.load(d_states + unit_at + t * UNITS, mask, 0.0)
    return z, r, n, s_n, h, d


@triton.jit(do_not_specialize=("batch", "time"))
def forward_kernel(
    x, inner, states, last, h0, mask, zoneout_mask, dropout, kernel, bias, share, batch, time,
    REVERSE: tl.constexpr, UNITS: tl.constexpr, ROWS: tl.constexpr, SLICE: tl.constexpr,
    SPLITS: tl.constexpr, CHUNK: tl.constexpr,
):  # fmt: skip
    """Write `states` and `last`; where a gradient is wanted, `inner` too, and the gates over `x`.

    Args:
        x: projected inputs of z, r and n, input bias included, `(batch, time, 3 * units)`.
        inner: s_h of every step, `(batch, time, units)`; None where no gradient is wanted.
        states, last: the states of all steps and the state after the step read last.
        h0: initial state, `(batch, units)`, in the dtype of `last`.
        mask: True where steps are read, `(batch, time)`.
        zoneout_mask: True where units keep their state, `(batch, time, units)`.
        dropout: factor on the state in the products, `(batch, units)`.
        kernel, bias: recurrent ones, `(units, 3 * units)` and `(3 * units,)`.
        share: of the new state that zoneout lets through in inference.
    """
    dtype: tl.constexpr = kernel.dtype.element_ty
    rows, columns, k = _places(ROWS, SLICE, SPLITS, CHUNK)
    in_batch, in_units = rows < batch, columns < UNITS
    mine = in_batch[:, None] & in_units[None, :]
    all_units = in_batch[None, :, None] & (k < UNITS)[:, None, :]

    w_at = kernel + k[:, :, None] * (3 * UNITS) + columns[None, None, :]
    w_z, w_r, w_n = _three(w_at, UNITS, (k < UNITS)[:, :, None] & in_units[None, None, :])
    if bias is not None:
        b_z, b_r, b_n = _three(bias + columns, UNITS, in_units)
    row = rows.to(tl.int64)
    at = row[:, None] * UNITS + columns[None, :]
    every = row[None, :, None] * UNITS + k[:, None, :]
    h = tl.load(h0 + at, mine, 0.0).to(tl.float32)
    before = tl.load(h0 + every, all_units, 0.0).to(dtype)
    if dropout is not None:
        factor = tl.load(dropout + every, all_units, 0.0).to(dtype)
    unit_at = row[:, None] * time * UNITS + columns[None, :]
    x_at = x + row[:, None] * time * (3 * UNITS) + columns[None, :]
    before_at = states + row[None, :, None] * time * UNITS + k[:, None, :]

    t = time - 1 if REVERSE else 0
    x_z, x_r, x_n = _three(x_at + t * (3 * UNITS), UNITS, mine)
    for step in range(time):
        t = time - 1 - step if REVERSE else step
        if mask is not None or zoneout_mask is not None:
            kept = _kept(mask, zoneout_mask, row * time, unit_at, t, UNITS, mine, in_batch)
        if dropout is not None:
            before *= factor
        s_z, s_r, s_n = _products(before, w_z, w_r, w_n)
        if bias is not None:
            s_z += b_z.to(tl.float32)[None, :]
            s_r += b_r.to(tl.float32)[None, :]
            s_n += b_n.to(tl.float32)[None, :]
        z = tl.sigmoid(x_z.to(tl.float32) + s_z)
        r = tl.sigmoid(x_r.to(tl.float32) + s_r)
        n = 2 * tl.sigmoid(2 * (x_n.to(tl.float32) + r * s_n)) - 1
        new = h + (1 - z) * share * (n - h)
        if mask is not None or zoneout_mask is not None:
            new = tl.where(kept, new, h)
        h = new
        _leave(states + unit_at + t * UNITS, h, mine)
        if step + 1 < time:
            # While the others are waited for, what the next step needs of memory is on its way.
            later = t - 1 if REVERSE else t + 1
            x_z, x_r, x_n = _three(x_at + later * (3 * UNITS), UNITS, mine)
            before = _awaited(before_at + t * UNITS, all_units)
        if inner is not None:
            _store_three(x_at + t * (3 * UNITS), UNITS, z, r, n, mine)
            tl.store(inner + unit_at + t * UNITS, s_n.to(dtype), mine)
    tl.store(last + at, h.to(last.dtype.element_ty), mine)


@triton.jit(do_not_specialize=("batch", "time"))
def backward_kernel(
    d_states, d_last, gates, inner, before, d_s, d_n, d_h0, mask, zoneout_mask, dropout, kernel,
    share, batch, time,
    REVERSE: tl.constexpr, UNITS: tl.constexpr, ROWS: tl.constexpr, SLICE: tl.constexpr,
    SPLITS: tl.constexpr, CHUNK: tl.constexpr,
):  # fmt: skip
    """Write `d_s`, `d_n` and `d_h0`.

    Args:
        d_states, d_last: gradients of `states` and `last`; either may be None.
        gates: z, r and n of every step, `(batch, time, 3 * units)`.
        inner: s_h of every step, from the forward kernel.
        before: the state before every step, `(batch, time, units)`.
        d_s: gradient of the recurrent product, `(batch, time, 3 * units)`.
        d_n: gradient of n before its activation, `(batch, time, units)`.
        d_h0: gradient of the initial state, `(batch, units)`.

    The other arguments are those of the forward kernel.
    """
    dtype: tl.constexpr = kernel.dtype.element_ty
    rows, columns, k = _places(ROWS, SLICE, SPLITS, CHUNK)
    in_batch, in_units = rows < batch, columns < UNITS
    mine = in_batch[:, None] & in_units[None, :]
    all_units = in_batch[None, :, None] & (k < UNITS)[:, None, :]

    w_at = kernel + columns[None, None, :] * (3 * UNITS) + k[:, :, None]  # transposed
    w_z, w_r, w_n = _three(w_at, UNITS, (k < UNITS)[:, :, None] & in_units[None, None, :])
    row = rows.to(tl.int64)
    at = row[:, None] * UNITS + columns[None, :]
    unit_at = row[:, None] * time * UNITS + columns[None, :]
    gate_at = row[:, None] * time * (3 * UNITS) + columns[None, :]
    every = d_s + row[None, :, None] * time * (3 * UNITS) + k[:, None, :]
    dh = tl.zeros([ROWS, SLICE], tl.float32)
    if d_last is not None:
        dh += tl.load(d_last + at, mine, 0.0).to(tl.float32)
    if dropout is not None:
        factor = tl.load(dropout + at, mine, 0.0).to(tl.float32)

    t = 0 if REVERSE else time - 1
    z, r, n, s_n, h, d = _saved(gates, inner, before, d_states, gate_at, unit_at, t, UNITS, mine)
    for step in range(time):
        t = step if REVERSE else time - 1 - step
        if mask is not None or zoneout_mask is not None:
            kept = _kept(mask, zoneout_mask, row * time, unit_at, t, UNITS, mine, in_batch)
        dh += d.to(tl.float32)
        z, r, n = z.to(tl.float32), r.to(tl.float32), n.to(tl.float32)
        update_share = (1 - z) * share
        if mask is not None or zoneout_mask is not None:
            update_share = tl.where(kept, update_share, 0.0)
        d_z = dh * (h.to(tl.float32) - n) * z * update_share
        d_new = dh * update_share * (1 - n * n)
        d_r = d_new * s_n.to(tl.float32) * r * (1 - r)
        d_s_at = d_s + gate_at + t * (3 * UNITS)
        _leave(d_s_at, d_z, mine)
        _leave(d_s_at + UNITS, d_r, mine)
        _leave(d_s_at + 2 * UNITS, d_new * r, mine)
        tl.store(d_n + unit_at + t * UNITS, d_new.to(dtype), mine)
        dh *= 1 - update_share
        # While the others are waited for, what the next step needs of memory is on its way; for
        # the last there is none, and this one's are read again.
        earlier = t
        if step + 1 < time:
            earlier = t + 1 if REVERSE else t - 1
        z, r, n, s_n, h, d = _saved(
            gates, inner, before, d_states, gate_at, unit_at, earlier, UNITS, mine
        )
        all_z, all_r, all_n = _three_awaited(every + t * (3 * UNITS), UNITS, all_units)
        total = tl.dot(all_z, w_z, input_precision="tf32")
        total = tl.dot(all_r, w_r, total, input_precision="tf32")
        total = tl.dot(all_n, w_n, total, input_precision="tf32")
        d_dropped = tl.sum(total, axis=0)
        if dropout is not None:
            d_dropped *= factor
        dh += d_dropped
    tl.store(d_h0 + at, dh.to(d_h0.dtype.element_ty), mine)
