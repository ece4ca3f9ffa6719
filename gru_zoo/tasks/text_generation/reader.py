"""Reading a text with a language model, window by window, its states carried on."""

import dataclasses

import keras
import numpy as np

from gru_zoo.batching.padding import pad
from gru_zoo.layers import GRU
from gru_zoo.layers.recurrence import project, state_dtype, step
from gru_zoo.ops.compile import compiled, predict_on_batch
from gru_zoo.text.special_tokens import EOS

MOST = 512  # pieces that are read at a time


@dataclasses.dataclass(frozen=True)
class GateActivity:
    """What the gates of one GRU did over a text, each from 0 to 1.

    Args:
        pieces: the characters or sub-words that were read.
        update: the share of its state that each unit kept, shape `(pieces, units)`.
        reset: the share of the state that each unit's candidate saw, `(pieces, units)`.
    """

    pieces: tuple[str, ...]
    update: np.ndarray
    reset: np.ndarray


def grus_of(model: keras.Model) -> list[GRU]:
    """The GRUs of a language model, the lowest first."""
    return [layer for layer in model.layers if isinstance(layer, GRU)]


class LanguageModelReader:
    """A language model that reads one text.

    Args:
        model: takes ids, `(batch, time)`, and states: `(batch, units)` for each of its GRUs, and
            perhaps keys, `(batch, size, key_dim)`, and ids, `(batch, size)`, of a memory. It
            returns the logits of the id after each, and the states after the last. Its input layer
            is named `embedding`, its `PointerSentinel` `pointer`, and the layer
            that returns the keys of memory and text `after_keys`.
    """

    def __init__(self, model: keras.Model):
        self.model, self._pointer = model, None
        self.grus = grus_of(model)
        # The states of all steps instead of the last, which may be padding.
        sequences = [gru.output[0] for gru in self.grus]
        if len(model.inputs) > len(self.grus) + 1:
            sequences.append(model.get_layer("after_keys").output)
            self._pointer = model.get_layer("pointer")
        self._steps = keras.Model(model.inputs, [model.outputs[0], *sequences])
        self._embedding = model.get_layer("embedding")
        self._states = compiled(self._states_of, model.variables, fixed=True)

    def first_states(self) -> list[np.ndarray]:
        """The states before a text, zeros, of a batch of one."""
        return [np.zeros((1, *state.shape[1:]), state.dtype) for state in self.model.inputs[1:]]

    def read(
        self, ids: np.ndarray, states: list[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Logits after each of up to 512 ids, `(length, vocabulary)`, and the states after all."""
        logits, *sequences = predict_on_batch(self._steps, [pad([ids]), *states])
        count, depth = len(ids), len(self.grus)
        after = [np.asarray(sequence)[:, count - 1] for sequence in sequences[:depth]]
        for every in sequences[depth:]:
            memory = states[-1]
            after.append(np.asarray(every)[:, count : count + memory.shape[1]])
            after.append(np.concatenate([memory, ids[None]], axis=1)[:, count:].astype("int32"))
        return np.asarray(logits)[0, :count], after

    def states_behind(self, ids: np.ndarray, states: list[np.ndarray]) -> list[np.ndarray]:
        """The states after ids of any number, from those before; nothing is foreseen."""
        # Torch reads any length; the others compile each, so they get few.
        exact, depth = keras.backend.backend() == "torch", len(self.grus)
        for start in range(0, len(ids), MOST):
            window = ids[start : start + MOST]
            read = window[None].astype("int32") if exact else pad([window])
            sequences = self._states(read, *states[:depth])
            sequences = [keras.ops.convert_to_numpy(every)[:, : len(window)] for every in sequences]
            after = [every[:, -1] for every in sequences[:depth]]
            new = (*sequences[depth:], window[None])
            for memory, more in zip(states[depth:], new, strict=False):
                joined = np.concatenate([memory, more], axis=1)[:, -memory.shape[1] :]
                after.append(joined.astype(memory.dtype))
            states = after
        return states

    def _states_of(self, ids, *states):
        """The states of all GRUs at each id, and the keys of a memory, each `(1, time, ...)`."""
        x, sequences = self._embedding.call(keras.ops.convert_to_tensor(ids)), []
        for gru, h in zip(self.grus, states, strict=True):
            h = keras.ops.cast(h, state_dtype(gru.compute_dtype))
            _, x, _ = gru.inner_loop(x, [h], None)
            sequences.append(x)
        if self._pointer is not None:
            top = keras.ops.cast(x, self._pointer.compute_dtype)
            sequences.append(keras.ops.matmul(top, self._pointer.key_kernel))
        return [keras.ops.cast(every, "float32") for every in sequences]

    def nats(self, ids: np.ndarray, verbose: bool = False) -> np.ndarray:
        """Minus the log-probability of every id of a text, shape `(length,)`.

        Args:
            ids: the text, which begins as a line does: behind `EOS`.
            verbose: whether to show a progress bar.
        """
        inputs = np.concatenate([[EOS], ids])[: len(ids)]
        costs, states = [np.zeros(0)], self.first_states()
        bar = keras.utils.Progbar(len(ids), unit_name="piece") if verbose else None
        for start in range(0, len(ids), MOST):
            targets = ids[start : start + MOST]
            logits, states = self.read(inputs[start : start + MOST], states)
            costs.append(negative_log_likelihood(logits, targets))
            if bar:
                bar.add(len(targets))
        return np.concatenate(costs)

    def gates(self, ids: np.ndarray, depth: int) -> tuple[np.ndarray, np.ndarray]:
        """The update and the reset gate of a GRU at each of up to 512 ids, `(length, units)`."""
        inputs = [pad([ids]), *self.first_states()]
        _, *states = predict_on_batch(self._steps, inputs)
        below = self.model.get_layer("embedding")(inputs[0]) if depth == 1 else states[depth - 2]
        before = np.concatenate([inputs[depth][:, None], states[depth - 1][:, :-1]], axis=1)
        cell = self.grus[depth - 1].cell
        weights = cell.tensors()
        x = project(keras.ops.convert_to_tensor(below)[0], weights)
        kernel, bias = weights.recurrent_kernel, weights.recurrent_bias
        h = keras.ops.convert_to_tensor(before[0])
        _, saved = step(x, h, kernel, bias, None, cell.gates())
        update, reset = map(keras.ops.convert_to_numpy, (saved.update, saved.reset))
        return update[: len(ids)], reset[: len(ids)]


def negative_log_likelihood(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Minus the log-probability of each target: `(..., vocabulary)` and `(...)` to `(...)`."""
    logits = logits.astype("float64")
    chosen = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return np.logaddexp.reduce(logits, axis=-1) - chosen
