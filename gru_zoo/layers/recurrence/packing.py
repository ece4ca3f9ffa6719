"""Sequences of many lengths without their masked steps, on torch.

Packed rows lie step by step: first the first kept time step of every sequence, then the second of
every sequence that has one, and so on, longest sequence first. So step k works on the first
`sizes[k]` sequences, nothing is computed for a masked step, and any mask will do: a gap is only a
kept step that comes later.
"""

from typing import NamedTuple

import torch


class Plan(NamedTuple):
    """How a batch is packed.

    Args:
        sizes: number of sequences at each step, never increasing.
        order: the sequences, longest first, shape `(batch,)`; None keeps their order.
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
    device, mask = mask.device, mask.cpu()  # waits for a GPU once, instead of at every size
    steps = torch.arange(time)
    if reverse:
        mask = mask.flip(1)
        steps = steps.flip(0)
    kept = mask.cumsum(1)
    lengths, order = kept[:, -1].sort(descending=True, stable=True)
    sizes = (lengths > torch.arange(int(lengths[0])).unsqueeze(1)).sum(1)
    starts = torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])
    place = torch.empty_like(order)
    place[order] = torch.arange(batch)
    # Before its first kept step a sequence is in its initial state, row `place`.
    rows = starts[(kept - 1).clamp_min(0)] + batch
    targets = torch.where(kept > 0, rows, 0) + place.unsqueeze(1)
    sources = torch.empty(int(starts[-1]), dtype=torch.long)
    flat = torch.arange(batch).unsqueeze(1) * time + steps
    sources[targets[mask] - batch] = flat[mask]
    targets = targets.flip(1) if reverse else targets
    return Plan(sizes.tolist(), *(index.to(device) for index in (order, sources, targets)))
