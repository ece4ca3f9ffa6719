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
    if not batch:
        return Plan([0] * time)
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


def pack(values: torch.Tensor, plan: Plan, reverse: bool) -> torch.Tensor:
    """Rows in the order in which they are read, `(rows, ...)`, from `(batch, time, ...)`."""
    if plan.sources is not None:
        return values.flatten(0, 1).index_select(0, plan.sources)
    values = values.transpose(0, 1)
    return (values.flip(0) if reverse else values).flatten(0, 1)


def unpack(
    states: torch.Tensor, plan: Plan, batch: int, time: int, reverse: bool, return_sequences: bool
) -> tuple[torch.Tensor | None, torch.Tensor]:
    """States in time order and the state after the step read last.

    Args:
        states: the initial states and after them those of all packed rows, shape
            `(batch + rows, units)`.
        plan: how the batch is packed.
        batch: number of sequences.
        time: number of time steps.
        reverse: whether the last time step is read first.
        return_sequences: whether the states of all steps are wanted.

    Returns:
        Shapes `(batch, time, units)`, or None if not wanted, and `(batch, units)`.
    """
    if plan.targets is None:
        last = states[-batch:]
        if not return_sequences:
            return None, last
        outputs = states[batch:].view(time, batch, states.shape[1])
        return (outputs.flip(0) if reverse else outputs).transpose(0, 1), last
    if not return_sequences:
        return None, states.index_select(0, plan.targets[:, 0 if reverse else -1])
    outputs = states.index_select(0, plan.targets.flatten()).view(batch, time, -1)
    return outputs, outputs[:, 0 if reverse else -1]
