import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.batching.dataset import BucketedBatches
from gru_zoo.batching.padding import LENGTHS, pad, pad_batches, truncate


def texts(count, longest=700, seed=0):
    """Sequences of random lengths whose first id is unique to them."""
    random = np.random.default_rng(seed)
    lengths = random.integers(1, longest + 1, count)
    return [[i + 1, *random.integers(1, 99, n - 1)] for i, n in enumerate(lengths)]


def shapes(batches):
    return {batches[i][0].shape for i in range(len(batches))}


def first_ids(batches):
    """The unique ids in the order in which an epoch shows them, a list a batch."""
    return [batches[i][0][:, 0].tolist() for i in range(len(batches))]


@given(st.integers(1, 60), st.integers(1, 20), st.booleans(), st.integers(0, 2**32))
def test_every_example_occurs_once_an_epoch(count, batch_size, shuffle, seed):
    inputs = texts(count, longest=70)
    batches = BucketedBatches(
        inputs, np.arange(1, count + 1), batch_size=batch_size, seed=seed, shuffle=shuffle
    )
    for _ in range(2):
        seen = []
        for ids, labels in (batches[i] for i in range(len(batches))):
            assert 1 <= len(ids) <= batch_size
            assert ids.dtype == "int32"
            for row, label in zip(ids, labels, strict=True):
                assert row[row != 0].tolist() == inputs[label - 1]
            seen += labels.tolist()
        assert sorted(seen) == list(range(1, count + 1))
        assert len(batches) == -(-count // batch_size)
        batches.epoch += 1


def test_the_order_follows_from_seed_and_epoch():
    inputs = texts(100)
    one, two, other = (BucketedBatches(inputs, batch_size=8, seed=seed) for seed in (3, 3, 4))
    first = first_ids(one)
    assert first == first_ids(two)
    assert first != first_ids(other)
    one.epoch = 1
    assert first_ids(one) != first
    two.epoch = 1
    assert first_ids(one) == first_ids(two)
    two.epoch = 0
    assert first_ids(two) == first


def test_examples_meet_others_in_every_epoch():
    batches = BucketedBatches(texts(64, longest=16), batch_size=8)
    first = {frozenset(ids) for ids in first_ids(batches)}
    batches.epoch += 1
    assert len(first & {frozenset(ids) for ids in first_ids(batches)}) < 2


def test_without_shuffle_epochs_are_the_same():
    batches = BucketedBatches(texts(50), batch_size=8, shuffle=False)
    first = first_ids(batches)
    batches.epoch += 1
    assert first_ids(batches) == first


def test_shapes_are_few():
    batches = BucketedBatches(texts(200), batch_size=8)
    assert len(shapes(batches)) <= len(LENGTHS) + 1
    assert {length for _, length in shapes(batches)} <= set(LENGTHS)
    assert {size for size, _ in shapes(BucketedBatches(texts(203), batch_size=8))} == {8, 3}


def test_similar_lengths_share_a_batch():
    batches = BucketedBatches(texts(4000, longest=512), batch_size=16)
    padded = sum(batches[i][0].size for i in range(len(batches)))
    bucketed = sum(LENGTHS[np.searchsorted(LENGTHS, len(ids))] for ids in texts(4000, longest=512))
    assert padded < 1.05 * bucketed


def test_several_inputs_are_padded_each_to_its_length():
    left, right = [[1], [2, 2], [3] * 20], [[4] * 40, [5], [6, 6]]
    batches = BucketedBatches((left, right), batch_size=1, shuffle=False)
    pairs = {batches[i][0][0].shape + batches[i][0][1].shape for i in range(len(batches))}
    assert pairs == {(1, 16, 1, 64), (1, 16, 1, 16), (1, 32, 1, 16)}


@given(st.integers(2, 40), st.integers(0, 99))
def test_the_first_two_batches_show_which_axes_vary(count, seed):
    random = np.random.default_rng(seed)
    columns = tuple([[1] * n for n in random.integers(1, 60, count)] for _ in range(2))
    batches = BucketedBatches(columns, batch_size=3, seed=seed)
    for column in range(2):
        lengths = [batches[i][0][column].shape[1] for i in range(len(batches))]
        assert len(set(lengths)) == 1 or lengths[0] != lengths[1]


def test_long_sequences_are_cut():
    batches = BucketedBatches([list(range(1, 11))], batch_size=1, lengths=(4, 8))
    assert batches[0][0].tolist() == [[1, 2, 5, 6, 7, 8, 9, 10]]


@given(st.integers(0, 60), st.integers(1, 30))
def test_truncate_keeps_a_quarter_from_the_start(length, limit):
    ids = np.arange(length)
    cut = truncate(ids, limit)
    assert len(cut) == min(length, limit)
    if length > limit:
        assert cut.tolist() == [*range(limit // 4), *range(length - limit + limit // 4, length)]


@given(st.lists(st.integers(0, 80), max_size=50), st.integers(1, 20))
def test_prediction_batches_hold_every_sequence_once(lengths, batch_size):
    sequences = [[i + 1] * n for i, n in enumerate(lengths)]
    seen = []
    for rows, ids in pad_batches(sequences, batch_size):
        assert len(rows) <= len(ids) <= batch_size
        for row, padded in zip(rows, ids, strict=False):
            assert padded[padded != 0].tolist() == sequences[row]
        assert not ids[len(rows) :].any()
        seen += rows.tolist()
    assert sorted(seen) == list(range(len(lengths)))


def test_prediction_batches_have_few_shapes():
    shapes = {ids.shape for _, ids in pad_batches(texts(200), 64)}
    assert len(shapes) <= len(LENGTHS) + 1
    alone = {ids.shape for n in range(1, 65) for _, ids in pad_batches([[1]] * n, 64)}
    assert alone == {(2**k, 16) for k in range(7)}
    assert [ids.shape for _, ids in pad_batches([[1]] * 45, 50)] == [(50, 16)]


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"inputs": []}, ValueError, r"at least one. Received: \[0\] sequences and no labels"),
        ({"labels": [1]}, ValueError, r"Received: \[2\] sequences and 1 labels"),
        ({"inputs": ([[1]], [[1], [2]])}, ValueError, r"Received: \[1, 2\] sequences"),
        ({"inputs": ()}, ValueError, r"Received: \[\] sequences"),
        ({"batch_size": 0}, ValueError, "batch_size=0"),
        ({"lengths": ()}, ValueError, r"lengths=\(\)"),
        ({"lengths": (8, 4)}, ValueError, r"ascending order. Received: lengths=\(8, 4\)"),
        ({"lengths": (0, 4)}, ValueError, r"lengths=\(0, 4\)"),
        ({"inputs": ["good film"]}, TypeError, r"shape \(\).*Encode texts with a tokenizer"),
        ({"inputs": [[0.5]]}, TypeError, "dtype float64"),
        ({"inputs": [[[1]]]}, TypeError, r"shape \(1, 1\)"),
    ],
)
def test_wrong_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        BucketedBatches(**{"inputs": [[1], [2]], "batch_size": 2} | arguments)


def test_what_is_too_long_to_be_padded_is_refused():
    assert pad([[1] * 4], (2, 4)).shape == (1, 4)
    with pytest.raises(ValueError, match="at most 4 ids. Received: one of 5"):
        pad([[1], [1] * 5], (2, 4))


def test_wrong_predictions_are_refused():
    with pytest.raises(ValueError, match="batch_size=0"):
        list(pad_batches([[1]], 0))


def classifier():
    inputs = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(100, 2, embeddings_initializer="ones")(inputs)
    pooled = keras.layers.GlobalAveragePooling1D()(vectors)
    outputs = keras.layers.Dense(1, kernel_initializer="ones")(pooled)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def sample(count):
    inputs = [[i % 99 + 1] * (i % 40 + 1) for i in range(count)]
    return inputs, np.arange(float(count))[:, None] / count


def test_a_resumed_training_is_the_same_training():
    whole, resumed = classifier(), classifier()
    options = {"epochs": 3, "shuffle": False, "verbose": 0}
    whole.fit(BucketedBatches(*sample(60), batch_size=8), **options)
    batches = BucketedBatches(*sample(60), batch_size=8)
    resumed.fit(batches, **options | {"epochs": 1})
    assert batches.epoch == 1
    again = BucketedBatches(*sample(60), batch_size=8)
    again.epoch = 1
    resumed.fit(again, initial_epoch=1, **options)
    assert again.epoch == 3
    for a, b in zip(whole.weights, resumed.weights, strict=True):
        a, b = keras.ops.convert_to_numpy(a.value), keras.ops.convert_to_numpy(b.value)
        np.testing.assert_array_equal(a, b)


def test_training_in_two_calls_counts_every_epoch_once():
    model, batches = classifier(), BucketedBatches(*sample(20), batch_size=10)
    model.fit(batches, epochs=2, verbose=0)
    model.fit(batches, verbose=0)
    assert batches.epoch == 3


def test_a_model_with_two_inputs_learns_from_batches():
    left, right = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    embed = keras.layers.Embedding(100, 2)
    pool = keras.layers.GlobalAveragePooling1D()
    outputs = keras.layers.Dense(1)(keras.ops.multiply(pool(embed(left)), pool(embed(right))))
    model = keras.Model([left, right], outputs)
    model.compile("sgd", "mse")
    inputs, labels = sample(60)
    batches = BucketedBatches((inputs, inputs[::-1]), labels, batch_size=8)
    loss = model.fit(batches, verbose=0, shuffle=False).history["loss"]
    assert np.isfinite(loss).all()
