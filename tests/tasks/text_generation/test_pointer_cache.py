"""The pointer step by step against the layer, which reads a whole text at once."""

import numpy as np
import pytest
from keras import ops

from gru_zoo.tasks.text_generation.pointer_cache import PointerCache
from gru_zoo.tasks.text_generation.pointer_sentinel import CHARACTERS, PointerSentinel
from gru_zoo.text.special_tokens import PAD

SIZE, KEY_DIM, UNITS, ROWS = 5, 2, 4, 3


def drawn(known, steps, vocabulary, nearest):
    """A layer; keys and ids of a text of `known` places; and what is read and said behind it."""
    random = np.random.default_rng(steps)
    pointer = PointerSentinel(SIZE, KEY_DIM, nearest)
    states = random.normal(size=(ROWS, steps, UNITS)).astype("float32")
    logits = random.normal(size=(ROWS, steps, vocabulary)).astype("float32")
    tokens = random.integers(1, vocabulary, (ROWS, steps)).astype("int32")
    tokens[:, 0] = tokens[0, 0]  # the end of the text before
    keys = random.normal(size=(1, SIZE, KEY_DIM)).astype("float32")
    ids = random.integers(1, vocabulary, (1, SIZE)).astype("int32")
    ids[:, : SIZE - known] = PAD
    pointer.build(states.shape, logits.shape, tokens.shape, keys.shape, ids.shape)
    for weight in pointer.weights:
        weight.assign(random.normal(size=weight.shape))
    return pointer, keys, ids, (states, logits, tokens)


@pytest.mark.parametrize("vocabulary", [9, CHARACTERS + 1])
@pytest.mark.parametrize("nearest", [1, 3])
@pytest.mark.parametrize("known", [0, 2, SIZE])
@pytest.mark.parametrize("steps, room", [(4, 4), (4, SIZE), (13, SIZE)])
def test_equals_one_pass(steps, room, known, nearest, vocabulary):
    pointer, keys, ids, read = drawn(known, steps, vocabulary, nearest)
    states, logits, tokens = map(ops.convert_to_tensor, read)
    memory = [np.repeat(array, ROWS, axis=0) for array in (keys, ids)]
    expected, _ = pointer(states, logits, tokens, *map(ops.convert_to_tensor, memory))

    recall = PointerCache(pointer, vocabulary)
    ids = np.concatenate([ids, read[2][:1, :1]], axis=1)
    before = recall.before(*map(ops.convert_to_tensor, (keys, ids)))
    empty = np.zeros((ROWS, room, KEY_DIM), "float32"), np.zeros((ROWS, room)), np.zeros(ROWS)
    written = recall.written(*map(ops.convert_to_tensor, empty))
    for t in range(steps):
        found, written = recall.step(states[:, t], logits[:, t], tokens[:, t], before, written)
        found, wanted = map(ops.convert_to_numpy, (found, expected[:, t]))
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


def test_the_text_alone_stays_as_it_stood():
    pointer, keys, ids, read = drawn(SIZE, 4, 9, nearest=1)
    states, logits, tokens = map(ops.convert_to_tensor, read)
    recall = PointerCache(pointer, 9)
    ids = np.concatenate([ids, read[2][:1, :1]], axis=1)
    before = recall.before(*map(ops.convert_to_tensor, (keys, ids)), alone=True)
    for t in range(4):
        found, written = recall.step(states[:, t], logits[:, t], tokens[:, t], before, None)
        first = [x[:, t : t + 1] for x in (states, logits)]
        memory = [np.repeat(array, ROWS, axis=0) for array in (keys, ids[:, :-1])]
        memory = map(ops.convert_to_tensor, memory)
        expected, _ = pointer(*first, tokens[:, :1], *memory)
        found, wanted = map(ops.convert_to_numpy, (found, expected[:, 0]))
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)
        assert written is None


def test_what_was_given_stays_as_it_was():
    pointer, keys, ids, read = drawn(SIZE, 1, 9, nearest=1)
    states, logits, tokens = map(ops.convert_to_tensor, read)
    recall = PointerCache(pointer, 9)
    ids = np.concatenate([ids, read[2][:1, :1]], axis=1)
    before = recall.before(*map(ops.convert_to_tensor, (keys, ids)))
    given = np.zeros((ROWS, 4, KEY_DIM), "float32"), np.full((ROWS, 4), 7, "int32")
    written = recall.written(*map(ops.convert_to_tensor, (*given, np.zeros(ROWS, "int32"))))
    recall.step(states[:, 0], logits[:, 0], tokens[:, 0], before, written)
    assert not given[0].any() and (given[1] == 7).all()
