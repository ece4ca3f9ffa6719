"""The recurrence in both directions."""

from collections.abc import Callable
from typing import NamedTuple

from keras import ops

from gru_zoo.layers.recurrence import portable
from gru_zoo.layers.recurrence.portable import Gates, Tensor, Weights


class Direction(NamedTuple):
    """What `portable.sequence` takes for each direction apart; see there."""

    inputs: Tensor
    h0: Tensor
    weights: Weights
    dropout: Tensor | None = None
    zoned: Tensor | None = None


def bidirectional(
    forward: Direction,
    backward: Direction,
    gates: Gates,
    mask: Tensor | None = None,
    return_sequences: bool = True,
    scan: Callable = portable.scan,
) -> tuple[tuple[Tensor | None, Tensor], tuple[Tensor | None, Tensor]]:
    """Two recurrences in one loop, the second over time reversed.

    Args:
        forward: what is read from the first time step on.
        backward: what is read from the last time step on.
        gates: those of both.
        mask: boolean, shape `(batch, time)`, for both. Or None.
        return_sequences: whether the states of all steps are wanted.
        scan: the loop, with the arguments and the result of `portable.scan`.

    Returns:
        For each direction what `portable.sequence` returns.
    """
    pair = (forward, backward)
    parts = [portable.project(ops.transpose(one.inputs, (1, 0, 2)), one.weights) for one in pair]
    x = tuple(_opposed(*part) for part in zip(*parts, strict=True))
    h0 = ops.cast(_stacked([one.h0 for one in pair]), portable.state_dtype(x[0].dtype))
    if mask is not None:
        mask = _opposed(*2 * [ops.expand_dims(ops.transpose(mask), -1)])
    if forward.zoned is not None:
        taken = [ops.logical_not(ops.transpose(one.zoned, (1, 0, 2))) for one in pair]
        taken = _opposed(*taken)
        mask = taken if mask is None else ops.logical_and(mask, taken)
    dropout = _stacked([one.dropout for one in pair])
    kernel = _stacked([one.weights.recurrent_kernel for one in pair])
    bias, gain = (
        None if rows[0] is None else ops.expand_dims(_stacked(rows), 1)
        for rows in zip(
            *((w.recurrent_bias, w.recurrent_gain) for _, _, w, *_ in pair), strict=True
        )
    )
    normalised = [] if gain is None else [gain]
    states = scan(x, h0, kernel, bias, mask, dropout, gates, False, *normalised)
    lasts = states[-1, 0], states[-1, 1]
    if not return_sequences:
        return (None, lasts[0]), (None, lasts[1])
    outputs = states[:, 0], ops.flip(states[:, 1], axis=0)
    first, second = (ops.transpose(values, (1, 0, 2)) for values in outputs)
    return (first, lasts[0]), (second, lasts[1])


def _stacked(pair):
    return None if pair[0] is None else ops.stack(pair)


def _opposed(forward, backward):
    """Two time-major arrays side by side, the second with its time reversed."""
    return ops.stack([forward, ops.flip(backward, axis=0)], axis=1)


def one_by_one(
    forward: Direction, backward: Direction, *, run: Callable = portable.sequence, **kwargs
) -> tuple[tuple[Tensor | None, Tensor], tuple[Tensor | None, Tensor]]:
    """As `bidirectional`, in a loop for each direction, `run` as `sequence`."""
    one = run(**forward._asdict(), **kwargs)
    return one, run(**backward._asdict(), reverse=True, **kwargs)
