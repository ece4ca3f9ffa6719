"""What encoder-decoders share: GRUs that read both ways, and a conditional GRU that writes.

The decoder is a conditional GRU (Sennrich et al. 2017, Nematus, section 2) whose first GRU reads
the target alone: what was looked at goes on in the second GRU's state. So in training every step
but the GRUs' is one product for the whole target.
"""

from collections.abc import Callable
from typing import Any

from keras import layers, ops

from gru_zoo.layers import GRU

Tensor = Any


def bidirectional(forward: GRU, backward: GRU, x: Tensor, mask: Tensor) -> Tensor:
    """States of a GRU and of one that reads backwards, side by side.

    Args:
        forward: a GRU that returns sequences.
        backward: another, with `go_backwards`.
        x: shape `(batch, time, features)`.
        mask: boolean, shape `(batch, time)`, True where a step counts.

    Returns:
        Shape `(batch, time, 2 * units)`.
    """
    states = [forward(x, mask=mask), ops.flip(backward(x, mask=mask), axis=1)]
    return layers.Concatenate()(states)


def conditional_gru(
    first: GRU,
    second: GRU,
    y: Tensor,
    starts: tuple[Tensor, Tensor],
    attend: Callable[[Tensor], tuple[Tensor, Tensor]],
) -> tuple[Tensor, Tensor]:
    """The decoder over a whole target; `DecoderStep` is the same a sub-word at a time.

    Args:
        first: the GRU that reads the target.
        second: the GRU that reads the first one's states and what they looked at.
        y: vectors of the target, shape `(batch, target, features)`.
        starts: first states of both, each `(batch, units)`.
        attend: from the first GRU's states to contexts and weights.

    Returns:
        What the next sub-word is told from, `(batch, target, units + context + features)`, and
        the attention's weights, `(batch, target, source)`.
    """
    queries = first(y, initial_state=starts[0])
    contexts, weights = attend(queries)
    looked = layers.Concatenate(name="looked")([queries, contexts])
    states = second(looked, initial_state=starts[1])
    return layers.Concatenate(name="state")([states, contexts, y]), weights
