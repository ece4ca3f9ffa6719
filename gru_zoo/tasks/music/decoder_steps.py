"""One chord at a time, for a decoder."""

import keras
from keras import ops

from gru_zoo.decoding.arrays import NEG_INF
from gru_zoo.layers import GRU
from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.tasks.music.sampling import FIRST
from gru_zoo.text.special_tokens import EOS


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


class ChordSteps:
    """A model from `build`, entry by entry of the chords, as `decoding.step_model.StepModel`.

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
        logits = ops.where(ops.logical_or(done, ops.logical_not(allowed)), NEG_INF, logits)
        marks = ops.full_like(logits[:, :EOS], NEG_INF)
        return ops.concatenate([marks, ops.where(done, 0.0, NEG_INF), logits], axis=-1), state

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
