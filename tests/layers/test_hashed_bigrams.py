import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import HashedBigrams

VOCABULARY_SIZE, BUCKETS = 20, 57


def expected(token_ids, kernel):
    rows = []
    for ids in token_ids:
        pairs = [(int(a), int(b)) for a, b in zip(ids, ids[1:], strict=False) if a and b]
        hashes = {(52_711 * a + 31_337 * b) % (BUCKETS - VOCABULARY_SIZE) for a, b in pairs}
        features = {int(i) for i in ids if i} | {VOCABULARY_SIZE + h for h in hashes}
        rows.append(sum((kernel[f] for f in sorted(features)), np.zeros(kernel.shape[1])))
    return np.stack(rows)


@pytest.fixture(scope="module")
def layer():
    layer = HashedBigrams(3, VOCABULARY_SIZE, BUCKETS)
    layer.build((None, None))
    random = np.random.default_rng(0)
    layer.set_weights([random.normal(size=(BUCKETS, 3)).astype("float32")])
    return layer


@pytest.mark.parametrize("time", [1, 2, 9, 40])
def test_equals_a_sum_over_sets(layer, time):
    ids = np.random.default_rng(time).integers(0, VOCABULARY_SIZE, size=(5, time), dtype="int32")
    output = ops.convert_to_numpy(layer(ids))
    np.testing.assert_allclose(output, expected(ids, layer.get_weights()[0]), atol=1e-5)


def test_padding_changes_nothing(layer):
    ids = np.array([[4, 5, 6]], "int32")
    padded = np.pad(ids, ((0, 0), (2, 3)))
    np.testing.assert_allclose(*map(ops.convert_to_numpy, (layer(ids), layer(padded))), atol=1e-6)


def test_nothing_scores_nothing(layer):
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(np.zeros((2, 4), "int32"))), 0)


def test_the_largest_ids_do_not_overflow():
    layer = HashedBigrams(1, 25_000, 30_000)
    rows = ops.convert_to_numpy(layer.features(np.array([[24_999, 24_999]])))
    pair = 25_000 + (52_711 * 24_999 + 31_337 * 24_999) % 5_000
    assert sorted(rows[0]) == [0, 24_999, pair]


def test_it_learns():
    inputs = keras.Input((None,), dtype="int32")
    outputs = keras.layers.Activation("sigmoid")(HashedBigrams(1, 10, 200)(inputs))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
    ids = np.array([[4, 5, 6], [4, 6, 5]] * 8)  # the same tokens: only the pairs differ
    model.fit(ids, np.array([0, 1] * 8), epochs=20, verbose=0)
    low, high = model.predict(ids[:2], verbose=0)[:, 0]
    assert low < 0.1 < 0.9 < high


@pytest.mark.parametrize("sizes", [(0, 10), (10, 10), (25_001, 2**20)])
def test_sizes(sizes):
    with pytest.raises(ValueError, match=f"vocabulary_size={sizes[0]}, buckets={sizes[1]}"):
        HashedBigrams(1, *sizes)


def test_round_trip(layer):
    config = keras.saving.serialize_keras_object(layer)
    again = keras.saving.deserialize_keras_object(config)
    assert (again.units, again.vocabulary_size, again.buckets) == (3, VOCABULARY_SIZE, BUCKETS)
