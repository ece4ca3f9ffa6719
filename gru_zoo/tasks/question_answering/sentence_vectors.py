"""Sentences to vectors: a sum of word vectors, each weighted by the word's position."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("gru_zoo")
class PositionEncoding(keras.layers.Layer):
    """Sum of the word vectors of a sentence, with learned weights for each position and feature.

        output = sum over w of weights[w] * words[w]

    The paper fixes the weights by a formula. Here they are learned, as in recurrent entity
    networks; they begin near 1.

    Args:
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        words: float, shape `(..., words, features)`.
        mask: boolean, shape `(..., words)`, True where there is a word.

    Output shape: `(..., features)`. A sentence without words gives zeros.

    Example:

        >>> words, mask = np.ones((2, 7, 5, 3)), np.ones((2, 7, 5), "bool")
        >>> PositionEncoding()(words, mask=mask).shape
        (2, 7, 3)

    References:
        Sukhbaatar et al. 2015, End-To-End Memory Networks, section 4.1; Henaff et al. 2017,
        Tracking the World State with Recurrent Entity Networks, section 2.1.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, words_shape):
        # By its name, so that models whose weights are loaded next draw nothing.
        initializer = {"class_name": "random_normal", "config": {"mean": 1.0, "stddev": 0.3}}
        self.position_weights = self.add_weight(
            shape=words_shape[-2:], initializer=initializer, name="position_weights"
        )

    def call(self, words, mask=None):
        keep = ops.expand_dims(ops.cast(mask, words.dtype), -1)
        return ops.sum(words * keep * self.position_weights, axis=-2)

    def compute_mask(self, words, mask=None):
        return None

    def compute_output_shape(self, words_shape):
        return (*words_shape[:-2], words_shape[-1])
