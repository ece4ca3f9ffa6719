"""Architecture of the task `compression`: GRUs over sub-words and words, and arc scores."""

import dataclasses
from typing import Any

import keras
from keras import layers, ops

from gru_zoo.layers import GRU
from gru_zoo.ops.gather import take_along_axis
from gru_zoo.tasks.compression.path_crf import NEG_INF
from gru_zoo.tasks.compression.processor import KINDS
from gru_zoo.text.special_tokens import PAD

Tensor = Any


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of a compression model.

    Args:
        vocabulary_size: number of sub-words.
        embedding_dim: size of a sub-word embedding.
        units: size of each of the two GRUs over sub-words.
        word_units: size of each of the two GRUs over words.
        key: size of the query and key vectors of an arc.
        word_dropout: share of the sub-words whose whole embedding is dropped.
        dropout: dropout rate between the layers.
    """

    vocabulary_size: int = 10_000
    embedding_dim: int = 256
    units: int = 512
    word_units: int = 96
    key: int = 64
    word_dropout: float = 0.1
    dropout: float = 0.4


def build(config: Config) -> keras.Model:
    """Build a bidirectional GRU over sub-words, one over words, and a score for each arc.

    A word is represented by the forward state at its last sub-word, the backward state at its
    first sub-word, and its kind, which lower-cased sub-words do not show. A compression is a path
    over the words, see `gru_zoo.tasks.compression.path_crf`. The score of the arc from i to j is

        s(i, j) = a(j) + [j = i + 1] b(j) + q(i) . k(j) / sqrt(key)

    where a and b are linear in the state of word j, q in that of word i, and k in that of word j.

    Args:
        config: sizes and dropout rates.

    Returns:
        A model from the arrays of `CompressionProcessor`, integer, padded at the end with 0: token
        ids, `(batch, time)`, and first sub-word, last sub-word and kind of each node, `(batch,
        nodes)`. It returns the scores of arcs, float32, `(batch, nodes, nodes)`.
    """
    # Layers
    embedding = layers.Embedding(config.vocabulary_size, config.embedding_dim, name="embedding")
    word_dropout = layers.Dropout(
        config.word_dropout, noise_shape=(None, None, 1), name="word_dropout"
    )
    embedding_dropout = layers.Dropout(config.dropout, name="embedding_dropout")
    sequences = {"return_sequences": True}
    forward = GRU(config.units, name="forward", **sequences)
    backward = GRU(config.units, go_backwards=True, name="backward", **sequences)
    kind_embedding = layers.Embedding(len(KINDS) + 1, 16, name="kind_embedding")
    words_forward = GRU(config.word_units, name="words_forward", **sequences)
    words_backward = GRU(config.word_units, go_backwards=True, name="words_backward", **sequences)

    # Words
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    firsts = keras.Input((None,), dtype="int32", name="firsts")
    lasts = keras.Input((None,), dtype="int32", name="lasts")
    kinds = keras.Input((None,), dtype="int32", name="kinds")
    mask = ops.not_equal(token_ids, PAD)
    x = embedding_dropout(word_dropout(embedding(token_ids)))
    ahead, back = forward(x, mask=mask), ops.flip(backward(x, mask=mask), axis=1)
    parts = [states_at(ahead, lasts), states_at(back, firsts), kind_embedding(kinds)]
    x = layers.Dropout(config.dropout, name="words_dropout")(layers.Concatenate()(parts))
    x = layers.Dense(2 * config.word_units, activation="tanh", name="projection")(x)
    x = layers.Dropout(config.dropout / 2, name="projection_dropout")(x)
    present = ops.not_equal(kinds, 0)
    states = [words_forward(x, mask=present)]
    states += [ops.flip(words_backward(x, mask=present), axis=1)]
    x = layers.Concatenate(name="states")([*states, x])
    x = layers.Dropout(config.dropout, name="states_dropout")(x)

    arcs = arcs_of(x, kinds, config.key)
    return keras.Model([token_ids, firsts, lasts, kinds], arcs, name="compression")


def arcs_of(x: Tensor, kinds: Tensor, key: int) -> Tensor:
    """Compute the scores of the arcs between the nodes of a sentence, see `build`.

    Args:
        x: state of each node, float, `(batch, nodes, units)`.
        kinds: kind of each node, integer, `(batch, nodes)`.
        key: size of the query and key vectors.

    Returns:
        Float32, `(batch, nodes, nodes)`, `NEG_INF` for arcs that do not lead forward.
    """
    scores = ops.cast(layers.Dense(2, name="scores")(x), "float32")
    queries = layers.Dense(key, use_bias=False, name="queries")(x)
    keys = layers.Dense(key, use_bias=False, name="keys")(x)
    products = ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))
    numbers = ops.cumsum(ops.ones_like(kinds), axis=1)
    steps = ops.expand_dims(numbers, 1) - ops.expand_dims(numbers, 2)
    node, neighbor = scores[:, None, :, 0], scores[:, None, :, 1]
    arcs = ops.cast(products, "float32") / key**0.5 + node
    arcs = arcs + ops.where(steps == 1, neighbor, 0.0)
    return layers.Identity(dtype="float32", name="arcs")(ops.where(steps > 0, arcs, NEG_INF))


def states_at(states: Tensor, indices: Tensor) -> Tensor:
    """Take the states, `(batch, time, units)`, at indices, `(batch, nodes)`."""
    return take_along_axis(states, ops.expand_dims(indices, -1), axis=1)
