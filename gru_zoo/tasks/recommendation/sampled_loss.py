"""Cross-entropy over all items, estimated from a few drawn ones."""

from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any

_POWER = 0.75  # of the frequencies, by which items are drawn


class SampledLoss:
    """Estimate of the cross-entropy of the full softmax.

    `samples` items are drawn from q, shared by all positions, with q proportional to
    frequency ** 0.75. With the score s(i) of item i and the right item y,

        loss = -log( exp(s(y)) / (exp(s(y)) + sum over drawn i != y of exp(s(i)) / (samples q(i))) )

    The sum is an unbiased estimate of that over all other items, so that the loss comes to that of
    the full softmax as `samples` grows. `gru_zoo.layers.SampledSoftmax` corrects the score of y as
    well, as is usual where scores are not read as probabilities.

    Args:
        frequencies: how often each item occurs, shape `(items,)`.
        samples: number of items that a call draws.
        seed: seed of the draws.

    References:
        Bengio & Senecal 2008, Adaptive Importance Sampling to Accelerate Training of a Neural
        Probabilistic Language Model, section III.
    """

    def __init__(self, frequencies: np.ndarray, samples: int, seed: int):
        q = np.maximum(np.asarray(frequencies, "float64"), 1.0) ** _POWER
        q = q / q.sum()
        self.samples, self.generator = samples, keras.random.SeedGenerator(seed)
        self._cumulative = np.cumsum(q).astype("float32")
        self._log_expected = np.log(q * samples).astype("float32")

    def __call__(self, hidden: Tensor, targets: Tensor, table: Tensor, bias: Tensor) -> Tensor:
        """Loss in nats of each position, float32, shape `(batch, time)`.

        Args:
            hidden: float, shape `(batch, time, dim)`.
            targets: right items, integer, shape `(batch, time)`.
            table: vectors of the items, shape `(items, dim)`.
            bias: added to the scores, shape `(items,)`.
        """
        draw = keras.random.uniform((self.samples,), seed=self.generator, dtype="float32")
        drawn = ops.searchsorted(ops.convert_to_tensor(self._cumulative), draw)
        drawn = ops.minimum(drawn, len(self._cumulative) - 1)
        offset = bias - ops.convert_to_tensor(self._log_expected)
        others = ops.matmul(hidden, ops.transpose(ops.take(table, drawn, axis=0)))
        others = ops.cast(others, "float32") + ops.take(offset, drawn)
        is_right = ops.expand_dims(targets, -1) == ops.cast(drawn, targets.dtype)
        others = ops.logsumexp(ops.where(is_right, -1e9, others), axis=-1)
        right = ops.sum(ops.cast(hidden * ops.take(table, targets, axis=0), "float32"), axis=-1)
        right = right + ops.take(bias, targets)
        return ops.logaddexp(right, others) - right
