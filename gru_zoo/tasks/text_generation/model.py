"""Text that goes on, letter by letter or sub-word by sub-word."""

import dataclasses

import keras
import numpy as np
from keras import layers, ops

from gru_zoo.layers import GRU, TiedEmbedding
from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.tasks.text_generation.pointer_cache import Recall, put
from gru_zoo.tasks.text_generation.pointer_sentinel import PointerSentinel
from gru_zoo.tasks.text_generation.reader import grus_of
from gru_zoo.tasks.text_generation.task import TextWriter
from gru_zoo.text.subword_tokenizer import BOS


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


class Steps:
    """A model from `build` as `Steps`, of which all rows go on behind one text.

    Args:
        model: a model from `build`.
    """

    ends = False
    shared = True

    def __init__(self, model: keras.Model):
        self.embedding, self.projection = map(model.get_layer, ("embedding", "projection"))
        self.grus = grus_of(model)
        self.recall: Recall | None = None
        if len(model.inputs) > len(self.grus) + 1:
            self.recall = Recall(model.get_layer("pointer"), self.embedding.vocabulary_size)
        self.variables = model.variables

    def inputs(
        self, last: np.ndarray, states: list[np.ndarray], rows: int = 1, room: int = 0
    ) -> list[np.ndarray]:
        """The arguments of `start`.

        Args:
            last: the last id of the text before, shape `(1,)`.
            states: those of the model before this id was read, of a batch of one.
            rows: number of texts to write.
            room: most steps; 0 has the pointer, if any, point at the text before alone, which saves
                much of the time of short searches.

        Returns:
            Arrays, the search's state last, so that what `finish` returns can take its place.
        """
        depth = len(self.grus)
        state = [np.repeat(array, rows, axis=0) for array in states[:depth]]
        if self.recall is None:
            return [last, *state]
        keys, ids = states[depth:]
        if room:
            room = min(room, keys.shape[1])
            state += [np.zeros((rows, room, keys.shape[2]), "float32")]
            state += [np.zeros((rows, room), "int32"), np.zeros(rows, "int32")]
        return [last, keys, np.concatenate([ids, last[None]], axis=1), *state]

    def start(self, last, *arrays):
        def states(arrays):
            dtype = state_dtype(self.projection.compute_dtype)
            return tuple(ops.cast(array, dtype) for array in arrays)

        last, *rest = map(ops.convert_to_tensor, (last, *arrays))
        if self.recall is None:
            return states(rest), (last, ())
        (keys, ids), depth = rest[:2], len(self.grus) + 2
        written = (self.recall.written(*rest[depth:]),) if rest[depth:] else ()
        before = self.recall.before(keys, ids, alone=not written)
        return (*states(rest[2:depth]), *written), (last, before)

    def read(self, ids, count, states):
        """Read a few ids, to go on behind them.

        Args:
            ids: integer, shape `(room,)`.
            count: how many of them are read, 1 or more, integer, shape `()`.
            states: those of the model before the first, of a batch of one.

        Returns:
            The states before the last that is read, as they came, and what `start` returns for it.
        """
        ids, depth = ops.convert_to_tensor(ids), len(self.grus)
        states = [ops.convert_to_tensor(array) for array in states]
        dtype = state_dtype(self.projection.compute_dtype)
        hs = [ops.cast(h, dtype) for h in states[:depth]]
        tops = ops.zeros((1, ids.shape[0], self.grus[-1].units), dtype)

        def turn(t, carried):
            tops, *hs = carried
            hs = self._states(ids[t][None], hs)
            return (put(tops, t, hs[-1]), *hs)

        tops, *hs = ops.fori_loop(0, count - 1, turn, (tops, *hs))
        last = ids[count - 1][None]
        if self.recall is None:
            return hs, self.start(last, *hs)
        keys, behind = self.recall.later(states[depth], states[depth + 1], tops, ids, count - 1)
        behind_last = ops.concatenate([behind, last[None]], axis=1)
        return [*hs, keys, behind], self.start(last, keys, behind_last, *hs)

    def _states(self, tokens, states):
        """The states of all GRUs behind tokens, from those before."""
        # `call` is what a layer computes; around it Keras spends as long as on the product itself.
        x, after = self.embedding.call(tokens), []
        for gru, h in zip(self.grus, states, strict=False):
            x = gru.step(x, h)
            after.append(x)
        return after

    def step(self, tokens, state, memory):
        last, before = memory
        tokens = ops.where(tokens == BOS, last, tokens)
        after = self._states(tokens, state)
        read = ops.cast(ops.concatenate(after, axis=-1), self.projection.compute_dtype)
        logits = self.embedding.call(self.projection.call(read), reverse=True)
        if self.recall is None:
            return logits, tuple(after)
        written = state[-1] if len(state) > len(after) else None
        logits, written = self.recall.step(after[-1], logits, tokens, before, written)
        return logits, (*after, written) if written else tuple(after)

    def finish(self, state):
        return state


class TextGeneration(TextWriter):
    """Text that goes on. Load one with `gru_zoo.load("text_generation")`."""

    Config = Config
    Steps = Steps
    build = staticmethod(build)
