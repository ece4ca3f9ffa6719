"""A linear score of the tokens and pairs of neighboring tokens in a text."""

import keras
from keras import ops

# A pair (a, b) falls into bucket (A * a + B * b) modulo the number of buckets for pairs. Products
# stay within int32 for vocabularies of up to 25,000 tokens.
_A, _B = 52_711, 31_337
MAX_VOCABULARY_SIZE = 25_000


@keras.saving.register_keras_serializable("gru_zoo")
class HashedBigrams(keras.layers.Layer):
    """Sum of a weight for every distinct token and every distinct pair of neighbors in a text.

    With the set S of a text's token ids and of the buckets of its pairs,

        output = sum over f in S of kernel[f]
        bucket of (a, b) = vocabulary_size + (52711 a + 31337 b) mod (buckets - vocabulary_size)

    This is the linear part of a bag of bigrams (Wang & Manning 2012) with hashed features
    (Weinberger et al. 2009). A recurrent network beside it need only learn what word pairs do not
    tell.

    Args:
        units: size of the output, a positive integer.
        vocabulary_size: number of token ids, at most 25,000.
        buckets: number of rows of the kernel; those after the first `vocabulary_size` are for
            pairs.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        token_ids: integer, shape `(batch, time)`. 0 is padding and belongs to no pair.

    Output shape: `(batch, units)`.

    Example:

        >>> HashedBigrams(2, vocabulary_size=10, buckets=100)(np.array([[4, 5, 4, 5, 0]])).shape
        (1, 2)

    References:
        Wang & Manning 2012, Baselines and Bigrams: Simple, Good Sentiment and Topic
        Classification, ACL.
        Weinberger et al. 2009, Feature Hashing for Large Scale Multitask Learning, ICML.
    """

    def __init__(self, units: int, vocabulary_size: int, buckets: int, **kwargs):
        super().__init__(**kwargs)
        if not 0 < vocabulary_size <= min(buckets - 1, MAX_VOCABULARY_SIZE):
            raise ValueError(
                f"Expected a vocabulary of at most {MAX_VOCABULARY_SIZE} tokens and more buckets "
                f"than tokens. Received: vocabulary_size={vocabulary_size}, buckets={buckets}."
            )
        self.units, self.vocabulary_size, self.buckets = units, vocabulary_size, buckets

    def build(self, token_ids_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(self.buckets, self.units), initializer="zeros"
        )

    def features(self, token_ids):
        """The rows of the kernel that a text sums, shape `(batch, 2 * time - 1)`.

        Each row is listed once at most; the other places are 0.
        """
        token_ids = ops.cast(token_ids, "int32")
        a, b = token_ids[:, :-1], token_ids[:, 1:]
        rows = self.vocabulary_size + (_A * a + _B * b) % (self.buckets - self.vocabulary_size)
        pairs = ops.where((a == 0) | (b == 0), 0, rows)
        ordered = ops.sort(ops.concatenate([token_ids, pairs], axis=1), axis=1)
        repeated = ops.pad(ordered[:, 1:] == ordered[:, :-1], ((0, 0), (1, 0)))
        return ops.where(repeated, 0, ordered)

    def call(self, token_ids):
        rows = self.features(token_ids)
        weights = ops.take(ops.cast(self.kernel, self.compute_dtype), rows, axis=0)
        return ops.sum(ops.where(ops.expand_dims(rows == 0, -1), 0, weights), axis=1)

    def compute_output_shape(self, token_ids_shape):
        return (token_ids_shape[0], self.units)

    def get_config(self):
        sizes = {"vocabulary_size": self.vocabulary_size, "buckets": self.buckets}
        return {**super().get_config(), "units": self.units, **sizes}
