"""A memory that goes round against one that is shifted."""

import numpy as np
import pytest
from keras import ops

from gru_zoo.ring import Ring
from gru_zoo.text import PAD

SIZE, KEY_DIM = 5, 2


@pytest.mark.parametrize("nearest", [1, 3])
@pytest.mark.parametrize("steps", [0, 2, 5, 13])
def test_equals_a_memory_that_is_shifted(nearest, steps):
    random = np.random.default_rng(steps)
    keys = random.normal(size=(3, SIZE, KEY_DIM)).astype("float32")
    ids = random.integers(1, 9, (3, SIZE)).astype("int32")
    ids[0], ids[1, :3] = PAD, PAD  # before the beginning of a text
    ring = Ring(SIZE, nearest)
    held = ring.begin(*map(ops.convert_to_tensor, (keys, ids)))
    for _ in range(steps):
        tokens = random.integers(1, 9, 3).astype("int32")
        new = random.normal(size=(3, KEY_DIM)).astype("float32")
        held, behind, far = ring.read(held, ops.convert_to_tensor(tokens))
        found = [ops.convert_to_numpy(value) for value in (held.keys, behind, far)]
        _check_places(found, keys, np.concatenate([ids, tokens[:, None]], axis=1), nearest)
        held = ring.keep(held, ops.convert_to_tensor(new))
        keys = np.concatenate([keys[:, 1:], new[:, None]], axis=1)
        ids = np.concatenate([ids[:, 1:], tokens[:, None]], axis=1)
    for found, expected in zip(ring.in_order(held), (keys, ids), strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(found), expected)


def _check_places(found, keys, ids, nearest):
    """The same pairs of a key and what stands behind it can be pointed at, in any order."""
    found_keys, behind, far = found
    for row in range(3):
        near = far[row, 0] == 0
        places = [s for s in range(SIZE + 1 - nearest) if ids[row, s] != PAD]
        expected = sorted((*keys[row, s], ids[row, s + 1]) for s in places)
        got = sorted(
            (*key, i) for key, i in zip(found_keys[row][near], behind[row][near], strict=True)
        )
        assert got == expected
        assert (far[row, 0][~near] < -1e8).all()


def test_what_was_given_stays_as_it_was():
    keys = np.zeros((1, SIZE, KEY_DIM), "float32")
    ids = np.full((1, SIZE), 7, "int32")
    ring = Ring(SIZE, 3)
    held = ring.begin(*map(ops.convert_to_tensor, (keys, ids)))
    held, _, _ = ring.read(held, ops.convert_to_tensor(np.array([3], "int32")))
    ring.keep(held, ops.ones((1, KEY_DIM)))
    assert not keys.any() and (ids == 7).all()
