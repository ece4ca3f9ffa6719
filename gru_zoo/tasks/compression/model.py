"""Compression of English sentences: which words to keep."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.layers import GRU
from gru_zoo.tasks.compression.path_crf import NEG_INF
from gru_zoo.tasks.compression.processor import KINDS
from gru_zoo.text.special_tokens import PAD


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the compressor.

    Args:
        vocabulary_size: number of sub-words.
        embedding_dim: size of a sub-word's vector.
        units: size of each of the two GRUs over sub-words.
        word_units: size of each of the two GRUs over words.
        key: size of the vectors from whose products arcs are scored.
        word_dropout: share of the sub-words' vectors set to zero in training.
        dropout: dropout between the layers in training.
    """

    vocabulary_size: int = 10_000
    embedding_dim: int = 256
    units: int = 512
    word_units: int = 96
    key: int = 64
    word_dropout: float = 0.1
    dropout: float = 0.4


def build(config: Config) -> keras.Model:
    """Two GRUs over the sub-words, two over the words, and a score for each arc of a path.

    A word is what the GRUs over sub-words know behind its last one, reading forwards, and before
    its first one, reading backwards, and how it is written, which the sub-words, in lower case, do
    not say. A compression is a path over its words, see `path_crf`; the arc from i to j has

        s(i, j) = a(j) + [j = i + 1] b(j) + q(i) . k(j) / sqrt(key)

    with a and b linear in the state of word j, q and k in those of i and j.

    Returns:
        A model from the arrays of `CompressionProcessor`, sub-word ids `(batch,
        time)` and for each place its first and its last sub-word and its kind, `(batch, places)`,
        all padded with 0, to the scores of arcs, float32, `(batch, places, places)`.
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
    ahead, behind = forward(x, mask=mask), ops.flip(backward(x, mask=mask), axis=1)
    parts = [states_at(ahead, lasts), states_at(behind, firsts), kind_embedding(kinds)]
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


def arcs_of(x, kinds, key: int):
    """Scores of arcs between the places of a sentence, see `build`.

    Args:
        x: what is known of each place, `(batch, places, units)`.
        kinds: their kinds, `(batch, places)`.
        key: as in `Config`.

    Returns:
        Float32, `(batch, places, places)`, `NEG_INF` where an arc would not lead on.
    """
    scores = ops.cast(layers.Dense(2, name="scores")(x), "float32")
    queries = layers.Dense(key, use_bias=False, name="queries")(x)
    keys = layers.Dense(key, use_bias=False, name="keys")(x)
    products = ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))
    places = ops.cumsum(ops.ones_like(kinds), axis=1)
    steps = ops.expand_dims(places, 1) - ops.expand_dims(places, 2)
    alone, joined = scores[:, None, :, 0], scores[:, None, :, 1]
    arcs = ops.cast(products, "float32") / key**0.5 + alone
    arcs = arcs + ops.where(steps == 1, joined, 0.0)
    return layers.Identity(dtype="float32", name="arcs")(ops.where(steps > 0, arcs, NEG_INF))


def states_at(states, indices):
    """The states `(batch, time, units)` at indices `(batch, places)`."""
    return ops.take_along_axis(states, ops.expand_dims(indices, -1), axis=1)
