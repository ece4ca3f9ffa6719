"""One decoding step of the music model: one entry of a chord."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from gru_zoo.decoding.arrays import NEG_INF
from gru_zoo.layers import GRU
from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.text.special_tokens import EOS

FIRST_CLASS_TOKEN = EOS + 1  # token of class 0; a decoder reserves the tokens up to `EOS`

Tensor = Any
State = dict[str, Any]


class ChordSteps:
    """The music model as `gru_zoo.decoding.step_model.StepModel`.

    The token of a class is `FIRST_CLASS_TOKEN` plus the class, for the classes of `ChordHead`.
    `EOS` follows the last chord.

    Args:
        model: model from `gru_zoo.tasks.music.model.build`.
    """

    ends = True
    shared = False

    def __init__(self, model: keras.Model):
        self.embedding, self.head = model.get_layer("heard"), model.get_layer("head")
        self.grus = [layer for layer in model.layers if isinstance(layer, GRU)]
        self.keys, self.variables = self.head.keys, model.variables

    def start(
        self, rolls: Tensor, mask: Tensor, lengths: Tensor, required: Tensor, permitted: Tensor
    ) -> tuple[State, tuple[Tensor, ...]]:
        """State after the prompts, with an empty chord, and the memory.

        Args:
            rolls: piano rolls of the prompts, see `gru_zoo.tasks.music.model.rolls_before`, float,
                shape `(batch, time, keys + 1)`, padded on the left.
            mask: boolean, shape `(batch, time)`, False for padding.
            lengths: number of steps to generate, integer, shape `(batch,)`.
            required: class that the first entry of each step must have, or -1 for any class,
                integer, shape `(batch, steps)`, where `steps` is above every length.
            permitted: whether entry i of a chord may have a class, boolean, shape
                `(batch, slots, keys + 1)`. The last entry permits class 0 alone.
        """
        memory = tuple(map(ops.convert_to_tensor, (lengths, required, permitted)))
        x = self.embedding(ops.convert_to_tensor(rolls))
        features, states = [x[:, -1]], []
        for gru in self.grus:
            x = gru(x, mask=mask)
            features.append(x[:, -1])
            states.append(ops.cast(x[:, -1], state_dtype(x.dtype)))
        zero = ops.zeros_like(memory[0])
        return {"grus": tuple(states), "step": zero, **self._empty_chord(features)}, memory

    def step(
        self, tokens: Tensor, state: State, memory: tuple[Tensor, ...]
    ) -> tuple[Tensor, State]:
        """Logits of the next token, `(batch, FIRST_CLASS_TOKEN + keys + 1)`, and the next state."""
        classes = tokens - FIRST_CLASS_TOKEN
        # BOS, the first token, and EOS are neither notes nor ends of chords.
        is_note, ends_chord = classes > 0, classes == 0
        state = _where(is_note, self._add_note(ops.maximum(classes, 0), state), state)
        state = ops.cond(
            ops.any(ends_chord),
            lambda: _where(ends_chord, self._advance(state), state),
            lambda: state,
        )
        logits = self.head.logits(state["context"], state["chosen"], state["lowest"])

        lengths, required, permitted = memory
        count, t = state["count"][:, None], state["step"]
        allowed = ops.take_along_axis(permitted, count[:, :, None], axis=1)[:, 0]
        first_class = ops.take_along_axis(required, t[:, None], axis=1)
        any_class = ops.logical_or(count > 0, first_class < 0)
        is_required = ops.equal(ops.arange(self.keys + 1, dtype="int32"), first_class)
        allowed = ops.logical_and(allowed, ops.logical_or(any_class, is_required))
        done = (t >= lengths)[:, None]
        logits = ops.where(ops.logical_or(done, ops.logical_not(allowed)), NEG_INF, logits)
        reserved = ops.full_like(logits[:, :EOS], NEG_INF)
        return ops.concatenate([reserved, ops.where(done, 0.0, NEG_INF), logits], axis=-1), state

    def finish(self, state: State) -> State:
        """The state as it is."""
        return state

    def _empty_chord(self, features: Sequence[Tensor]) -> State:
        """The part of the state that belongs to a chord, without notes.

        Args:
            features: outputs of the embedding and of every GRU at the last step, each
                `(batch, features)`.
        """
        context = self.head.read(ops.concatenate(features, axis=-1))
        count = ops.cast(ops.zeros_like(context[:, 0]), "int32")
        return {
            "context": context,
            "chosen": self.head.entry(count + self.keys + 1),
            "lowest": count + self.keys + 1,
            "count": count,
            "roll": 0.0 * ops.one_hot(count, self.keys + 1, dtype="float32"),
        }

    def _add_note(self, classes: Tensor, state: State) -> State:
        """The state with one more note in the chord of each row."""
        sounding = ops.roll(ops.one_hot(classes, self.keys + 1, dtype="float32"), -1, axis=-1)
        return {
            **state,
            "chosen": state["chosen"] + self.head.entry(classes),
            "lowest": classes,
            "count": state["count"] + 1,
            "roll": state["roll"] + sounding,
        }

    def _advance(self, state: State) -> State:
        """The state at the next step, after the GRUs have read the chord."""
        features, states = [self.embedding(state["roll"])], []
        for gru, h in zip(self.grus, state["grus"], strict=True):
            states.append(gru.step(features[-1], h))
            features.append(ops.cast(states[-1], features[0].dtype))
        return {"grus": tuple(states), "step": state["step"] + 1, **self._empty_chord(features)}


def _where(rows: Tensor, new: State, old: State) -> State:
    """The new state in the rows that are True, boolean, shape `(batch,)`."""
    return keras.tree.map_structure(
        lambda a, b: ops.where(ops.reshape(rows, (-1,) + (1,) * (len(a.shape) - 1)), a, b), new, old
    )
