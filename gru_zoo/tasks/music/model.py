"""Model of polyphonic music: an exact distribution over all chords of each step."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.layers import GRU
from gru_zoo.ops.gather import take_along_axis


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the music model.

    Args:
        keys: number of keys, 1 or more.
        embedding_dim: size of the embedding of a step.
        units: size of each GRU over the steps.
        depth: number of GRUs.
        hidden: size of the hidden layers of `ChordHead`.
        joint: whether a note depends on the higher notes of its step. Otherwise every key sounds
            independently of the others.
        input_dropout: dropout rate of the keys of the previous step, in training.
        dropout: dropout rate between the layers, in training.
        recurrent_dropout: dropout rate of the GRUs' states, in training.
    """

    keys: int = 88
    embedding_dim: int = 200
    units: int = 256
    depth: int = 1
    hidden: int = 256
    joint: bool = True
    input_dropout: float = 0.1
    dropout: float = 0.4
    recurrent_dropout: float = 0.2


@keras.saving.register_keras_serializable("gru_zoo")
class ChordHead(layers.Layer):
    """Log-likelihood of chords, each the strictly descending list of its notes.

    A chord of notes n_1 > n_2 > ... > n_m, from 1 to `keys`, is spelled n_1 ... n_m 0, so that
    every subset of the keys has exactly one spelling. Each entry depends on the entries before it,

        h = swish(W c + sum of E[n_j] over j < i + F[n_(i-1)]),   h += swish(V h)
        p(n_i | n_1 ... n_(i-1), c) = softmax of (U h + b) over the classes below n_(i-1)

    so the probabilities of all 2 ** keys chords sum to 1. It is the autoregression of NADE
    (Larochelle & Murray 2011, The Neural Autoregressive Distribution Estimator) over the sounding
    keys alone. With `joint=False`, h depends on c alone, and each key k sounds independently with
    probability s_k = sigmoid(z_k), z = U h + b. The score of class k is then log s_k minus the sum
    of log(1 - s_j) over j <= k, and the score of the end is 0.

    Args:
        keys: number of keys.
        hidden: size of h.
        joint: whether a note depends on the higher notes of its chord.
        dropout: dropout rate of h, in training.

    Call arguments:
        context: c, float, shape `(..., features)`, in training `(batch, time, features)`.
        notes: classes, integer, shape `(..., slots)`: descending, then zeros. A chord that fills
            all slots counts without its end.

    Output shape: `(...)`, float32.
    """

    def __init__(self, keys, hidden, joint=True, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.keys, self.hidden, self.joint = keys, hidden, joint
        self.read = layers.Dense(hidden, name="read")
        self.sounding = layers.Embedding(keys + 2, hidden, name="sounding")
        self.lowest = layers.Embedding(keys + 2, hidden, name="lowest")
        self.deeper = layers.Dense(hidden, activation="swish", name="deeper")
        # One mask serves all entries of a chord: one for each would take a quarter of the time.
        self.dropout = layers.Dropout(dropout, noise_shape=(None, None, 1, None), name="dropout")
        self.scores = layers.Dense(keys + 1 if joint else keys, name="scores")

    def build(self, context_shape, notes_shape=None):
        self.read.build(context_shape)
        hidden_shape = (*context_shape[:-1], self.hidden)
        if self.joint:
            self.sounding.build()
            self.lowest.build()
        self.deeper.build(hidden_shape)
        self.scores.build(hidden_shape)
        self.built = True

    def entry(self, classes):
        """Embedding of entries of a chord, whose sum is the argument `chosen` of `logits`.

        Args:
            classes: integer, shape `(...)`.

        Returns:
            Shape `(..., hidden)`; zeros of shape `(..., 1)` if keys are independent.
        """
        if self.joint:
            return self.sounding(classes)
        return ops.expand_dims(ops.zeros_like(classes, dtype=self.compute_dtype), -1)

    def logits(self, context, chosen, last, training=False):
        """Logits of the next entry of a chord.

        The class `keys + 1` stands for the start of a chord.

        Args:
            context: W c, from `read`, shape `(..., hidden)`.
            chosen: sum of `entry` over the start of the chord and the entries so far, shape
                `(..., hidden)`.
            last: last entry, or the start of the chord, integer, shape `(...)`.
            training: whether dropout applies.

        Returns:
            Shape `(..., keys + 1)`, float32, -1e9 for classes that are not below `last`.
        """
        if self.joint:
            context = context + chosen + self.lowest(last)
        h = ops.swish(context)
        h = self.dropout(h, training=training)
        h = self.dropout(h + self.deeper(h), training=training)
        scores = ops.cast(self.scores(h), "float32")
        if not self.joint:
            silent = ops.cumsum(ops.log_sigmoid(-scores), axis=-1)
            scores = ops.log_sigmoid(scores) - silent
            scores = ops.concatenate([ops.zeros_like(scores[..., :1]), scores], axis=-1)
        allowed = ops.arange(self.keys + 1) < ops.expand_dims(last, -1)
        return ops.where(allowed, scores, -1e9)

    def call(self, context, notes, training=False):
        start = ops.full_like(notes[..., :1], self.keys + 1)
        previous = ops.concatenate([start, notes[..., :-1]], axis=-1)
        context = ops.expand_dims(self.read(context), -2)
        chosen = ops.cumsum(self.entry(previous), axis=-2) if self.joint else None
        scores = ops.log_softmax(self.logits(context, chosen, previous, training), axis=-1)
        log_p = take_along_axis(scores, ops.expand_dims(notes, -1), axis=-1)[..., 0]
        return ops.sum(ops.where(previous > 0, log_p, 0.0), axis=-1)

    def compute_output_shape(self, context_shape, notes_shape=None):
        return context_shape[:-1]

    def get_config(self):
        return {
            **super().get_config(),
            "keys": self.keys,
            "hidden": self.hidden,
            "joint": self.joint,
            "dropout": self.dropout.rate,
        }


def rolls_before(notes, keys: int):
    """Piano roll of the step before each step, float32.

    Args:
        notes: classes, integer, shape `(batch, time, slots)`.
        keys: number of keys.

    Returns:
        Shape `(batch, time, keys + 1)`; the last column is 1 in the first step alone.
    """
    rolls = ops.sum(ops.one_hot(notes[:, :-1], keys + 1, dtype="float32"), axis=-2)[..., 1:]
    rolls = ops.pad(rolls, ((0, 0), (0, 0), (0, 1)))
    first = ops.one_hot(ops.zeros_like(notes[:, :1, 0]) + keys, keys + 1, dtype="float32")
    return ops.concatenate([first, rolls], axis=1)


def build(config: Config) -> keras.Model:
    """Build GRUs over the steps, with the distribution of a step's chord on top.

    Returns:
        A model from chords, integer, shape `(batch, time, slots)`, to the log-likelihood of each
        chord given the chords before it, float32, shape `(batch, time)`. Chords are spelled as in
        `ChordHead`; padded steps have -1 in all slots and a log-likelihood of 0.
    """
    # Layers
    embedding = layers.Dense(config.embedding_dim, activation="swish", name="heard")
    grus = [
        GRU(
            config.units,
            return_sequences=True,
            recurrent_dropout=config.recurrent_dropout,
            name=f"gru_{depth + 1}",
        )
        for depth in range(config.depth)
    ]
    head = ChordHead(config.keys, config.hidden, config.joint, config.dropout, name="head")

    # Functional model
    chords = keras.Input((None, None), dtype="int32", name="chords")
    mask = ops.cast(chords[:, :, 0] >= 0, "float32")
    notes = ops.maximum(chords, 0)
    x = layers.Dropout(config.input_dropout, name="input_dropout")(rolls_before(notes, config.keys))
    x = layers.Dropout(config.dropout, name="heard_dropout")(embedding(x))
    features = [x]
    for depth, gru in enumerate(grus, 1):
        x = layers.Dropout(config.dropout, name=f"gru_dropout_{depth}")(gru(x))
        features.append(x)
    context = layers.Concatenate(name="context")(features)
    output = layers.Identity(dtype="float32", name="log_likelihood")(head(context, notes) * mask)
    return keras.Model(chords, output, name="music")
