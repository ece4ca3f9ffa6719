"""The interface between a decoder and a model that predicts one token at a time."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import keras

Tensor = Any

Tensors = Any  # a tensor, or tuples, lists and dicts of them


class StepModel(Protocol):
    """What a search calls of a model.

    A search follows `rows` sequences at a time: one for each row of the inputs, or `beam_size` for
    each in beam search. Axis 0 of every tensor of a state has `rows` entries. Beam search repeats
    the entries of the first state, and reorders them after every step: a sequence continues with
    the state of the sequence that it extends.

    A memory is what stays the same during a search, such as the encoded source. Beam search repeats
    its axis 0 once and never reorders it, so the sequences of one input see the same memory. If
    `shared` is True, all sequences read one memory; it may have any shape and is never repeated.

    Attributes:
        variables: the Keras variables that the methods read.
        ends: whether `EOS` ends a sequence. If False, `EOS` is a token like any other, and every
            sequence reaches its maximum length.
        shared: whether all sequences read one memory.
    """

    variables: Sequence[keras.Variable]
    ends: bool
    shared: bool

    def start(self, *inputs: Tensor) -> tuple[Tensors, Tensors]:
        """The state before the first token, and the memory.

        Args:
            *inputs: those passed to the search, each of shape `(batch, ...)`.

        Returns:
            The state, every tensor of shape `(batch, ...)`, and the memory, `(batch, ...)` unless
            `shared`.
        """

    def step(self, tokens: Tensor, state: Tensors, memory: Tensors) -> tuple[Tensor, Tensors]:
        """Read one token of each sequence and predict the next.

        Args:
            tokens: last token of each sequence, integer, shape `(rows,)`; `BOS` at first.
            state: from `start` or the previous step, every tensor of shape `(rows, ...)`.
            memory: from `start`.

        Returns:
            Logits of the next token, shape `(rows, vocabulary)`, and the next state, of the same
            structure, shapes and dtypes as `state`.
        """

    def finish(self, state: Tensors) -> Tensors:
        """What the search returns of the state after its last step.

        A model whose sequences can be continued returns it in the form in which `start` takes it.
        """


@runtime_checkable
class ConstrainedStepModel(StepModel, Protocol):
    """A step model that rules out tokens in beam search."""

    def constrain(self, logits: Tensor, state: Tensors, memory: Tensors) -> Tensor:
        """Rule tokens out.

        Args:
            logits: those that `step` returned, float32, shape `(rows, vocabulary)`.
            state: the state that `step` returned with them.
            memory: from `start`.

        Returns:
            The logits, with `gru_zoo.decoding.arrays.NEG_INF` for the tokens that may not follow.
            Scores stay log-probabilities of the model without this constraint.
        """
