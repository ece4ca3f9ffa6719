"""Summaries: titles, headlines and other short texts that say what a longer one does."""

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
    """Architecture of the summarizer.

    Args:
        vocabulary_size: number of sub-words, shared by texts and summaries.
        embedding_dim: size of a sub-word's vector.
        units: size of every GRU, of which the encoder has two.
        source_dropout: dropout of the source's vectors in training.
        target_dropout: dropout of the target's vectors in training.
        context_dropout: dropout of the encoder's outputs in training.
        output_dropout: dropout under the output in training.
    """

    vocabulary_size: int = 8_000
    embedding_dim: int = 224
    units: int = 256
    source_dropout: float = 0.2
    target_dropout: float = 0.2
    context_dropout: float = 0.3
    output_dropout: float = 0.3


def build(config: Config) -> keras.Model:
    """A two-way GRU encoder with a selective gate, and a conditional GRU decoder that copies.

    The gate lets through of each state what matters for the whole, told by the states at both ends
    (Zhou et al. 2017, Selective Encoding for Abstractive Sentence Summarization, section 3.2). The
    decoder is that of `gru_zoo.base.seq2seq.encoder_decoder`; what it writes or copies is told in
    `summarization.pointer_generator`. One table holds the vectors of source, target and output.

    Returns:
        A model from source ids, integer, `(batch, source)`, and the target ids asked for,
        `(batch, target)`, `EOS` last, both padded with 0 at the end, to what
        `PointerScores` says of the targets, float32, `(batch, target, 3)`.
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
    # At the last step forward, which padding repeats, and at the first backward all was read.
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
