"""Sampled softmax, for training with large vocabularies."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("gru_zoo")
class SampledSoftmax(keras.layers.Layer):
    """Cross-entropy over the target and a few sampled words instead of the whole vocabulary.

    The score of word w in state h is `h . E[w] + b[w]`, with E an embedding table tied to the
    input. Each call draws `samples` words from q, shared by all positions, and computes

        loss = -log( exp(s(y) - log(k q(y))) / sum over w in {y} and samples of the same )

    At a position whose target is among the sampled words, that word counts once.

    Args:
        frequencies: how often each word occurs, shape `(words,)`; q is proportional to
            frequency ** 0.75.
        samples: number k of words drawn in a call.
        seed: seed of the random generator, an integer or None. Default None.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        hidden: float, shape `(batch, time, features)`.
        targets: integer, shape `(batch, time)`.
        table: embedding matrix, shape `(words, features)`.

    Output shape: `(batch, time)`, the loss in nats of each position.

    References:
        Jean et al. 2015, On Using Very Large Target Vocabulary for NMT, section 3.
    """

    def __init__(self, frequencies, samples, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.frequencies = np.asarray(frequencies, "float64")
        self.samples = samples
        self.seed, self.seed_generator = seed, keras.random.SeedGenerator(seed)
        q = np.maximum(self.frequencies, 1.0) ** 0.75
        self._q = q / q.sum()

    def build(self, *shapes):
        self.bias = self.add_weight(shape=(len(self._q),), initializer="zeros", name="bias")

    def call(self, hidden, targets, table):
        draw = keras.random.uniform((self.samples,), seed=self.seed_generator, dtype="float32")
        cumulative = ops.convert_to_tensor(np.cumsum(self._q).astype("float32"))
        sampled = ops.minimum(ops.searchsorted(cumulative, draw), len(self._q) - 1)
        log_q = ops.convert_to_tensor(np.log(self._q * self.samples).astype("float32"))
        offset = ops.cast(self.bias, "float32") - log_q
        hidden = ops.cast(hidden, self.compute_dtype)
        table = ops.cast(table, self.compute_dtype)
        negative = ops.matmul(hidden, ops.transpose(ops.take(table, sampled, axis=0)))
        negative = ops.cast(negative, "float32") + ops.take(offset, sampled)
        hit = ops.expand_dims(targets, -1) == ops.cast(sampled, targets.dtype)
        negative = ops.where(hit, -1e9, negative)
        positive = ops.sum(
            ops.cast(hidden * ops.take(table, targets, axis=0), "float32"), axis=-1
        ) + ops.take(offset, targets)
        return ops.logaddexp(positive, ops.logsumexp(negative, axis=-1)) - positive

    def get_config(self):
        config = {"frequencies": self.frequencies.tolist(), "samples": self.samples}
        return {**super().get_config(), **config, "seed": self.seed}
