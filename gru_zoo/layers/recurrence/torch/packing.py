"""Packed sequences on torch, without any masked step.

Packed rows are ordered by step: the first kept time step of every sequence, then the second of
every sequence that has one, and so on, longest sequence first. So step k works on the first
`sizes[k]` sequences, nothing is computed for a masked step, and any mask will do: a gap is only a
kept step that comes later.
"""

import itertools
from typing import NamedTuple

import numpy as np
import torch


class Plan(NamedTuple):
    """How a batch is packed.

    Args:
        sizes: number of sequences at each step, never increasing.
        order: the sequences, longest first, shape `(batch,)`; None where their order stays.
        sources: where each packed row comes from, an index into inputs flattened to
            `(batch * time, features)`, shape `(rows,)`; None where nothing is masked.
        targets: where the state after each time step is found, an index into the initial states
            followed by the packed states, shape `(batch, time)`; None where nothing is masked.
    """

    sizes: list[int]
    order: torch.Tensor | None = None
    sources: torch.Tensor | None = None
    targets: torch.Tensor | None = None


def plan(mask: torch.Tensor, reverse: bool) -> Plan:
    """How to pack a batch.

    Args:
        mask: boolean, shape `(batch, time)`, True where a time step is kept.
        reverse: whether the last time step is read first.
    """
    batch, time = mask.shape
    if not batch or not time:
        return Plan([batch] * time)
    # NumPy's calls on arrays this small take a third of the time of torch's.
    kept = mask.cpu().numpy()
    if batch == 1:
        return _plan_of_one(kept[0], reverse, mask.device)
    read = (kept[:, ::-1] if reverse else kept).cumsum(1)
    lengths = read[:, -1]
    order = (-lengths).argsort(kind="stable")
    if lengths[order[-1]] == time:
        return Plan([batch] * time)
    sizes = (batch - np.bincount(lengths).cumsum())[:-1].tolist()
    # Before its first kept step a sequence is in its initial state, row `place`.
    starts = np.array([0, *itertools.accumulate(sizes, initial=batch)])
    place = np.empty_like(order)
    place[order] = np.arange(batch)
    targets = starts.take(read) + place[:, None]
    if reverse:
        targets = targets[:, ::-1].copy()
    sources = np.empty(starts[-1], "int64")
    sources[targets[kept]] = np.flatnonzero(kept)
    return Plan(sizes, *_tensors(mask.device, order, sources[batch:], targets))


def _plan_of_one(kept, reverse, device):
    """`plan` of one sequence, whose mask has shape `(time,)`, in fewer operations."""
    if reverse:
        kept = kept[::-1]
    targets, sources = kept.cumsum(), kept.nonzero()[0]
    if reverse:
        targets, sources = targets[::-1].copy(), len(kept) - 1 - sources
    if len(sources) == len(kept):
        return Plan([1] * len(kept))
    return Plan([1] * len(sources), None, *_tensors(device, sources, targets[None]))


def _tensors(device, *indices):
    return [torch.from_numpy(index).to(device) for index in indices]


def pack(
    values: torch.Tensor, plan: Plan, reverse: bool, block: slice | None = None
) -> torch.Tensor:
    """Rows in the order in which they are read, `(rows, ...)`, from `(batch, time, ...)`.

    Those of all steps, or of the steps of `block`.
    """
    if plan.sources is not None:
        sources = plan.sources
        if block is not None:
            before = sum(plan.sizes[: block.start])
            sources = sources[before : before + sum(plan.sizes[block])]
        return values.flatten(0, 1).index_select(0, sources)
    values = values.transpose(0, 1)
    if block is not None:
        time = len(values)
        values = values[time - block.stop : time - block.start] if reverse else values[block]
    return (values.flip(0) if reverse else values).flatten(0, 1)


class Packed(NamedTuple):
    """The arguments of the recurrence as its loops take them.

    Args:
        plan: how the batch is packed.
        rows: inputs, shape `(sum(sizes), features)`.
        h0: initial states, longest sequence first, shape `(batch, units)`.
        dropout: factor on the state in the products, longest sequence first, shape
            `(batch, units)`, or None.
        update_share: the share of the new state that zoneout lets through, shape
            `(sum(sizes), units)`, or None for all of it.
    """

    plan: Plan
    rows: torch.Tensor
    h0: torch.Tensor
    dropout: torch.Tensor | None
    update_share: torch.Tensor | None


def pack_all(inputs, h0, constants, gates, reverse, planned=None) -> Packed:
    """Pack the arguments of `dispatch.sequence`.

    Args:
        inputs, h0, gates, reverse: see there.
        constants: the mask, the dropout and the mask of zoneout; each may be None.
        planned: how to pack them, or None to plan it. Default None.
    """
    if planned is None:
        planned = plan_of(inputs, constants[0], reverse)
    h0, constants = in_order(planned, h0, constants)
    return pack_block(inputs, h0, constants, gates, reverse, planned)


def plan_of(inputs: torch.Tensor, mask: torch.Tensor | None, reverse: bool) -> Plan:
    """How to pack a batch, of which the mask may be None."""
    return Plan([len(inputs)] * inputs.shape[1]) if mask is None else plan(mask, reverse)


def in_order(planned: Plan, h0, constants):
    """Initial states, and the constants of `pack_all`, of which dropout is in the plan's order."""
    if planned.order is None:
        return h0, constants
    mask, dropout, zoneout_mask = constants
    dropout = None if dropout is None else dropout.index_select(0, planned.order)
    return h0.index_select(0, planned.order), (mask, dropout, zoneout_mask)


def pack_block(inputs, h, constants, gates, reverse, planned, block=None) -> Packed:
    """The arguments of the recurrence over the steps of a block, a slice, or over all.

    Args:
        inputs, gates, reverse, planned: see `pack_all`.
        h, constants: from `in_order`; h may be a later state.
        block: the steps, or None for all. Default None.
    """
    _, dropout, zoneout_mask = constants
    rows = pack(inputs, planned, reverse, block)
    update_share = None
    if zoneout_mask is not None:
        update_share = (~pack(zoneout_mask, planned, reverse, block)).to(h.dtype)
    elif gates.zoneout:
        update_share = h.new_tensor(1 - gates.zoneout).expand(len(rows), h.shape[1])
    if block is not None:
        planned = Plan(planned.sizes[block])
        h = h[: planned.sizes[0]]
        dropout = None if dropout is None else dropout[: planned.sizes[0]]
    return Packed(planned, rows, h, dropout, update_share)


def pack_gradients(
    d_rows: torch.Tensor, values: torch.Tensor, plan: Plan, reverse: bool
) -> torch.Tensor:
    """The gradient of `values` from that of `pack(values, plan, reverse)`."""
    if plan.sources is not None:
        flat = d_rows.new_zeros(values.shape[0] * values.shape[1], values.shape[2])
        return flat.index_copy_(0, plan.sources, d_rows).view(values.shape)
    d_values = d_rows.view(values.shape[1], values.shape[0], values.shape[2])
    return (d_values.flip(0) if reverse else d_values).transpose(0, 1)


def unpack(
    states: torch.Tensor,
    h0: torch.Tensor,
    plan: Plan,
    reverse: bool,
    return_sequences: bool,
    copy: bool = False,
) -> tuple[torch.Tensor | None, torch.Tensor]:
    """States in time order and the state after the step read last.

    The two share no memory, and neither keeps more in memory than itself.

    Args:
        states: the states of all packed rows, shape `(rows, units)`. Where a step is masked, they
            follow the initial states, shape `(batch + rows, units)`.
        h0: the initial states, in the order of the batch.
        plan: how the batch is packed.
        reverse: whether the last time step is read first.
        return_sequences: whether the states of all steps are wanted.
        copy: whether the results may share no memory with `states` either. Default False.

    Returns:
        Shapes `(batch, time, units)`, or None if not wanted, and `(batch, units)`.
    """
    batch, units = h0.shape
    if plan.targets is None:
        last = (states[-batch:] if plan.sizes else h0).clone()
        if not return_sequences:
            return None, last
        outputs = states.view(len(plan.sizes), batch, units)
        outputs = (outputs.flip(0) if reverse else outputs).transpose(0, 1)
        return outputs.clone() if copy and not reverse else outputs, last
    last = states.index_select(0, plan.targets[:, 0 if reverse else -1])
    if not return_sequences:
        return None, last
    # Unlike `index_select` with a view behind it, this is not a view, so it may be overwritten.
    return torch.embedding(states, plan.targets), last


def unpack_gradients(d_states: torch.Tensor, plan: Plan, d_results, reverse: bool) -> torch.Tensor:
    """The gradients of the initial and packed states from those of the results of `unpack`.

    Args:
        d_states: where to write them, shape `(batch + rows, units)`.
        plan, reverse: as given to `unpack`.
        d_results: gradients of the states in time order and of the state after the step read last;
            either may be None.
    """
    d_outputs, d_last = d_results
    if plan.targets is not None:
        d_states.zero_()
        if d_outputs is not None:
            d_states.index_add_(0, plan.targets.flatten(), d_outputs.flatten(0, 1))
        if d_last is not None:
            d_states.index_add_(0, plan.targets[:, 0 if reverse else -1], d_last)
        return d_states
    batch = len(d_states) // (len(plan.sizes) + 1)
    if d_outputs is None:
        d_states.zero_()
    else:
        d_states[:batch] = 0
        d_steps = d_outputs.transpose(0, 1)
        shape = len(plan.sizes), batch, d_states.shape[1]
        d_states[batch:].view(shape).copy_(d_steps.flip(0) if reverse else d_steps)
    if d_last is not None:
        d_states[len(d_states) - batch :] += d_last
    return d_states
