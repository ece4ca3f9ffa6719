"""One token at a time, for a decoder."""

import keras
import numpy as np
from keras import ops

from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.tasks.text_generation.pointer_cache import PointerCache, put
from gru_zoo.tasks.text_generation.reader import grus_of
from gru_zoo.text.special_tokens import BOS


class LanguageModelSteps:
    """A model from `build` as `StepModel`, whose rows all continue one text.

    Args:
        model: a model from `build`.
    """

    ends = False
    shared = True

    def __init__(self, model: keras.Model):
        self.embedding, self.projection = map(model.get_layer, ("embedding", "projection"))
        self.grus = grus_of(model)
        self.recall: PointerCache | None = None
        if len(model.inputs) > len(self.grus) + 1:
            self.recall = PointerCache(model.get_layer("pointer"), self.embedding.vocabulary_size)
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
