"""Loop state and array operations that the searches share.

Operators of tensors are used where there are any, since on torch a function of `keras.ops` takes
longer than its work on a few numbers.
"""

from typing import NamedTuple

from keras import ops

from gru_zoo.decoding.step_model import StepModel, Tensor, Tensors
from gru_zoo.text.special_tokens import EOS, PAD

NEG_INF = -1e30  # score of what cannot be chosen; sums of infinities would be NaN


class SearchState(NamedTuple):
    """What a search carries from step to step.

    `batch` stands for `(batch,)` in a search that follows one sequence for each row, and for
    `(batch, beam_size)` in beam search.

    Args:
        step: number of tokens written so far, int32, shape `()`.
        last: last token of each sequence, int32, shape `batch`.
        tokens: all tokens of each sequence, int32, shape `(*batch, width)`, `PAD` where there are
            none.
        scores: log-probability of each sequence, float32, shape `batch`.
        finished: whether a sequence is complete, bool, shape `batch`.
        state: state of the step model; axis 0 of its tensors counts all sequences.
    """

    step: Tensor
    last: Tensor
    tokens: Tensor
    scores: Tensor
    finished: Tensor
    state: Tensors


def is_finished(steps: StepModel, token: Tensor, step: Tensor, max_lengths: Tensor) -> Tensor:
    """Whether a sequence is complete with the token of this step, bool, shape of `token`.

    Args:
        steps: the model.
        token: token of this step.
        step: index of the step, from 0.
        max_lengths: maximum number of tokens, of a shape that broadcasts to that of `token`.
    """
    full = step + 1 >= max_lengths
    return (token == EOS) | full if steps.ends else full


def lengths_of(tokens: Tensor) -> Tensor:
    """Number of tokens of each sequence, which never contains `PAD`; int32."""
    return count_true(tokens != PAD)


def count_true(values: Tensor) -> Tensor:
    """Number of true entries along the last axis, int32.

    The sum is one of floats, which torch computes faster than one of integers.
    """
    return ops.cast(ops.sum(ops.cast(values, "float32"), axis=-1), "int32")


def count_passed(shares: Tensor, draw: Tensor) -> Tensor:
    """Index at which the cumulative sum of a row first exceeds a fraction of its total.

    Args:
        shares: 0 or more, shape `(rows, count)`.
        draw: the fraction, from 0 to 1, shape `(rows,)`.

    Returns:
        Int32, shape `(rows,)`; `count` where rounding keeps the sum from exceeding it.
    """
    reached = ops.cumsum(shares, axis=-1)
    return count_true(reached <= draw[:, None] * reached[:, -1:])


def pick(values: Tensor, index: Tensor) -> Tensor:
    """Entry `index[i]` of each row i: from `(rows, count)` and `(rows,)` to `(rows,)`."""
    return ops.take_along_axis(values, index[:, None], axis=-1)[:, 0]


def take_along(values: Tensor, index: Tensor) -> Tensor:
    """Entries along axis 1 at the indices of each row, as `ops.take_along_axis`."""
    return ops.take_along_axis(values, index, axis=1)
