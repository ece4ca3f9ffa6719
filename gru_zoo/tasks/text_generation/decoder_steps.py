"""One decoding step of the language model: one token."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from gru_zoo.decoding.arrays import NEG_INF
from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.ops.raw_call import raw_call
from gru_zoo.tasks.text_generation.pointer_cache import PointerCache, write_ring
from gru_zoo.tasks.text_generation.states import advance_states, grus_of
from gru_zoo.text.special_tokens import BOS

Tensor = Any


class LanguageModelSteps:
    """The language model as `gru_zoo.decoding.step_model.StepModel`.

    All rows of a search continue the same prompt.

    Args:
        model: model from `gru_zoo.tasks.text_generation.model.build`.
        never: ids whose probability is set to zero.
    """

    ends = False
    shared = True

    def __init__(self, model: keras.Model, never: Sequence[int] = ()):
        self.embedding, self.projection = map(model.get_layer, ("embedding", "projection"))
        self.grus = grus_of(model)
        self.pointer_cache: PointerCache | None = None
        if len(model.inputs) > len(self.grus) + 1:
            vocabulary_size = self.embedding.vocabulary_size
            self.pointer_cache = PointerCache(model.get_layer("pointer"), vocabulary_size)
        self.variables = model.variables
        self._never: Tensor | None = None
        if never:
            mask = np.zeros(self.embedding.vocabulary_size, "float32")
            mask[list(never)] = NEG_INF
            self._never = ops.convert_to_tensor(mask)

    def inputs(
        self,
        last_id: np.ndarray,
        states: list[np.ndarray],
        rows: int = 1,
        max_length: int = 0,
    ) -> list[np.ndarray]:
        """Arguments of `start`.

        Args:
            last_id: last token id of the prompt, integer, shape `(1,)`.
            states: states of the model before this id, with a batch axis of 1.
            rows: number of texts to generate.
            max_length: maximum number of steps. With 0, a pointer points at the prompt alone, not
                at generated tokens, which saves much of the time of a short search.

        Returns:
            Arrays. The last ones are the state of the search, so that a result of `finish` can
            replace them.
        """
        depth = len(self.grus)
        state = [np.repeat(array, rows, axis=0) for array in states[:depth]]
        if self.pointer_cache is None:
            return [last_id, *state]
        keys, ids = states[depth:]
        if max_length:
            size = min(max_length, keys.shape[1])
            state += [np.zeros((rows, size, keys.shape[2]), "float32")]
            state += [np.zeros((rows, size), "int32"), np.zeros(rows, "int32")]
        return [last_id, keys, np.concatenate([ids, last_id[None]], axis=1), *state]

    def start(self, last_id: Tensor, *arrays: Tensor) -> tuple[tuple, tuple]:
        """State before the first step, and memory. See `inputs` for the arguments."""
        last_id, *rest = map(ops.convert_to_tensor, (last_id, *arrays))
        dtype, depth = state_dtype(self.projection.compute_dtype), len(self.grus)
        if self.pointer_cache is None:
            return tuple(ops.cast(h, dtype) for h in rest), (last_id, ())
        keys, ids, *state = rest
        states, ring = tuple(ops.cast(h, dtype) for h in state[:depth]), state[depth:]
        generated = (self.pointer_cache.generated_memory(*ring),) if ring else ()
        prompt = self.pointer_cache.prompt_memory(keys, ids, prompt_only=not ring)
        return (*states, *generated), (last_id, prompt)

    def read(
        self, ids: Tensor, count: Tensor, states: list[Tensor]
    ) -> tuple[list[Tensor], tuple[tuple, tuple]]:
        """Read the end of a prompt, then `start` after it.

        Args:
            ids: token ids, integer, shape `(max_count,)`.
            count: number of ids to read, 1 or more, integer, shape `()`.
            states: states of the model before the first id, with a batch axis of 1.

        Returns:
            The states of the model before the last id that is read, and the result of `start` for
            this id.
        """
        ids, depth = ops.convert_to_tensor(ids), len(self.grus)
        states = [ops.convert_to_tensor(array) for array in states]
        dtype = state_dtype(self.projection.compute_dtype)
        hs = [ops.cast(h, dtype) for h in states[:depth]]
        top_states = ops.zeros((1, ids.shape[0], self.grus[-1].units), dtype)

        def body(t, carry):
            top_states, *hs = carry
            hs = advance_states(self.embedding, self.grus, ids[t][None], hs)
            return (write_ring(top_states, t, hs[-1]), *hs)

        top_states, *hs = ops.fori_loop(0, count - 1, body, (top_states, *hs))
        last_id = ids[count - 1][None]
        if self.pointer_cache is None:
            return hs, self.start(last_id, *hs)
        keys, memory_ids = self.pointer_cache.extend_memory(
            states[depth], states[depth + 1], top_states, ids, count - 1
        )
        ids_with_last = ops.concatenate([memory_ids, last_id[None]], axis=1)
        return [*hs, keys, memory_ids], self.start(last_id, keys, ids_with_last, *hs)

    def step(self, tokens: Tensor, state: tuple, memory: tuple) -> tuple[Tensor, tuple]:
        """Logits of the next token, shape `(rows, vocabulary)`, and the next state."""
        last_id, prompt = memory
        tokens = ops.where(tokens == BOS, last_id, tokens)
        depth = len(self.grus)
        hs = advance_states(self.embedding, self.grus, tokens, state[:depth])
        x = ops.cast(ops.concatenate(hs, axis=-1), self.projection.compute_dtype)
        logits = raw_call(self.embedding, raw_call(self.projection, x), reverse=True)
        generated = state[depth] if len(state) > depth else None
        if self.pointer_cache is not None:
            logits, generated = self.pointer_cache.step(hs[-1], logits, tokens, prompt, generated)
        if self._never is not None:
            logits = ops.cast(logits, "float32") + self._never
        return logits, (*hs, generated) if generated else tuple(hs)

    def finish(self, state: tuple) -> tuple:
        """The state as it is."""
        return state
