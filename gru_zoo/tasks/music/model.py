"""Polyphonic music, step by step, as an exact distribution over all chords of a step."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.layers import GRU
from gru_zoo.tasks.music.decoder_steps import rolls_before


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the music model.

    Args:
        keys: number of keys that may sound, 1 or more.
        embedding_dim: size of the vector of a step that was heard.
        units: size of each GRU over the steps.
        depth: number of these GRUs.
        hidden: size of the layers under a note.
        joint: whether a note knows the higher ones of its step; else every key sounds or not
            independently of the others.
        input_dropout: dropout of the keys that were heard, in training.
        dropout: dropout between the layers in training.
        recurrent_dropout: dropout of the GRUs' states in training.
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

    A chord of notes n_1 > n_2 > ... > n_m, from 1 to `keys`, is written n_1 ... n_m 0, so that
    every subset of the keys has one spelling. Each entry is drawn given those before it,

        h = swish(W c + sum of E[n_j] over j < i + F[n_(i-1)]),   h += swish(V h)
        p(n_i | n_1 ... n_(i-1), c) = softmax of (U h + b) over the classes below n_(i-1)

    so the probabilities of all 2 ** keys chords sum to 1 (the autoregression of NADE, Larochelle
    & Murray 2011, over sounding keys alone). With `joint=False` each key k sounds with probability
    s_k = sigmoid(z_k), z = U h + b, whatever else sounds: the scores are then, h being a function
    of c alone, log s_k minus the sum of log(1 - s_j) over j <= k, and 0 for the end.

    Args:
        keys: number of keys.
        hidden: size of h.
        joint: see above.
        dropout: dropout of h in training.

    Call arguments:
        context: c, shape `(..., features)`, in training `(batch, time, features)`.
        notes: classes, integer, shape `(..., slots)`: descending, then zeros; a chord that fills
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
        # One mask for all entries of a chord: drawing one for each takes a quarter of the time.
        self.dropout = layers.Dropout(dropout, noise_shape=(None, None, 1, None), name="dropout")
        self.scores = layers.Dense(keys + 1 if joint else keys, name="scores")

    def build(self, context_shape, notes_shape=None):
        self.read.build(context_shape)
        wide = (*context_shape[:-1], self.hidden)
        if self.joint:
            self.sounding.build()
            self.lowest.build()
        self.deeper.build(wide)
        self.scores.build(wide)
        self.built = True

    def entry(self, classes):
        """What an entry of a chord adds to `chosen` of `logits`, shape `(..., hidden)`.

        Zeros of shape `(..., 1)` where keys are independent.
        """
        if self.joint:
            return self.sounding(classes)
        return ops.expand_dims(ops.zeros_like(classes, dtype=self.compute_dtype), -1)

    def logits(self, context, chosen, last, training=False):
        """Scores of the next entry of a chord.

        Args:
            context: W c, from `read`, shape `(..., hidden)`.
            chosen: sum of `entry` over `keys + 1`, which stands before a chord, and the entries
                so far, shape `(..., hidden)`.
            last: the last entry, `keys + 1` at first, integer, shape `(...)`.
            training: whether dropout applies.

        Returns:
            Shape `(..., keys + 1)`, float32, -1e9 where the order of the notes forbids a class.
        """
        if self.joint:
            context = context + chosen + self.lowest(last)
        h = ops.swish(context)
        h = self.dropout(h, training=training)
        h = self.dropout(h + self.deeper(h), training=training)
        scores = ops.cast(self.scores(h), "float32")
        if not self.joint:
            off = ops.cumsum(ops.log_sigmoid(-scores), axis=-1)
            scores = ops.log_sigmoid(scores) - off
            scores = ops.concatenate([ops.zeros_like(scores[..., :1]), scores], axis=-1)
        allowed = ops.arange(self.keys + 1) < ops.expand_dims(last, -1)
        return ops.where(allowed, scores, -1e9)

    def call(self, context, notes, training=False):
        first = ops.full_like(notes[..., :1], self.keys + 1)
        before = ops.concatenate([first, notes[..., :-1]], axis=-1)
        context = ops.expand_dims(self.read(context), -2)
        chosen = ops.cumsum(self.entry(before), axis=-2) if self.joint else None
        scores = ops.log_softmax(self.logits(context, chosen, before, training), axis=-1)
        found = ops.take_along_axis(scores, ops.expand_dims(notes, -1), axis=-1)[..., 0]
        return ops.sum(ops.where(before > 0, found, 0.0), axis=-1)

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


def build(config: Config) -> keras.Model:
    """GRUs over the steps, and under them the distribution of a step's chord.

    Returns:
        A model from chords, integer, shape `(batch, time, slots)`, each spelled as `ChordHead`
        has it and -1 in all slots after the last step, to the log-likelihood of each given those
        before it, float32, shape `(batch, time)`, 0 after the last step.
    """
    # Layers
    heard = layers.Dense(config.embedding_dim, activation="swish", name="heard")
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
    real = ops.cast(chords[:, :, 0] >= 0, "float32")
    notes = ops.maximum(chords, 0)
    x = layers.Dropout(config.input_dropout, name="input_dropout")(rolls_before(notes, config.keys))
    x = layers.Dropout(config.dropout, name="heard_dropout")(heard(x))
    states = [x]
    for depth, gru in enumerate(grus, 1):
        x = layers.Dropout(config.dropout, name=f"gru_dropout_{depth}")(gru(x))
        states.append(x)
    context = layers.Concatenate(name="context")(states)
    found = layers.Identity(dtype="float32", name="log_likelihood")(head(context, notes) * real)
    return keras.Model(chords, found, name="music")
