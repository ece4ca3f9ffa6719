"""The pointer step by step, compared with the layer over a whole text."""

import numpy as np
import pytest
from keras import ops

from gru_zoo.tasks.text_generation.pointer_cache import PointerCache
from gru_zoo.tasks.text_generation.pointer_sentinel import MAX_ONE_HOT_VOCABULARY, PointerSentinel
from gru_zoo.text.special_tokens import PAD

SIZE, KEY_DIM, UNITS, ROWS = 5, 2, 4, 3


def drawn(known, steps, vocabulary, nearest):
    """A layer; keys and ids of a prompt of `known` places; states, logits and tokens after it."""
    random = np.random.default_rng(steps)
    pointer = PointerSentinel(SIZE, KEY_DIM, nearest)
    states = random.normal(size=(ROWS, steps, UNITS)).astype("float32")
    logits = random.normal(size=(ROWS, steps, vocabulary)).astype("float32")
    tokens = random.integers(1, vocabulary, (ROWS, steps)).astype("int32")
    tokens[:, 0] = tokens[0, 0]  # the last token of the prompt
    keys = random.normal(size=(1, SIZE, KEY_DIM)).astype("float32")
    ids = random.integers(1, vocabulary, (1, SIZE)).astype("int32")
    ids[:, : SIZE - known] = PAD
    pointer.build(states.shape, logits.shape, tokens.shape, keys.shape, ids.shape)
    for weight in pointer.weights:
        weight.assign(random.normal(size=weight.shape))
    return pointer, keys, ids, (states, logits, tokens)


@pytest.mark.parametrize("vocabulary", [9, MAX_ONE_HOT_VOCABULARY + 1])
@pytest.mark.parametrize("nearest", [1, 3])
@pytest.mark.parametrize("known", [0, 2, SIZE])
@pytest.mark.parametrize("steps, ring_size", [(4, 4), (4, SIZE), (13, SIZE)])
def test_equals_one_pass(steps, ring_size, known, nearest, vocabulary):
    pointer, keys, ids, read = drawn(known, steps, vocabulary, nearest)
    states, logits, tokens = map(ops.convert_to_tensor, read)
    memory = [np.repeat(array, ROWS, axis=0) for array in (keys, ids)]
    expected, _ = pointer(states, logits, tokens, *map(ops.convert_to_tensor, memory))

    cache = PointerCache(pointer, vocabulary)
    ids = np.concatenate([ids, read[2][:1, :1]], axis=1)
    prompt = cache.prompt_memory(*map(ops.convert_to_tensor, (keys, ids)))
    empty = (
        np.zeros((ROWS, ring_size, KEY_DIM), "float32"),
        np.zeros((ROWS, ring_size)),
        np.zeros(ROWS),
    )
    generated = cache.generated_memory(*map(ops.convert_to_tensor, empty))
    for t in range(steps):
        log_p, generated = cache.step(states[:, t], logits[:, t], tokens[:, t], prompt, generated)
        log_p, wanted = map(ops.convert_to_numpy, (log_p, expected[:, t]))
        np.testing.assert_allclose(log_p, wanted, rtol=1e-4, atol=1e-4)


def test_a_search_can_point_at_the_prompt_alone():
    pointer, keys, ids, read = drawn(SIZE, 4, 9, nearest=1)
    states, logits, tokens = map(ops.convert_to_tensor, read)
    cache = PointerCache(pointer, 9)
    ids = np.concatenate([ids, read[2][:1, :1]], axis=1)
    prompt = cache.prompt_memory(*map(ops.convert_to_tensor, (keys, ids)), prompt_only=True)
    for t in range(4):
        log_p, generated = cache.step(states[:, t], logits[:, t], tokens[:, t], prompt, None)
        first = [x[:, t : t + 1] for x in (states, logits)]
        memory = [np.repeat(array, ROWS, axis=0) for array in (keys, ids[:, :-1])]
        memory = map(ops.convert_to_tensor, memory)
        expected, _ = pointer(*first, tokens[:, :1], *memory)
        log_p, wanted = map(ops.convert_to_numpy, (log_p, expected[:, 0]))
        np.testing.assert_allclose(log_p, wanted, rtol=1e-4, atol=1e-4)
        assert generated is None


def test_the_arguments_are_not_changed():
    pointer, keys, ids, read = drawn(SIZE, 1, 9, nearest=1)
    states, logits, tokens = map(ops.convert_to_tensor, read)
    cache = PointerCache(pointer, 9)
    ids = np.concatenate([ids, read[2][:1, :1]], axis=1)
    prompt = cache.prompt_memory(*map(ops.convert_to_tensor, (keys, ids)))
    given = np.zeros((ROWS, 4, KEY_DIM), "float32"), np.full((ROWS, 4), 7, "int32")
    generated = cache.generated_memory(
        *map(ops.convert_to_tensor, (*given, np.zeros(ROWS, "int32")))
    )
    cache.step(states[:, 0], logits[:, 0], tokens[:, 0], prompt, generated)
    assert not given[0].any() and (given[1] == 7).all()
