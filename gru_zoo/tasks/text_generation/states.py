"""States of a language model, advanced over token ids without logits."""

from collections.abc import Sequence
from typing import Any

import keras

from gru_zoo.layers import GRU
from gru_zoo.ops.raw_call import raw_call

Tensor = Any


def grus_of(model: keras.Model) -> list[GRU]:
    """The GRUs of a language model, the lowest first."""
    return [layer for layer in model.layers if isinstance(layer, GRU)]


def advance_states(
    embedding: keras.layers.Layer, grus: Sequence[GRU], ids: Tensor, states: Sequence[Tensor]
) -> list[Tensor]:
    """Advance the states of all GRUs over token ids.

    Args:
        embedding: layer from ids to vectors.
        grus: the GRUs, the lowest first.
        ids: one step, integer, shape `(batch,)`, or several, shape `(batch, time)`.
        states: state of each GRU before the first step, shape `(batch, units)`, in the dtype in
            which states are carried.

    Returns:
        The state of each GRU after the step, shape `(batch, units)`, or after every step, shape
        `(batch, time, units)`.
    """
    x, advanced = raw_call(embedding, ids), []
    for gru, state in zip(grus, states, strict=True):
        x = gru.step(x, state) if len(ids.shape) == 1 else gru.steps(x, state)
        advanced.append(x)
    return advanced
