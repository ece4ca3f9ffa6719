"""Key cache of the pointer during generation.

All rows of a search continue the same prompt. Its keys stay fixed and are shared, so a step takes
one product with them and copies nothing. The keys of generated tokens are in a ring buffer, whose
oldest entry is replaced by the newest.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from gru_zoo.ops.scatter import scatter_add, scatter_add_shared
from gru_zoo.tasks.text_generation.pointer_sentinel import (
    MAX_ONE_HOT_VOCABULARY,
    NEG_INF,
    PointerSentinel,
)
from gru_zoo.text.special_tokens import PAD

Tensor = Any


class PromptMemory(NamedTuple):
    """Places of the prompt, shared by all rows.

    Args:
        keys: keys of the places and, last, of the sentinel, shape `(key_dim, size + 1)`.
        bias: what is added to the scores of these, float32, shape `(size + 1,)`.
        next_ids: token id after each place, integer, shape `(size,)`; for a vocabulary of
            characters one-hot, float32, shape `(size, vocabulary)`.
    """

    keys: Tensor
    bias: Tensor
    next_ids: Tensor


class GeneratedMemory(NamedTuple):
    """Ring buffer of the places that a search generated, a part of the search's state.

    Args:
        keys: keys, shape `(rows, ring_size, key_dim)`.
        next_ids: token id after each place, integer, shape `(rows, ring_size)`.
        count: number of steps so far, the same for all rows, integer, shape `(rows,)`.
    """

    keys: Tensor
    next_ids: Tensor
    count: Tensor


class PointerCache:
    """`PointerSentinel` step by step.

    Args:
        pointer: the layer.
        vocabulary_size: number of token ids.
    """

    def __init__(self, pointer: PointerSentinel, vocabulary_size: int):
        self.pointer, self.vocabulary_size = pointer, vocabulary_size

    def prompt_memory(self, keys: Tensor, ids: Tensor, prompt_only: bool = False) -> PromptMemory:
        """Memory of the prompt.

        Args:
            keys: keys of the last `size` places before the last token, shape `(1, size, key_dim)`.
            ids: token ids of these places and of the last token, integer, shape `(1, size + 1)`,
                `PAD` before the beginning of a text.
            prompt_only: whether a search points at the prompt alone. Distances are then those at
                the start of the search.
        """
        pointer = self.pointer
        keys = ops.cast(keys[0], pointer.compute_dtype)
        sentinel = ops.cast(pointer.sentinel, keys.dtype)
        keys = ops.concatenate([ops.transpose(keys), sentinel], axis=1)
        ids = ops.cast(ids[0], "int32")
        padding = NEG_INF * ops.cast(ids[:-1] == PAD, "float32")
        sentinel_bias = ops.reshape(ops.cast(pointer.bias, "float32"), (1,))
        next_ids = ids[1:]
        if self.vocabulary_size <= MAX_ONE_HOT_VOCABULARY:
            next_ids = ops.one_hot(next_ids, self.vocabulary_size, dtype="float32")
        bias = ops.concatenate([padding, sentinel_bias])
        return PromptMemory(keys, bias + self._prompt_mask(0) if prompt_only else bias, next_ids)

    def extend_memory(
        self, keys: Tensor, ids: Tensor, top_states: Tensor, new_ids: Tensor, count: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Keys and ids of the last `size` places after more token ids have been read.

        Args:
            keys: keys of the last `size` places, shape `(1, size, key_dim)`.
            ids: token ids of these places, integer, shape `(1, size)`.
            top_states: states of the highest GRU after the new ids, shape `(1, new, units)`.
            new_ids: the new ids, integer, shape `(new,)`.
            count: number of new ids that were read, from the first, integer, shape `()`.
        """
        top_states = ops.cast(top_states, self.pointer.compute_dtype)
        new_keys = ops.matmul(top_states, self.pointer.key_kernel)
        all_keys = ops.concatenate([keys, ops.cast(new_keys, keys.dtype)], axis=1)
        all_ids = ops.concatenate([ids, ops.cast(new_ids, ids.dtype)[None]], axis=1)
        return _window(all_keys, count, keys.shape), _window(all_ids, count, ids.shape)

    def generated_memory(self, keys: Tensor, next_ids: Tensor, count: Tensor) -> GeneratedMemory:
        """Memory of a search that continues from the fields of a `GeneratedMemory`.

        The arguments are not changed by the search.
        """
        keys = ops.cast(keys, self.pointer.compute_dtype)
        next_ids, count = ops.cast(next_ids, "int32"), ops.cast(count, "int32")
        return GeneratedMemory(_writable(keys), _writable(next_ids), count)

    def step(
        self,
        top_state: Tensor,
        logits: Tensor,
        tokens: Tensor,
        prompt: PromptMemory,
        generated: GeneratedMemory | None,
    ) -> tuple[Tensor, GeneratedMemory | None]:
        """Mix the softmax with the pointer at one step.

        Args:
            top_state: state of the highest GRU after `tokens`, shape `(rows, units)`.
            logits: logits of the vocabulary, shape `(rows, vocabulary)`.
            tokens: last tokens, integer, shape `(rows,)`.
            prompt: memory of the prompt.
            generated: memory of the generated tokens; None points at the prompt alone.

        Returns:
            Log-probabilities of the next token, float32, shape `(rows, vocabulary)`, and the next
            memory of the generated tokens.
        """
        pointer, size = self.pointer, self.pointer.size
        top_state = ops.cast(top_state, pointer.compute_dtype)
        query = ops.matmul(top_state, pointer.query_kernel) + pointer.query_bias
        scores = ops.cast(ops.matmul(query, prompt.keys), "float32")
        if not generated:
            scores = scores + prompt.bias
        else:
            count = generated.count[0]
            scores = scores + (prompt.bias + self._prompt_mask(count))
            next_ids = write_ring(generated.next_ids, count - 1, tokens)
            ring_scores = ops.matmul(query[:, None], ops.transpose(generated.keys, (0, 2, 1)))
            ring_scores = ops.cast(ring_scores[:, 0], "float32")
            ring_scores = ring_scores + self._ring_mask(count, ops.shape(next_ids)[1])
            scores = ops.concatenate([scores, ring_scores], axis=-1)
            keys = write_ring(generated.keys, count, ops.matmul(top_state, pointer.key_kernel))
            generated = GeneratedMemory(keys, next_ids, generated.count + 1)
        weights = ops.softmax(scores, axis=-1)
        p = weights[:, size : size + 1] * ops.softmax(ops.cast(logits, "float32"), axis=-1)
        if self.vocabulary_size <= MAX_ONE_HOT_VOCABULARY:
            p = p + ops.matmul(weights[:, :size], prompt.next_ids)
        else:
            p = scatter_add_shared(p, prompt.next_ids, weights[:, :size])
        if generated:
            p = scatter_add(p, generated.next_ids, weights[:, size + 1 :])
        return ops.log(p + 1e-30), generated

    def _prompt_mask(self, count: Tensor) -> Tensor:
        """`NEG_INF` for places of the prompt that are too near or too far after `count` steps."""
        size = self.pointer.size
        distance = count + size - ops.arange(size + 1, dtype="int32")
        # The sentinel, which is last, has the distance `count` and is never masked.
        out_of_reach = (distance > size) | (distance < self.pointer.nearest)
        return NEG_INF * ops.cast(out_of_reach & (distance > count), "float32")

    def _ring_mask(self, count: Tensor, ring_size: int) -> Tensor:
        """`NEG_INF` for places of the ring that are too near or not yet written."""
        distance = (count - 1 - ops.arange(ring_size, dtype="int32")) % ring_size + 1
        out_of_reach = (distance < self.pointer.nearest) | (distance > count)
        return NEG_INF * ops.cast(out_of_reach, "float32")


def _writable(values: Tensor) -> Tensor:
    """A copy on torch, where `write_ring` writes in place."""
    return values.clone() if keras.backend.backend() == "torch" else values


def _window(values: Tensor, start: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Slice axis 1 from `start` on, to the given shape."""
    if keras.backend.backend() == "torch":  # where `ops.slice` takes longer than a step of a GRU
        return values.narrow(1, int(start), shape[1])
    return ops.slice(values, (0, start) + (0,) * (len(shape) - 2), shape)


def write_ring(values: Tensor, position: Tensor, new: Tensor) -> Tensor:
    """Write one entry of a ring buffer.

    Args:
        values: ring buffer, shape `(rows, ring_size, ...)`; on torch it is changed in place.
        position: position of the entry, integer, taken modulo `ring_size`.
        new: the entry, shape `(rows, ...)`.

    Returns:
        The ring buffer with the new entry.
    """
    ring_size, backend = ops.shape(values)[1], keras.backend.backend()
    index = position % ring_size
    if backend == "torch":
        values.select(1, int(index)).copy_(new)
        return values
    new = ops.cast(new, values.dtype)[:, None]
    axes = [1] * (len(values.shape) - 2)
    if backend == "jax":  # in place within a loop
        return ops.slice_update(values, [0, index] + [0] * len(axes), new)
    # On TensorFlow an update of a slice takes longer than writing all entries anew.
    is_entry = ops.reshape(ops.arange(ring_size, dtype="int32") == index, (ring_size, *axes))
    return ops.where(is_entry, new, values)
