import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.batching.dataset import BucketedBatches, digest
from gru_zoo.batching.padding import DEFAULT_LENGTHS


def texts(count, longest=700, seed=0):
    """Sequences of random lengths whose first id is unique to them."""
    random = np.random.default_rng(seed)
    lengths = random.integers(1, longest + 1, count)
    return [[i + 1, *random.integers(1, 99, n - 1)] for i, n in enumerate(lengths)]


def shapes(batches):
    return {batches[i][0].shape for i in range(len(batches))}


def first_ids(batches):
    """The unique ids of each batch, in the order of an epoch."""
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
    assert len(shapes(batches)) <= len(DEFAULT_LENGTHS) + 1
    assert {length for _, length in shapes(batches)} <= set(DEFAULT_LENGTHS)
    assert {size for size, _ in shapes(BucketedBatches(texts(203), batch_size=8))} == {8, 3}


def test_similar_lengths_share_a_batch():
    batches = BucketedBatches(texts(4000, longest=512), batch_size=16)
    padded = sum(batches[i][0].size for i in range(len(batches)))
    bucketed = sum(
        DEFAULT_LENGTHS[np.searchsorted(DEFAULT_LENGTHS, len(ids))]
        for ids in texts(4000, longest=512)
    )
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
        ({"inputs": [[1] * 9], "lengths": (4, 8)}, ValueError, "at most 8 ids. Received: one of 9"),
        ({"inputs": ["good film"]}, TypeError, r"shape \(\).*Encode texts with a tokenizer"),
        ({"inputs": [[0.5]]}, TypeError, "dtype float64"),
        ({"inputs": [[[1]]]}, TypeError, r"shape \(1, 1\)"),
    ],
)
def test_wrong_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        BucketedBatches(**{"inputs": [[1], [2]], "batch_size": 2} | arguments)


def test_digest_tells_whole_numbers_apart_and_no_floats():
    assert digest([np.array([1, 2])]) != digest([np.array([1, 3])])
    assert digest([np.array([True])]) != digest([np.array([False])])
    # Silence and noise alike: the dtype decides, not the values.
    assert digest(np.zeros(2, "float32")) == digest(np.full(2, 0.3, "float32"))
    assert digest(np.zeros(2, "float32")) != digest(np.zeros(3, "float32"))


@pytest.mark.parametrize("labels", [[0.0, 0.0], [1.0, 0.002], [2, 0]])
def test_digest_of_batches_covers_their_labels(labels):
    def digest_of(labels):
        return BucketedBatches([[1], [2]], labels, batch_size=1, shuffle=False).digest()

    assert digest_of([1.0, 0.0]) == digest_of([1.0, 1e-7])
    assert digest_of([1.0, 0.0]) != digest_of(labels)


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
