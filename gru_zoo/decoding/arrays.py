"""Array operations that the searches share."""

from keras import ops

from gru_zoo.decoding.step_model import StepModel, Tensor
from gru_zoo.text.special_tokens import EOS, PAD

NEG_INF = -1e30  # score of a place without a hypothesis; sums of infinities would be nan


def passed(shares, draw):
    """How many places each row's sum of shares passes before it reaches the draw's part."""
    reached = ops.cumsum(shares, axis=-1)
    return count_steps(reached <= draw[:, None] * reached[:, -1:])


def lengths_of(written: Tensor) -> Tensor:
    """Number of tokens of each sequence: `PAD` is never one."""
    return count_steps(written != PAD)


def count_steps(values: Tensor) -> Tensor:
    """How many of axis -1 are true, as floats, whose sums torch computes faster than integers'."""
    return ops.cast(ops.sum(ops.cast(values, "float32"), axis=-1), "int32")


def at_end(steps: StepModel, token: Tensor, t: Tensor, limits: Tensor) -> Tensor:
    """Whether a sequence is complete with the token of step t."""
    full = t + 1 >= limits
    return (token == EOS) | full if steps.ends else full


def pick(values, index):
    """Entry `index[i]` of each row i."""
    return ops.take_along_axis(values, index[:, None], axis=-1)[:, 0]


def along(values, index):
    return ops.take_along_axis(values, index, axis=1)
