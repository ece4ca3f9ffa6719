"""Text that goes on, letter by letter or sub-word by sub-word."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.layers import GRU, TiedEmbedding
from gru_zoo.tasks.text_generation.pointer_sentinel import PointerSentinel


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the language model.

    Args:
        vocabulary_size: number of characters or sub-words, marks included.
        embedding_dim: size of their vectors.
        units: size of every GRU.
        depth: number of GRUs.
        input_dropout: dropout of the vectors in training.
        hidden_dropout: dropout of every GRU's states in training.
        output_dropout: dropout under the output in training.
        recurrent_weight_dropout: share of the recurrent weights dropped in training.
        zoneout: share of a GRU's units that keep their state at a step in training.
        memory: places before each that the model can point at, 0 for a model that only writes.
        key_dim: features by which it finds them.
        nearest: how far back the nearest of them lies.
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
    """GRUs one above the other under a softmax that shares its table with the input.

    Regularised as in Merity et al. 2017, Regularizing and Optimizing LSTM Language Models: dropout
    masks stay the same over all time steps of a window (Gal & Ghahramani 2016), and entries of
    the recurrent kernels are dropped. The output reads the states of every GRU (Graves 2013,
    Generating Sequences with Recurrent Neural Networks, section 2). With a memory, the softmax is
    mixed with what came before, see `gru_zoo.tasks.text_generation.pointer_sentinel`.

    Returns:
        A model from ids, integer, `(batch, time)`, and the states before them: `(batch, units)`
        for each GRU, and with a memory its keys, `(batch, memory, key_dim)`, and ids, integer,
        `(batch, memory)`. It returns the logits of the id after each, float32, `(batch, time,
        vocabulary_size)`, and the states after the last. Of rows padded at the end the outputs of
        the layers `gru_1` and so on, and of `after_keys`, hold the states at every step.
    """
    # Layers
    embedding = TiedEmbedding(config.vocabulary_size, config.embedding_dim, name="embedding")
    input_dropout = _same_at_all_steps(config.input_dropout, "input_dropout")
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
    output_dropout = _same_at_all_steps(config.output_dropout, "output_dropout")

    # Functional model
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    states = [keras.Input((config.units,), name=f"state_{i + 1}") for i in range(config.depth)]
    x = input_dropout(embedding(token_ids))
    read, after = [], []
    for i, (gru, state) in enumerate(zip(grus, states, strict=True), 1):
        top, last = gru(x, initial_state=state)
        x = _same_at_all_steps(config.hidden_dropout, f"hidden_dropout_{i}")(top)
        read.append(x)
        after.append(layers.Identity(dtype="float32", name=f"after_{i}")(last))
    x = output_dropout(projection(ops.concatenate(read, axis=-1)))
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


def _same_at_all_steps(rate: float, name: str) -> layers.Layer:
    return layers.Dropout(rate, noise_shape=(None, 1, None), name=name)
