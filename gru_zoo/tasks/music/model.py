"""Polyphonic music, step by step, as an exact distribution over all chords of a step."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.decoding.beam_search import LOWEST
from gru_zoo.layers import GRU
from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.tasks.music.sampling import FIRST
from gru_zoo.tasks.music.task import Composer
from gru_zoo.text.subword_tokenizer import EOS


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


def rolls_before(notes, keys: int):
    """Which keys sounded in the step before each step, float32.

    Args:
        notes: classes, shape `(batch, time, slots)`.
        keys: number of keys.

    Returns:
        Shape `(batch, time, keys + 1)`; the last column is 1 in the first step, before which
        there was none.
    """
    rolls = ops.sum(ops.one_hot(notes[:, :-1], keys + 1, dtype="float32"), axis=-2)[..., 1:]
    rolls = ops.pad(rolls, ((0, 0), (0, 0), (0, 1)))
    first = ops.one_hot(ops.zeros_like(notes[:, :1, 0]) + keys, keys + 1, dtype="float32")
    return ops.concatenate([first, rolls], axis=1)


class Steps:
    """A model from `build`, entry by entry of the chords, as `gru_zoo.decoding.beam_search.Steps`.

    A token is `FIRST` plus a class as `ChordHead` has it; `EOS` follows the last chord.

    Args:
        model: a model from `build`.
    """

    ends = True
    shared = False

    def __init__(self, model: keras.Model):
        self.heard, self.head = model.get_layer("heard"), model.get_layer("head")
        self.grus = [layer for layer in model.layers if isinstance(layer, GRU)]
        self.keys, self.variables = self.head.keys, model.variables

    def start(self, rolls, mask, lengths, wanted, permitted):
        """The state behind what was heard.

        Args:
            rolls: as `rolls_before` returns them, up to the step before the first to write, float,
                shape `(batch, time, keys + 1)`.
            mask: boolean, shape `(batch, time)`, False in front of `rolls` that are fewer.
            lengths: steps to write, integer, shape `(batch,)`.
            wanted: class that the first entry of a step must have, or -1, integer, shape
                `(batch, steps)`, where steps is above every length.
            permitted: whether the i-th entry of a chord may have a class, boolean, shape
                `(batch, slots, keys + 1)`; only 0 for the last.
        """
        memory = tuple(map(ops.convert_to_tensor, (lengths, wanted, permitted)))
        x = self.heard(ops.convert_to_tensor(rolls))
        last, states = [x[:, -1]], []
        for gru in self.grus:
            x = gru(x, mask=mask)
            last.append(x[:, -1])
            states.append(ops.cast(x[:, -1], state_dtype(x.dtype)))
        zero = ops.zeros_like(memory[0])
        return {"grus": tuple(states), "step": zero, **self._begin_chord(last)}, memory

    def step(self, tokens, state, memory):
        number = tokens - FIRST
        note, end = number > 0, number == 0  # neither before the first step and behind the last
        state = _where(note, self._add(ops.maximum(number, 0), state), state)
        state = ops.cond(ops.any(end), lambda: _where(end, self._hear(state), state), lambda: state)
        logits = self.head.logits(state["context"], state["chosen"], state["lowest"])

        lengths, wanted, permitted = memory
        count, t = state["count"][:, None], state["step"]
        allowed = ops.take_along_axis(permitted, count[:, :, None], axis=1)[:, 0]
        asked = ops.take_along_axis(wanted, t[:, None], axis=1)
        free = ops.logical_or(count > 0, asked < 0)
        is_asked = ops.equal(ops.arange(self.keys + 1, dtype="int32"), asked)
        allowed = ops.logical_and(allowed, ops.logical_or(free, is_asked))
        done = (t >= lengths)[:, None]
        logits = ops.where(ops.logical_or(done, ops.logical_not(allowed)), LOWEST, logits)
        marks = ops.full_like(logits[:, :EOS], LOWEST)
        return ops.concatenate([marks, ops.where(done, 0.0, LOWEST), logits], axis=-1), state

    def finish(self, state):
        return state

    def _begin_chord(self, heard):
        """State of an empty chord, after the vectors of all layers that heard the one before."""
        context = self.head.read(ops.concatenate(heard, axis=-1))
        count = ops.cast(ops.zeros_like(context[:, 0]), "int32")
        return {
            "context": context,
            "chosen": self.head.entry(count + self.keys + 1),
            "lowest": count + self.keys + 1,
            "count": count,
            "roll": 0.0 * ops.one_hot(count, self.keys + 1, dtype="float32"),
        }

    def _add(self, number, state):
        """The state with a note in its chord."""
        sounding = ops.roll(ops.one_hot(number, self.keys + 1, dtype="float32"), -1, axis=-1)
        return {
            **state,
            "chosen": state["chosen"] + self.head.entry(number),
            "lowest": number,
            "count": state["count"] + 1,
            "roll": state["roll"] + sounding,
        }

    def _hear(self, state):
        """The state behind its chord."""
        heard, states = [self.heard(state["roll"])], []
        for gru, h in zip(self.grus, state["grus"], strict=True):
            states.append(gru.step(heard[-1], h))
            heard.append(ops.cast(states[-1], heard[0].dtype))
        begun = self._begin_chord(heard)
        return {"grus": tuple(states), "step": state["step"] + 1, **begun}


def _where(rows, new, old):
    """The new state in some rows, boolean, shape `(batch,)`."""
    return keras.tree.map_structure(
        lambda a, b: ops.where(ops.reshape(rows, (-1,) + (1,) * (len(a.shape) - 1)), a, b), new, old
    )


class Music(Composer):
    """Pieces of music. Load one with `gru_zoo.load("music")`."""

    Config = Config
    Steps = Steps
    build = staticmethod(build)
