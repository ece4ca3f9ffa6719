"""What a decoder drives: a model that writes one token a step."""

from collections.abc import Sequence
from typing import Any, Protocol

import keras

Tensor = Any

Tensors = Any  # a tensor, or tuples, lists and dicts of them


class StepModel(Protocol):
    """What a search asks of a model. Axis 0 of every tensor but a shared memory's counts the
    sequences.

    Attributes:
        variables: the Keras variables that both functions read.
        ends: whether `EOS` ends a sequence; otherwise it is a token as any other, and every
            sequence is written up to its limit.
        shared: whether one memory serves all sequences.
    """

    variables: Sequence[keras.Variable]
    ends: bool
    shared: bool

    def start(self, *inputs: Tensor) -> tuple[Tensors, Tensors]:
        """The state before the first token, and the memory, which stays the same."""

    def step(self, tokens: Tensor, state: Tensors, memory: Tensors) -> tuple[Tensor, Tensors]:
        """Logits of the next token, `(sequences, vocabulary)`, and the next state.

        Args:
            tokens: the last token of each sequence, shape `(sequences,)`; at first `BOS`.
            state: from `start` or the step before.
            memory: from `start`.
        """

    def finish(self, state: Tensors) -> Tensors:
        """The state after the last step, as the inputs of `start` have it where it can go on."""
