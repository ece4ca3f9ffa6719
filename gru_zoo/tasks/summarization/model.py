"""Architecture of the task `summarization`: a pointer-generator of GRUs."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.base.seq2seq.encoder_decoder import bidirectional, conditional_gru
from gru_zoo.layers import GRU, TiedEmbedding
from gru_zoo.tasks.summarization.pointer_generator import (
    FollowingAttention,
    PointerScores,
    shift_right,
)
from gru_zoo.text.special_tokens import PAD


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of a summarization model.

    Args:
        vocabulary_size: number of sub-words, shared by texts and summaries.
        embedding_dim: size of a sub-word embedding.
        units: size of each GRU. The encoder has two.
        source_dropout: dropout rate of the source embeddings.
        target_dropout: dropout rate of the target embeddings.
        context_dropout: dropout rate of the encoder outputs.
        output_dropout: dropout rate before the output layer.
    """

    vocabulary_size: int = 8_000
    embedding_dim: int = 224
    units: int = 256
    source_dropout: float = 0.2
    target_dropout: float = 0.2
    context_dropout: float = 0.3
    output_dropout: float = 0.3


def build(config: Config) -> keras.Model:
    """Build a bidirectional encoder with a selective gate, and a decoder that can copy.

    The selective gate scales each encoder state by what matters for the whole text, given the
    states at both ends (Zhou et al. 2017, Selective Encoding for Abstractive Sentence
    Summarization, section 3.2). See `gru_zoo.base.seq2seq.encoder_decoder` for the decoder and
    `gru_zoo.tasks.summarization.pointer_generator` for its outputs. One embedding table serves the
    source, the target and the output.

    Args:
        config: sizes and dropout rates.

    Returns:
        A model from source ids, integer, `(batch, source)`, and target ids with a final `EOS`,
        integer, `(batch, target)`, both padded at the end with 0, to the `PointerScores` of the
        targets, float32, `(batch, target, 3)`.
    """
    # Layers
    embedding = TiedEmbedding(config.vocabulary_size, config.embedding_dim, name="embedding")
    sequences = {"return_sequences": True}
    forward = GRU(config.units, name="forward", **sequences)
    backward = GRU(config.units, go_backwards=True, name="backward", **sequences)
    first = GRU(config.units, name="first", **sequences)
    attention = FollowingAttention(config.units, name="attention")
    second = GRU(config.units, name="second", **sequences)
    readout = layers.Dense(config.embedding_dim, activation="tanh", name="readout")

    # Encoder
    source_ids = keras.Input((None,), dtype="int32", name="source_ids")
    mask = ops.not_equal(source_ids, PAD)
    x = layers.Dropout(config.source_dropout, name="source_dropout")(embedding(source_ids))
    states = bidirectional(forward, backward, x, mask)
    # The states that have read the whole text: the last forward one, which is repeated at padding,
    # and the first backward one.
    whole = ops.concatenate([states[:, -1, : config.units], states[:, 0, config.units :]], axis=-1)
    here = layers.Dense(2 * config.units, use_bias=False, name="select")(states)
    all_over = layers.Dense(2 * config.units, name="select_by_whole")(whole)
    gate = ops.sigmoid(here + ops.expand_dims(all_over, 1))
    selected = layers.Multiply(name="selected")([states, gate])
    x = layers.Dropout(config.context_dropout, name="context_dropout")(selected)
    annotations = layers.Identity(name="annotations")(x)
    keys = layers.Dense(config.units, use_bias=False, name="keys")(annotations)
    start_first = layers.Dense(config.units, activation="tanh", name="start_first")(whole)
    start_second = layers.Dense(config.units, activation="tanh", name="start_second")(whole)

    # Decoder
    target_ids = keras.Input((None,), dtype="int32", name="target_ids")
    last = shift_right(target_ids)
    y = layers.Dropout(config.target_dropout, name="target_dropout")(embedding(last))
    state, weights = conditional_gru(
        first,
        second,
        y,
        (start_first, start_second),
        lambda queries: attention(queries, annotations, keys, last, source_ids),
    )
    p_gen = layers.Dense(1, name="gate")(state)
    x = layers.Dropout(config.output_dropout, name="output_dropout")(readout(state))
    logits = embedding(x, reverse=True)
    scores = PointerScores(name="scores")(logits, p_gen, weights, source_ids, target_ids)
    return keras.Model([source_ids, target_ids], scores, name="summarization")
