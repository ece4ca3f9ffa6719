"""Reading of a text with a language model, window by window, with carried states."""

from typing import Any

import keras
import numpy as np

from gru_zoo.batching.padding import pad
from gru_zoo.layers.recurrence import project, state_dtype, step
from gru_zoo.ops.compile import compiled, predict_on_batch
from gru_zoo.tasks.text_generation.states import advance_states, grus_of
from gru_zoo.text.special_tokens import EOS

MAX_WINDOW = 512  # tokens that are read at once


class LanguageModelReader:
    """A language model that reads one text.

    Args:
        model: model from `gru_zoo.tasks.text_generation.model.build`, or one with the same inputs,
            outputs and layer names: `embedding`, and with a memory `pointer` and `after_keys`.
    """

    def __init__(self, model: keras.Model):
        self.model, self._pointer = model, None
        self.grus = grus_of(model)
        # States of all steps: those of the last step, which the model returns, may be of padding.
        sequences = [gru.output[0] for gru in self.grus]
        if len(model.inputs) > len(self.grus) + 1:
            sequences.append(model.get_layer("after_keys").output)
            self._pointer = model.get_layer("pointer")
        self._steps = keras.Model(model.inputs, [model.outputs[0], *sequences])
        self._embedding = model.get_layer("embedding")
        self._advance = compiled(self._state_sequences, model.variables, fixed=True)

    def initial_states(self) -> list[np.ndarray]:
        """States before a text: zeros, with a batch axis of 1."""
        return [np.zeros((1, *state.shape[1:]), state.dtype) for state in self.model.inputs[1:]]

    def read(
        self, ids: np.ndarray, states: list[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Compute logits and advance the states over one window.

        Args:
            ids: token ids, integer, shape `(length,)`, from 1 to 512.
            states: states before `ids`, with a batch axis of 1.

        Returns:
            Logits of the token after each id, shape `(length, vocabulary)`, and the states after
            the last id.
        """
        logits, *sequences = predict_on_batch(self._steps, [pad([ids]), *states])
        count, depth = len(ids), len(self.grus)
        after = [np.asarray(sequence)[:, count - 1] for sequence in sequences[:depth]]
        for keys in sequences[depth:]:
            memory_ids = states[-1]
            after.append(np.asarray(keys)[:, count : count + memory_ids.shape[1]])
            all_ids = np.concatenate([memory_ids, ids[None]], axis=1)
            after.append(all_ids[:, count:].astype("int32"))
        return np.asarray(logits)[0, :count], after

    def states_after(self, ids: np.ndarray, states: list[np.ndarray]) -> list[np.ndarray]:
        """Advance the states over `ids`, in windows of 512, without computing logits.

        Args:
            ids: token ids, integer, shape `(length,)`, of any length.
            states: states before `ids`, with a batch axis of 1.
        """
        # Torch takes any length. The others compile each length, so windows are padded to a few.
        exact, depth = keras.backend.backend() == "torch", len(self.grus)
        for start in range(0, len(ids), MAX_WINDOW):
            window = ids[start : start + MAX_WINDOW]
            inputs = window[None].astype("int32") if exact else pad([window])
            sequences = [
                keras.ops.convert_to_numpy(sequence)[:, : len(window)]
                for sequence in self._advance(inputs, *states[:depth])
            ]
            after = [sequence[:, -1] for sequence in sequences[:depth]]
            added = (*sequences[depth:], window[None])
            for memory, new in zip(states[depth:], added, strict=False):
                joined = np.concatenate([memory, new], axis=1)[:, -memory.shape[1] :]
                after.append(joined.astype(memory.dtype))
            states = after
        return states

    def _state_sequences(self, ids: Any, *states: Any) -> list[Any]:
        """States of all GRUs after each id, and keys of a pointer, each `(1, time, features)`."""
        states = tuple(
            keras.ops.cast(state, state_dtype(gru.compute_dtype))
            for gru, state in zip(self.grus, states, strict=True)
        )
        ids = keras.ops.convert_to_tensor(ids)
        sequences = advance_states(self._embedding, self.grus, ids, states)
        if self._pointer is not None:
            top = keras.ops.cast(sequences[-1], self._pointer.compute_dtype)
            sequences.append(keras.ops.matmul(top, self._pointer.key_kernel))
        return [keras.ops.cast(sequence, "float32") for sequence in sequences]

    def nats(self, ids: np.ndarray, verbose: bool = False) -> np.ndarray:
        """Negative log-likelihood of every token of a text, in nats, float64, shape `(length,)`.

        Args:
            ids: token ids of the text, shape `(length,)`. The text starts at the beginning of a
                line, after `EOS`.
            verbose: whether to show a progress bar.
        """
        inputs = np.concatenate([[EOS], ids])[: len(ids)]
        nats, states = [np.zeros(0)], self.initial_states()
        bar = keras.utils.Progbar(len(ids), unit_name="token") if verbose else None
        for start in range(0, len(ids), MAX_WINDOW):
            targets = ids[start : start + MAX_WINDOW]
            logits, states = self.read(inputs[start : start + MAX_WINDOW], states)
            nats.append(negative_log_likelihood(logits, targets))
            if bar:
                bar.add(len(targets))
        return np.concatenate(nats)

    def gates(self, ids: np.ndarray, depth: int) -> tuple[np.ndarray, np.ndarray]:
        """Compute the gates of a GRU at each token of a text.

        Args:
            ids: token ids of the text, integer, shape `(length,)`, from 1 to 512.
            depth: number of the GRU, 1 for the lowest.

        Returns:
            Update gate and reset gate, each of shape `(length, units)`.

        Raises:
            ValueError: there is no such GRU, or the text is empty or too long.
        """
        if not 1 <= depth <= len(self.grus):
            raise ValueError(
                f"Expected a depth from 1 to {len(self.grus)}. Received: depth={depth}."
            )
        if not 0 < len(ids) <= MAX_WINDOW:
            raise ValueError(
                f"Expected a text of 1 to {MAX_WINDOW} tokens. Received: one of {len(ids)}."
            )
        inputs = [pad([ids]), *self.initial_states()]
        _, *states = predict_on_batch(self._steps, inputs)
        below = self._embedding(inputs[0]) if depth == 1 else states[depth - 2]
        previous = np.concatenate([inputs[depth][:, None], states[depth - 1][:, :-1]], axis=1)
        cell = self.grus[depth - 1].cell
        weights = cell.tensors()
        x = project(keras.ops.convert_to_tensor(below)[0], weights)
        kernel, bias = weights.recurrent_kernel, weights.recurrent_bias
        h = keras.ops.convert_to_tensor(previous[0])
        _, saved = step(x, h, kernel, bias, None, cell.gates())
        update, reset = map(keras.ops.convert_to_numpy, (saved.update, saved.reset))
        return update[: len(ids)], reset[: len(ids)]


def negative_log_likelihood(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Negative log-likelihood of each target, in nats, float64.

    Args:
        logits: shape `(..., vocabulary)`.
        targets: token ids, integer, shape `(...)`.
    """
    logits = logits.astype("float64")
    chosen = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return np.logaddexp.reduce(logits, axis=-1) - chosen
