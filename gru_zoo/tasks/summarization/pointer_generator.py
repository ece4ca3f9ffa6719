"""Pointer-generator layers and loss: generate a sub-word, or copy one from the source.

A pointer-generator (See et al. 2017, Get To The Point: Summarization with Pointer-Generator
Networks, section 2.2) generates a sub-word from its vocabulary with probability p_gen, and copies
a sub-word of the source otherwise:

    p(w) = p_gen softmax(logits)[w] + (1 - p_gen) * sum over s with source[s] = w of a[s]

The paper extends the vocabulary by the unknown words of each source. Here sub-words, and single
bytes if needed, spell every word. The vocabulary therefore covers every source, and words are
copied exactly, sub-word by sub-word.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from gru_zoo.losses.crossentropy import TokenLoss, check_label_smoothing
from gru_zoo.ops.gather import take_along_axis
from gru_zoo.ops.scatter import scatter_add
from gru_zoo.text.special_tokens import BOS, PAD

Tensor = Any


def shift_right(ids: Tensor) -> Tensor:
    """Shift ids, integer, `(batch, time)`, by one step: `BOS`, then all but the last.

    `gru_zoo.base.seq2seq.batches.shift_right` is the same for NumPy arrays in the data pipeline;
    this one is a part of the model's graph.
    """
    return ops.concatenate([ops.full_like(ids[:, :1], BOS), ids[:, :-1]], axis=1)


@keras.saving.register_keras_serializable("gru_zoo")
class FollowingAttention(keras.layers.Layer):
    """Attention with a learned bonus on source positions that follow the previous sub-word.

        e[t, s] = (W query[t]) . key[s] + w [source[s - 1] = last[t]]
        a[t, s] = softmax of e[t, s] over the s that are not padding
        context[t] = sum over s of a[t, s] value[s]

    Without the last term it is `MultiplicativeAttention`. If w is positive, a word whose first
    sub-word was copied is likely to be copied to its end. The bracket is 1 or 0 and known for a
    whole target at once, so training needs no loop, unlike the selective read of Gu et al. 2016,
    Incorporating Copying Mechanism in Sequence-to-Sequence Learning, section 3.3, which serves the
    same purpose.

    Args:
        units: features of a key, a positive integer.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        query: float, shape `(batch, queries, features)`.
        value: the memory, float, shape `(batch, memory, value_features)`.
        key: float, shape `(batch, memory, units)`.
        last: previous sub-word of each query, integer, shape `(batch, queries)`.
        source_ids: sub-words of the memory, integer, shape `(batch, memory)`, `PAD` at padding.

    Output shape: contexts, `(batch, queries, value_features)`, and weights, float32, `(batch,
    queries, memory)`. Both are zero for a memory of padding alone.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, query_shape, value_shape, key_shape, last_shape, source_ids_shape):
        self.kernel = self.add_weight(shape=(query_shape[-1], self.units), name="kernel")
        self.follow = self.add_weight(shape=(), initializer="ones", name="follow")

    def call(self, query, value, key, last, source_ids):
        follows = ops.equal(last[:, :, None], shift_right(source_ids)[:, None, :])
        query = ops.matmul(query, self.kernel)
        scores = ops.cast(ops.matmul(query, ops.transpose(key, (0, 2, 1))), "float32")
        scores = scores + ops.cast(self.follow, "float32") * ops.cast(follows, "float32")
        keep = ops.not_equal(source_ids, PAD)[:, None, :]
        weights = ops.softmax(ops.where(keep, scores, -1e9))
        weights = ops.where(keep, weights, 0.0)
        return ops.matmul(ops.cast(weights, value.dtype), value), weights

    def compute_mask(self, *args, **kwargs):
        return None, None

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("gru_zoo")
class PointerScores(keras.layers.Layer):
    """Statistics of p(w) for given targets, from which the loss and the scores are computed.

    The copied part of p(target) needs the attention to the positions of the target alone, so no
    array of shape `(batch, target, source, vocabulary)` is made.

    Args:
        **kwargs: arguments of `keras.layers.Layer`. The dtype is float32 by default.

    Call arguments:
        logits: logits of the vocabulary, shape `(batch, target, vocabulary)`.
        gate: logit of p_gen, shape `(batch, target, 1)`.
        weights: attention weights, float32, shape `(batch, target, source)`.
        source_ids: integer, shape `(batch, source)`.
        target_ids: integer, shape `(batch, target)`.

    Output shape: float32, `(batch, target, 3)`. The last axis holds
        the log-probability of the target;
        the mean of log softmax(logits) over the vocabulary, for label smoothing;
        the coverage loss, the sum over s of min(a[t, s], sum over t' < t of a[t', s]), which is 0
        if no position is attended to twice (See et al. 2017, equations 10 and 12).
    """

    def __init__(self, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, logits, gate, weights, source_ids, target_ids):
        total = ops.logsumexp(logits, axis=-1)
        generated = take_along_axis(logits, target_ids[..., None], axis=-1)[..., 0] - total
        same = ops.equal(target_ids[:, :, None], source_ids[:, None, :])
        copied = ops.sum(weights * ops.cast(same, "float32"), axis=-1)
        ways = [
            ops.log_sigmoid(gate[..., 0]) + generated,
            ops.log_sigmoid(-gate[..., 0]) + ops.log(copied + 1e-30),
        ]
        # Not `logaddexp`, which torch does not write as ONNX.
        log_probability = ops.logsumexp(ops.stack(ways, axis=-1), axis=-1)
        mean = ops.mean(logits, axis=-1) - total
        attended = ops.cumsum(weights, axis=1) - weights
        coverage = ops.sum(ops.minimum(weights, attended), axis=-1)
        return ops.stack([log_probability, mean, coverage], axis=-1)

    def compute_output_spec(self, logits, gate, weights, source_ids, target_ids):
        return keras.KerasTensor((*target_ids.shape, 3), "float32")


def mixture(logits: Tensor, gate: Tensor, weights: Tensor, source_ids: Tensor) -> Tensor:
    """Compute log p(w) for every sub-word of the vocabulary.

    Args:
        logits: logits of the vocabulary, shape `(batch, vocabulary)`.
        gate: logit of p_gen, shape `(batch, 1)`.
        weights: attention weights, float32, shape `(batch, source)`.
        source_ids: integer, shape `(batch, source)`.

    Returns:
        Float32, shape `(batch, vocabulary)`.
    """
    logits, gate = ops.cast(logits, "float32"), ops.cast(gate, "float32")
    generated = ops.sigmoid(gate) * ops.softmax(logits, axis=-1)
    return ops.log(scatter_add(generated, source_ids, ops.sigmoid(-gate) * weights) + 1e-30)


def copied_shares(
    weights: np.ndarray,
    gate: np.ndarray,
    log_probabilities: np.ndarray,
    source_ids: np.ndarray,
    target_ids: np.ndarray,
) -> np.ndarray:
    """Compute (1 - p_gen) a[t, s] [source[s] = target[t]] / p(target[t]) of one text.

    Args:
        weights: attention weights, float64, shape `(target, source)`.
        gate: logit of p_gen, float64, shape `(target, 1)`.
        log_probabilities: log p(target[t]), float64, shape `(target,)`.
        source_ids: integer, shape `(source,)`.
        target_ids: integer, shape `(target,)`.

    Returns:
        Float64, shape `(target, source)`.
    """
    shares = np.log(weights + 1e-30) - np.logaddexp(0, gate) - log_probabilities[:, None]
    return np.where(target_ids[:, None] == source_ids, np.exp(shares), 0)


@keras.saving.register_keras_serializable("gru_zoo")
class PointerCrossentropy(TokenLoss):
    """Label-smoothed cross-entropy of a pointer-generator, plus a coverage loss.

    Labels are smoothed over the vocabulary, from which sub-words are generated; the copied part
    has no other sub-words to spread probability over.

    Args:
        smoothing: share of the probability spread over all sub-words, from 0 to 1.
        coverage: weight of the coverage loss, 0 or more (See et al. 2017, equation 13, where it is
            1 in a short last phase of training).
        name: name of the loss.

    Call arguments:
        y_true: target ids, integer, shape `(batch, time)`, `PAD` at padding.
        y_pred: output of `PointerScores`, shape `(batch, time, 3)`.
        sample_weight: see `SmoothedCrossentropy`.

    Raises:
        ValueError: a number is out of its range.
    """

    def __init__(
        self, smoothing: float = 0.1, coverage: float = 0.0, name: str = "pointer_crossentropy"
    ):
        super().__init__(name)
        if not coverage >= 0:
            raise ValueError(f"Expected coverage of 0 or more. Received: coverage={coverage}.")
        self.smoothing, self.coverage = check_label_smoothing(smoothing), coverage

    def call(self, y_true, y_pred):
        log_probability, mean, coverage = (y_pred[..., i] for i in range(3))
        crossentropy = -(1 - self.smoothing) * log_probability - self.smoothing * mean
        return crossentropy + self.coverage * coverage

    def get_config(self):
        return {"smoothing": self.smoothing, "coverage": self.coverage, "name": self.name}
