"""Parts of the encoder-decoder models: a bidirectional encoder and a conditional GRU decoder.

The decoder is the conditional GRU of Sennrich et al. 2017, Nematus, section 2, except that its
first GRU reads the target alone: the contexts enter the second GRU only. In training, every part
but the GRUs is therefore one product for the whole target.
"""

from collections.abc import Callable
from typing import Any

from keras import layers, ops

from gru_zoo.layers import GRU

Tensor = Any


def bidirectional(forward: GRU, backward: GRU, x: Tensor, mask: Tensor) -> Tensor:
    """Concatenate the states of a forward and of a backward GRU.

    Args:
        forward: a GRU with `return_sequences=True`.
        backward: a GRU with `return_sequences=True` and `go_backwards=True`.
        x: float, shape `(batch, time, features)`.
        mask: boolean, shape `(batch, time)`, False at padding.

    Returns:
        Shape `(batch, time, 2 * units)`.
    """
    states = [forward(x, mask=mask), ops.flip(backward(x, mask=mask), axis=1)]
    # Keras would number the name through the process, and write it into the file of the weights.
    return layers.Concatenate(name=f"{forward.name}_and_{backward.name}")(states)


def conditional_gru(
    first: GRU,
    second: GRU,
    y: Tensor,
    initial_states: tuple[Tensor, Tensor],
    attend: Callable[[Tensor], tuple[Tensor, Tensor]],
) -> tuple[Tensor, Tensor]:
    """Run the decoder over a whole target. `DecoderStep` computes the same for one sub-word.

    Args:
        first: the GRU that reads the target.
        second: the GRU that reads the states of the first and the contexts.
        y: embeddings of the shifted target, shape `(batch, target, features)`.
        initial_states: initial states of the two GRUs, each `(batch, units)`.
        attend: function from queries, `(batch, target, units)`, to contexts, `(batch, target,
            context)`, and attention weights, `(batch, target, source)`.

    Returns:
        The features from which the next sub-words are predicted, `(batch, target, units + context
        + features)`, and the attention weights.
    """
    queries = first(y, initial_state=initial_states[0])
    contexts, weights = attend(queries)
    looked = layers.Concatenate(name="looked")([queries, contexts])
    states = second(looked, initial_state=initial_states[1])
    return layers.Concatenate(name="state")([states, contexts, y]), weights
