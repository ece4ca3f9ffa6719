"""An embedding whose table also scores tokens."""

import keras
from keras import ops

from gru_zoo.ops.matmul import matmul_transposed


@keras.saving.register_keras_serializable("gru_zoo")
class TiedEmbedding(keras.layers.Layer):
    """Embedding of tokens that also maps vectors to scores of tokens, by the same table.

        vectors = E[ids]
        logits = vectors E^T + b                                      reverse=True

    Args:
        vocabulary_size: number of tokens, a positive integer.
        dim: size of a vector, a positive integer.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: token ids, integer, any shape. With `reverse` vectors, float, shape `(..., dim)`.
        reverse: whether to score tokens, a boolean. Default False.

    Output shape: that of the ids and `(dim,)`. With `reverse` `(..., vocabulary_size)`.

    Example:

        >>> layer = TiedEmbedding(100, 8)
        >>> vectors = layer(np.ones((2, 5), "int32"))
        >>> layer(vectors, reverse=True).shape
        (2, 5, 100)

    References:
        Press & Wolf 2017, Using the Output Embedding to Improve Language Models, section 3.
    """

    def __init__(self, vocabulary_size, dim, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size, self.dim = vocabulary_size, dim

    def build(self, inputs_shape):
        # Rows have a norm of about 1, so that the scores of a new model are neither all equal nor
        # far apart.
        spread = {"class_name": "random_normal", "config": {"stddev": self.dim**-0.5}}
        shape = (self.vocabulary_size, self.dim)
        self.embeddings = self.add_weight(shape=shape, initializer=spread, name="embeddings")
        self.bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="bias")

    def call(self, inputs, reverse=False):
        if reverse:
            return matmul_transposed(inputs, self.embeddings) + self.bias
        return ops.cast(ops.take(self.embeddings, inputs, axis=0), self.compute_dtype)

    def get_config(self):
        config = {"vocabulary_size": self.vocabulary_size, "dim": self.dim}
        return {**super().get_config(), **config}
