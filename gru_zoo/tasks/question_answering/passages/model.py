"""Model of answers that stand in a passage: bidirectional attention flow over GRUs."""

import keras
from keras import layers, ops

from gru_zoo.base.seq2seq.encoder_decoder import bidirectional
from gru_zoo.layers import GRU
from gru_zoo.tasks.question_answering.passages.words import FEATURES


def build_passage_model(
    vocabulary_size: int, affixes: int, embedding_dim: int, units: int, dropout: float
) -> keras.Model:
    """Build the model of a passage; the arguments are those of `Config`.

    The question is read beside each word of the passage as in Seo et al. 2017, Bidirectional
    Attention Flow, section 2, and twice: by the vectors of words before anything is read in its
    order (Chen et al. 2017, Reading Wikipedia to Answer Open-Domain Questions, section 3.2), and by
    the states of GRUs after it.

    Returns:
        A model from ids of the words of a passage, integer, shape `(batch, words, 3)`, their
        features, float, shape `(batch, words, FEATURES)`, and both of the question, padded with 0
        at the right, to logits of the first and the last word of the answer, float32, shape
        `(batch, words, 2)`.
    """
    # Layers
    words = layers.Embedding(vocabulary_size, embedding_dim, name="words")
    parts = layers.Embedding(affixes, embedding_dim, name="affixes")
    drop = {name: layers.Dropout(dropout, name=f"{name}_dropout") for name in ("word", "state")}
    likeness = layers.Dense(units, activation="relu", name="likeness")
    keys = layers.Dense(units, use_bias=False, name="keys")
    focus = layers.Dense(1, use_bias=False, name="focus")
    merge = layers.Dense(2 * units, activation="relu", name="merge")
    first, last = layers.Dense(1, name="first"), layers.Dense(1, name="last")

    def read(name, x, mask):
        forward = GRU(units, return_sequences=True, name=f"{name}_forward")
        backward = GRU(units, return_sequences=True, go_backwards=True, name=f"{name}_backward")
        return drop["state"](bidirectional(forward, backward, x, mask))

    def vectors(ids):
        ends = parts(ids[..., 1]) + parts(ids[..., 2])
        return drop["word"](words(ids[..., 0]) + ends)

    # Inputs
    passage_ids = keras.Input((None, 3), dtype="int32", name="passage_ids")
    passage_features = keras.Input((None, FEATURES), name="passage_features")
    question_ids = keras.Input((None, 3), dtype="int32", name="question_ids")
    question_features = keras.Input((None, FEATURES), name="question_features")
    mask, asked = (ops.not_equal(ids[..., 0], 0) for ids in (passage_ids, question_ids))

    # Model
    x, q = vectors(passage_ids), vectors(question_ids)
    meant = _attend(likeness(x), likeness(q), q, asked)
    x = read("passage", ops.concatenate([x, meant, passage_features], axis=-1), mask)
    q = read("question", ops.concatenate([q, question_features], axis=-1), asked)
    found = _attend(keys(x), keys(q), q, asked)
    weights = _softmax(focus(q), ops.expand_dims(asked, -1), 1)
    gist = ops.sum(ops.cast(weights, q.dtype) * q, axis=1, keepdims=True)
    aware = merge(ops.concatenate([x, found, x * found, x * gist], axis=-1))
    once = read("reading", drop["state"](aware), mask)
    twice = read("closing", once, mask)
    scores = [
        dense(ops.concatenate([aware, states, states * gist], axis=-1))
        for dense, states in ((first, once), (last, twice))
    ]
    logits = ops.cast(ops.concatenate(scores, axis=-1), "float32")
    logits = ops.where(ops.expand_dims(mask, -1), logits, -1e9)
    logits = layers.Identity(dtype="float32", name="logits")(logits)
    inputs = [passage_ids, passage_features, question_ids, question_features]
    return keras.Model(inputs, logits, name="passages")


def _attend(queries, keys, values, mask):
    """Weighted means of the values, shape `(batch, queries, features)`."""
    scores = ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))
    weights = _softmax(scores / keys.shape[-1] ** 0.5, ops.expand_dims(mask, 1), -1)
    return ops.matmul(ops.cast(weights, values.dtype), values)


def _softmax(scores, mask, axis):
    return ops.softmax(ops.where(mask, ops.cast(scores, "float32"), -1e9), axis=axis)
