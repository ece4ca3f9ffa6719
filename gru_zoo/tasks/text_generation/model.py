"""Language model over characters or sub-words."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.layers import GRU, TiedEmbedding
from gru_zoo.tasks.text_generation.pointer_sentinel import PointerSentinel


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the language model.

    Args:
        vocabulary_size: number of tokens, special tokens included.
        embedding_dim: size of a token's embedding.
        units: size of each GRU.
        depth: number of GRUs.
        input_dropout: dropout rate of the embeddings, in training.
        hidden_dropout: dropout rate of the GRUs' outputs, in training.
        output_dropout: dropout rate of the projection before the softmax, in training.
        recurrent_weight_dropout: share of the recurrent weights dropped, in training.
        zoneout: share of the units that keep their state at a step, in training.
        memory: number of earlier places that a pointer reaches; 0 builds no pointer.
        key_dim: size of the pointer's keys.
        nearest: distance of the nearest place that the pointer reaches.
    """

    vocabulary_size: int = 68
    embedding_dim: int = 128
    units: int = 512
    depth: int = 2
    input_dropout: float = 0.1
    hidden_dropout: float = 0.4
    output_dropout: float = 0.1
    recurrent_weight_dropout: float = 0.25
    zoneout: float = 0.0
    memory: int = 0
    key_dim: int = 64
    nearest: int = 3


def build(config: Config) -> keras.Model:
    """Build stacked GRUs under a softmax that shares its weights with the embedding.

    Regularized as in Merity et al. 2017, Regularizing and Optimizing LSTM Language Models: dropout
    masks are the same at all steps of a window (Gal & Ghahramani 2016), and recurrent weights are
    dropped. The softmax reads the outputs of all GRUs (Graves 2013, Generating Sequences with
    Recurrent Neural Networks, section 2). With a memory, it is mixed with a pointer, see
    `gru_zoo.tasks.text_generation.pointer_sentinel`.

    Returns:
        A model with the inputs: token ids, integer, shape `(batch, time)`; the state of each GRU
        before them, shape `(batch, units)`; with a memory its keys, shape
        `(batch, memory, key_dim)`, and token ids, integer, shape `(batch, memory)`. Its outputs
        are the logits of the token after each id, float32, shape
        `(batch, time, vocabulary_size)`, and the states after the last id. For rows that are padded
        at the end, the outputs of the layers `gru_1` and so on, and `after_keys`, have the states
        of every step.
    """
    # Layers
    embedding = TiedEmbedding(config.vocabulary_size, config.embedding_dim, name="embedding")
    input_dropout = _dropout(config.input_dropout, "input_dropout")
    grus = [
        GRU(
            config.units,
            return_sequences=True,
            return_state=True,
            recurrent_weight_dropout=config.recurrent_weight_dropout,
            zoneout=config.zoneout,
            name=f"gru_{i}",
        )
        for i in range(1, config.depth + 1)
    ]
    projection = layers.Dense(config.embedding_dim, name="projection")
    output_dropout = _dropout(config.output_dropout, "output_dropout")

    # Functional model
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    states = [keras.Input((config.units,), name=f"state_{i + 1}") for i in range(config.depth)]
    x = input_dropout(embedding(token_ids))
    outputs, after = [], []
    for i, (gru, state) in enumerate(zip(grus, states, strict=True), 1):
        top, last = gru(x, initial_state=state)
        x = _dropout(config.hidden_dropout, f"hidden_dropout_{i}")(top)
        outputs.append(x)
        after.append(layers.Identity(dtype="float32", name=f"after_{i}")(last))
    x = output_dropout(projection(ops.concatenate(outputs, axis=-1)))
    logits = layers.Identity(dtype="float32", name="logits")(embedding(x, reverse=True))
    if config.memory:
        last_keys = keras.Input((config.memory, config.key_dim), name="memory_keys")
        last_ids = keras.Input((config.memory,), dtype="int32", name="memory_ids")
        pointer = PointerSentinel(config.memory, config.key_dim, config.nearest, name="pointer")
        logits, keys = pointer(top, logits, token_ids, last_keys, last_ids)
        keys = layers.Identity(dtype="float32", name="after_keys")(keys)
        ids = ops.concatenate([last_ids, token_ids], axis=1)
        states += [last_keys, last_ids]
        after += [keys[:, -config.memory :], ids[:, -config.memory :]]
    return keras.Model([token_ids, *states], [logits, *after], name="text_generation")


def _dropout(rate: float, name: str) -> layers.Layer:
    """Dropout with the same mask at all steps."""
    return layers.Dropout(rate, noise_shape=(None, 1, None), name=name)
