"""Copying from the source: where to look next, and what to write or copy.

A pointer-generator (See et al. 2017, Get To The Point: Summarization with Pointer-Generator
Networks, section 2.2) writes a sub-word of its vocabulary or copies one of the source:

    p(w) = p_gen softmax(logits)[w] + (1 - p_gen) * sum over s with source[s] = w of a[s]

The paper extends the vocabulary by the unknown words of each source. Here sub-words, single bytes
at worst, spell every word, so that the vocabulary holds all that can stand in a source already, and
a copied word comes out letter for letter, piece by piece.
"""

import keras
from keras import ops

from gru_zoo.losses.crossentropy import TokenLoss, check_label_smoothing
from gru_zoo.ops.scatter import scatter_add
from gru_zoo.text.special_tokens import BOS, PAD


def shift_right(ids):
    """`BOS`, then all but the last of `ids`, integer, `(batch, time)`: what stands before each."""
    return ops.concatenate([ops.full_like(ids[:, :1], BOS), ids[:, :-1]], axis=1)


@keras.saving.register_keras_serializable("gru_zoo")
class FollowingAttention(keras.layers.Layer):
    """Attention that knows where the source goes on with what was written last.

        e[t, s] = (W query[t]) . key[s] + w [source[s - 1] = last[t]]
        a[t, s] = softmax over the s at which there is a sub-word of e[t, s]
        context[t] = sum over s of a[t, s] value[s]

    It is a `MultiplicativeAttention` but for the last term. With w above 0, a word of which one
    sub-word was copied is likely to be copied to its end. The bracket is known for a whole target
    at once, so that training needs no loop, unlike the selective read of Gu et al. 2016,
    Incorporating Copying Mechanism in Sequence-to-Sequence Learning, section 3.3, which serves the
    same end.

    Args:
        units: features of a key, a positive integer.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        query: float, shape `(batch, queries, features)`.
        value: the memory, float, shape `(batch, memory, value_features)`.
        key: float, shape `(batch, memory, units)`.
        last: ids written last, integer, shape `(batch, queries)`.
        source_ids: ids of the memory, integer, shape `(batch, memory)`, `PAD` where it does not
            count.

    Output shape: `(batch, queries, value_features)`, the contexts, and `(batch, queries, memory)`,
    the weights, in float32; both are zero where there is no sub-word at all.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, query_shape, value_shape, key_shape, last_shape, source_ids_shape):
        self.kernel = self.add_weight(shape=(query_shape[-1], self.units), name="kernel")
        self.follow = self.add_weight(shape=(), initializer="ones", name="follow")

    def call(self, query, value, key, last, source_ids):
        goes_on = ops.equal(last[:, :, None], shift_right(source_ids)[:, None, :])
        query = ops.matmul(query, self.kernel)
        scores = ops.cast(ops.matmul(query, ops.transpose(key, (0, 2, 1))), "float32")
        scores = scores + ops.cast(self.follow, "float32") * ops.cast(goes_on, "float32")
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
    """What a loss needs of p(w) for given targets, without p of all other words.

    Of the copied share only the attention to the target's own places counts, so nothing of the
    shape `(batch, target, source, vocabulary)` is ever made.

    Call arguments:
        logits: of the vocabulary, shape `(batch, target, vocabulary)`.
        gate: logit of p_gen, shape `(batch, target, 1)`.
        weights: of the attention, float32, shape `(batch, target, source)`.
        source_ids, target_ids: integer, shapes `(batch, source)` and `(batch, target)`.

    Output shape: float32, `(batch, target, 3)`:
        the log-probability of the target;
        the mean over the vocabulary of log softmax(logits), for smoothed labels;
        coverage, the sum over s of min(a[t, s], sum over t' < t of a[t', s]), which is 0 where
        nothing is looked at twice (See et al. 2017, equations 10 and 12).
    """

    def __init__(self, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, logits, gate, weights, source_ids, target_ids):
        total = ops.logsumexp(logits, axis=-1)
        written = ops.take_along_axis(logits, target_ids[..., None], axis=-1)[..., 0] - total
        same = ops.equal(target_ids[:, :, None], source_ids[:, None, :])
        copied = ops.sum(weights * ops.cast(same, "float32"), axis=-1)
        right = ops.logaddexp(
            ops.log_sigmoid(gate[..., 0]) + written,
            ops.log_sigmoid(-gate[..., 0]) + ops.log(copied + 1e-30),
        )
        mean = ops.mean(logits, axis=-1) - total
        covered = ops.cumsum(weights, axis=1) - weights
        coverage = ops.sum(ops.minimum(weights, covered), axis=-1)
        return ops.stack([right, mean, coverage], axis=-1)

    def compute_output_spec(self, logits, gate, weights, source_ids, target_ids):
        return keras.KerasTensor((*target_ids.shape, 3), "float32")


def mixture(logits, gate, weights, source_ids):
    """Log-probability of every sub-word.

    Args:
        logits: shape `(batch, vocabulary)`.
        gate: logit of p_gen, shape `(batch, 1)`.
        weights: of the attention, shape `(batch, source)`.
        source_ids: integer, shape `(batch, source)`.

    Returns:
        Shape `(batch, vocabulary)`, float32.
    """
    logits, gate = ops.cast(logits, "float32"), ops.cast(gate, "float32")
    written = ops.sigmoid(gate) * ops.softmax(logits, axis=-1)
    return ops.log(scatter_add(written, source_ids, ops.sigmoid(-gate) * weights) + 1e-30)


@keras.saving.register_keras_serializable("gru_zoo")
class PointerCrossentropy(TokenLoss):
    """`SmoothedCrossentropy` of what a pointer-generator says of its targets, and coverage.

    Labels are smoothed over the vocabulary that is written from; what is copied has no other
    sub-words to spread over.

    Args:
        smoothing: as there.
        coverage: weight of looking again at what was looked at, 0 or more (See et al. 2017,
            equation 13, where it is 1 in a short last phase of training).

    Call arguments:
        y_true: ids, integer, shape `(batch, time)`, `PAD` where there is none.
        y_pred: from `PointerScores`, shape `(batch, time, 3)`.
        sample_weight: as of `SmoothedCrossentropy`.

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
        right, mean, coverage = (y_pred[..., i] for i in range(3))
        return -(1 - self.smoothing) * right - self.smoothing * mean + self.coverage * coverage

    def get_config(self):
        return {"smoothing": self.smoothing, "coverage": self.coverage, "name": self.name}
