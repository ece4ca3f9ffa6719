"""Architecture of the task `translation`: an attentional encoder-decoder of GRUs."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.base.seq2seq.encoder_decoder import bidirectional, conditional_gru
from gru_zoo.layers import GRU, AdditiveAttention, MaskedPooling, TiedEmbedding
from gru_zoo.text.special_tokens import PAD


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of a translation model.

    Args:
        vocabulary_size: number of sub-words, shared by both languages.
        embedding_dim: size of a sub-word embedding.
        units: size of each GRU. Each of the two encoder layers has two.
        source_dropout: dropout rate of the source embeddings.
        target_dropout: dropout rate of the target embeddings.
        context_dropout: dropout rate of the output of each encoder layer.
        output_dropout: dropout rate before the output layer.
    """

    vocabulary_size: int = 6_000
    embedding_dim: int = 240
    units: int = 256
    source_dropout: float = 0.4
    target_dropout: float = 0.2
    context_dropout: float = 0.5
    output_dropout: float = 0.5


def build(config: Config) -> keras.Model:
    """Build a bidirectional encoder of two layers and a conditional GRU decoder with attention.

    See `gru_zoo.base.seq2seq.encoder_decoder` for the decoder. One embedding table serves the
    source, the target and the output. Dropout is applied where Caglayan et al. 2017, LIUM-CVC
    Submissions for WMT17 Multimodal Translation Task, section 3.1, apply it.

    Args:
        config: sizes and dropout rates.

    Returns:
        A model from source ids, integer, `(batch, source)`, and target ids shifted right by `BOS`,
        integer, `(batch, target)`, both padded at the end with 0, to the logits of the sub-word
        after each target id, float32, `(batch, target, vocabulary_size)`.
    """
    # Layers
    embedding = TiedEmbedding(config.vocabulary_size, config.embedding_dim, name="embedding")
    sequences = {"return_sequences": True}
    encoder = [
        (
            GRU(config.units, name=f"forward_{depth}", **sequences),
            GRU(config.units, go_backwards=True, name=f"backward_{depth}", **sequences),
            layers.Dropout(config.context_dropout, name=f"encoder_dropout_{depth}"),
        )
        for depth in (1, 2)
    ]
    first = GRU(config.units, name="first", **sequences)
    attention = AdditiveAttention(config.units, name="attention")
    second = GRU(config.units, name="second", **sequences)
    readout = layers.Dense(config.embedding_dim, activation="tanh", name="readout")

    # Encoder
    source_ids = keras.Input((None,), dtype="int32", name="source_ids")
    mask = ops.not_equal(source_ids, PAD)
    x = layers.Dropout(config.source_dropout, name="source_dropout")(embedding(source_ids))
    for forward, backward, dropout in encoder:
        x = dropout(bidirectional(forward, backward, x, mask))
    annotations = layers.Identity(name="annotations")(x)
    keys = layers.Dense(config.units, use_bias=False, name="keys")(annotations)
    _, summary = ops.split(MaskedPooling(name="pooling")(annotations, mask=mask), 2, axis=-1)
    start_first = layers.Dense(config.units, activation="tanh", name="start_first")(summary)
    start_second = layers.Dense(config.units, activation="tanh", name="start_second")(summary)

    # Decoder
    target_ids = keras.Input((None,), dtype="int32", name="target_ids")
    y = layers.Dropout(config.target_dropout, name="target_dropout")(embedding(target_ids))
    state, _ = conditional_gru(
        first,
        second,
        y,
        (start_first, start_second),
        lambda queries: attention(queries, annotations, keys, mask=mask),
    )
    x = layers.Dropout(config.output_dropout, name="output_dropout")(readout(state))
    logits = layers.Identity(dtype="float32", name="logits")(embedding(x, reverse=True))
    return keras.Model([source_ids, target_ids], logits, name="translation")
