"""Translation of sentences between two languages."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.layers import GRU, AdditiveAttention, MaskedPooling, TiedEmbedding
from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.text import PAD
from gru_zoo.translator import Translator


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the translator.

    Args:
        vocabulary_size: number of sub-words, shared by both languages.
        embedding_dim: size of a sub-word's vector.
        units: size of every GRU, of which the encoder has two a layer.
        source_dropout: dropout of the source's vectors in training.
        target_dropout: dropout of the target's vectors in training.
        context_dropout: dropout of the encoder's outputs in training.
        output_dropout: dropout under the output in training.
    """

    vocabulary_size: int = 6_000
    embedding_dim: int = 240
    units: int = 256
    source_dropout: float = 0.4
    target_dropout: float = 0.2
    context_dropout: float = 0.5
    output_dropout: float = 0.5


def build(config: Config) -> keras.Model:
    """A two-layer, two-way GRU encoder and a decoder of a GRU, attention and a second GRU.

    The decoder is a conditional GRU (Sennrich et al. 2017, Nematus, section 2) whose first GRU
    reads the target alone: what was looked at goes on in the second GRU's state. So in training
    every step but the GRUs' is one product for the whole target, and one table holds the vectors
    of source, target and output. Dropout lies where Caglayan et al. 2017, LIUM-CVC Submissions
    for WMT17 Multimodal Translation Task, section 3.1, have it.

    Returns:
        A model from source ids, integer, `(batch, source)`, and target ids, `(batch, target)`,
        which begin with `BOS`, both padded with 0 at the end, to the logits of the sub-word after
        each target id, float32, `(batch, target, vocabulary_size)`.
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
        states = [forward(x, mask=mask), ops.flip(backward(x, mask=mask), axis=1)]
        x = dropout(layers.Concatenate()(states))
    annotations = layers.Identity(name="annotations")(x)
    keys = layers.Dense(config.units, use_bias=False, name="keys")(annotations)
    _, summary = ops.split(MaskedPooling(name="pooling")(annotations, mask=mask), 2, axis=-1)
    start_first = layers.Dense(config.units, activation="tanh", name="start_first")(summary)
    start_second = layers.Dense(config.units, activation="tanh", name="start_second")(summary)

    # Decoder
    target_ids = keras.Input((None,), dtype="int32", name="target_ids")
    y = layers.Dropout(config.target_dropout, name="target_dropout")(embedding(target_ids))
    queries = first(y, initial_state=start_first)
    contexts, _ = attention(queries, annotations, keys, mask=mask)
    looked = layers.Concatenate(name="looked")([queries, contexts])
    states = second(looked, initial_state=start_second)
    x = readout(layers.Concatenate(name="state")([states, contexts, y]))
    x = layers.Dropout(config.output_dropout, name="output_dropout")(x)
    logits = layers.Identity(dtype="float32", name="logits")(embedding(x, reverse=True))
    return keras.Model([source_ids, target_ids], logits, name="translation")


class OneStep(keras.Model):
    """The decoder of a model from `build` over one sub-word, on the same layers.

    Call arguments, a list:
        tokens: the last sub-word, integer, shape `(batch,)`.
        first, second: states of the two GRUs, shape `(batch, units)`.
        annotations, keys: of the source, shapes `(batch, source, 2 * units)` and
            `(batch, source, units)`.
        mask: boolean, shape `(batch, source)`, True where the source has a sub-word.

    Returns:
        Logits of the next sub-word, shape `(batch, vocabulary_size)`, and the two states.

    Args:
        model: a model from `build`.
    """

    def __init__(self, model: keras.Model):
        super().__init__(name="one_step")
        self.embedding = model.get_layer("embedding")
        self.first, self.second = model.get_layer("first"), model.get_layer("second")
        self.attention, self.readout = model.get_layer("attention"), model.get_layer("readout")

    def call(self, inputs):
        tokens, first, second, annotations, keys, mask = inputs
        y = self.embedding(tokens)
        first = self.first.step(y, first)
        context, _ = self.attention(ops.expand_dims(first, 1), annotations, keys, mask=mask)
        context = ops.squeeze(context, 1)
        y, query = ops.cast(y, context.dtype), ops.cast(first, context.dtype)
        second = self.second.step(ops.concatenate([query, context], axis=-1), second)
        state = ops.cast(second, context.dtype)
        x = self.readout(ops.concatenate([state, context, y], axis=-1))
        return self.embedding(x, reverse=True), first, second


class Steps:
    """A model from `build` as `gru_zoo.searches.Steps`.

    Args:
        model: a model from `build`.
    """

    ends = True

    def __init__(self, model: keras.Model):
        names = ("annotations", "keys", "start_first", "start_second")
        outputs = [model.get_layer(name).output for name in names]
        self.encoder = keras.Model(model.inputs[0], outputs, name="encoder")
        self.decoder = OneStep(model)
        self.variables = model.variables

    def start(self, source_ids):
        annotations, keys, *state = self.encoder(source_ids)
        state = tuple(ops.cast(h, state_dtype(h.dtype)) for h in state)
        return state, (annotations, keys, ops.not_equal(source_ids, PAD))

    def step(self, tokens, state, memory):
        logits, *state = self.decoder.call([tokens, *state, *memory])
        return logits, tuple(state)


class Translation(Translator):
    """Sentences from one language to another. Load one with `gru_zoo.load("translation")`."""

    Config = Config
    Steps = Steps
    build = staticmethod(build)
