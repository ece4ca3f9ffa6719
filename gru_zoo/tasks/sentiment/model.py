"""Architecture of sentiment: from token ids to class probabilities."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.layers import GRU, HashedBigrams, MaskedPooling
from gru_zoo.text.special_tokens import PAD


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the architecture.

    Args:
        vocabulary_size: number of tokens.
        embedding_dim: size of the vector of a token.
        units: units of the GRU of each direction.
        hidden: units of the layer below the output layer.
        classes: number of classes.
        buckets: rows of the table of hashed bigrams; 0 for no bigrams.
        word_dropout: dropout rate of whole token vectors.
        dropout: dropout rate between the layers.
    """

    vocabulary_size: int = 10_000
    embedding_dim: int = 256
    units: int = 512
    hidden: int = 64
    classes: int = 2
    buckets: int = 0
    word_dropout: float = 0.1
    dropout: float = 0.4


def build(config: Config) -> keras.Model:
    """Build a bidirectional GRU with pooling, and a linear model of bigrams beside it.

    The text is summarized by the last state of each direction and by the maximum and the mean
    of all states (Howard & Ruder 2018, Universal Language Model Fine-tuning, section 3.3). The
    linear model adds a score of each pair of neighboring tokens to the logits. The two make
    different errors (Mesnil et al. 2014, Ensemble of Generative and Discriminative Techniques for
    Sentiment Analysis of Movie Reviews).

    Args:
        config: settings of the architecture.

    Returns:
        A model from token ids, int32, shape `(batch, time)`, to class probabilities, float32,
        shape `(batch, classes)`. Ids that are 0 are masked, at the end or anywhere else.
    """
    # Layers
    embedding = layers.Embedding(config.vocabulary_size, config.embedding_dim, name="embedding")
    word_dropout = layers.Dropout(
        config.word_dropout, noise_shape=(None, None, 1), name="word_dropout"
    )
    dropout = layers.Dropout(config.dropout, name="embedding_dropout")
    options = {"return_sequences": True, "return_state": True}
    forward = GRU(config.units, name="forward", **options)
    backward = GRU(config.units, go_backwards=True, name="backward", **options)
    pooling = MaskedPooling(name="pooling")
    hidden = layers.Dense(config.hidden, activation="relu", name="hidden")
    logits = layers.Dense(config.classes, name="logits")
    if config.buckets:
        bigrams = HashedBigrams(
            config.classes, config.vocabulary_size, config.buckets, name="bigrams"
        )

    # Functional model
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    mask = ops.not_equal(token_ids, PAD)
    x = dropout(word_dropout(embedding(token_ids)))
    states_forward, last_forward = forward(x, mask=mask)
    states_backward, last_backward = backward(x, mask=mask)
    states_backward = ops.flip(states_backward, axis=1)
    states = layers.Concatenate(name="states")([states_forward, states_backward])
    pooled = pooling(states, mask=mask)
    summary = layers.Concatenate(name="summary")([last_forward, last_backward, pooled])
    x = layers.Dropout(config.dropout, name="summary_dropout")(summary)
    x = layers.Dropout(config.dropout, name="hidden_dropout")(hidden(x))
    scores = logits(x)
    if config.buckets:
        scores = layers.Add(name="sum")([scores, bigrams(token_ids)])
    probabilities = layers.Softmax(dtype="float32", name="probabilities")(scores)
    return keras.Model(token_ids, probabilities, name="sentiment")
