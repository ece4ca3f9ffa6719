import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.tasks.recommendation.batches import LENGTHS, WINDOW, SequenceBatches, cut
from gru_zoo.tasks.recommendation.training import (
    STRENGTHS,
    Judge,
    NextItemModel,
    hold_out_last,
    judged,
)
from gru_zoo.tasks.recommendation.vocabulary import learn_counts, with_more_items
from tests.tasks.recommendation.toy import CONFIG, ITEMS, counted_task, dense, sequences


def test_every_item_but_the_first_follows_once():
    ids = np.arange(1, 2 * WINDOW + 10, dtype="int32")
    parts = cut([ids, np.array([7]), np.array([8, 9])])
    pairs = [(a, b) for part in parts for a, b in zip(part[:-1], part[1:], strict=True)]
    assert pairs == [*zip(ids[:-1], ids[1:], strict=True), (8, 9)]
    assert max(map(len, parts)) <= WINDOW + 1 == LENGTHS[-1]


def test_batches_weigh_padding_with_nothing():
    batches = SequenceBatches([np.array([1, 2, 3]), np.array([4, 5])], batch_size=2, shuffle=False)
    ids, zeros, weights = batches[0]
    assert sorted(ids.tolist()) == [[1, 2, 3, 0, 0], [4, 5, 0, 0, 0]]
    assert weights.sum() == 3 and zeros.shape == weights.shape == (2, 4)
    with pytest.raises(ValueError, match="no item follows another"):
        SequenceBatches([], batch_size=2)


def test_the_last_items_are_held_out():
    log = [np.array([1, 2, 3]), np.array([1, 2]), np.array([4, 5, 6, 7])]
    train, (histories, targets) = hold_out_last(log, 1.0, seed=0)
    assert [ids.tolist() for ids in train] == [[1, 2], [1, 2], [4, 5, 6]]
    assert [ids.tolist() for ids in histories] == [[1, 2], [4, 5, 6]]
    assert targets.tolist() == [3, 7]
    some, (_, one) = hold_out_last(log, 0.5, seed=0)
    assert len(one) == 1 and sum(map(len, some)) == 8


def test_judged_are_those_with_a_history():
    held_out = ([np.array([], int), np.array([1]), np.array([2])], np.array([1, 2, 3]))
    histories, targets = judged(held_out, seed=0)
    assert sorted(targets.tolist()) == [2, 3] and all(map(len, histories))


def test_the_loss_comes_to_that_of_the_full_softmax():
    task = counted_task()
    frequencies = np.ones(ITEMS + 1)
    model = NextItemModel(task.model, frequencies, samples=20_000, seed=1)
    ids = np.array([[1, 2, 3], [5, 4, 0]], "int32")
    found = ops.convert_to_numpy(model(ids))
    query = keras.Model(task.model.input, task.model.get_layer("query").output)
    table, bias = task.model.get_layer("embedding").get_weights()
    logits = query.predict(ids[:, :-1], verbose=0) @ table.T + bias
    logs = np.log(np.exp(logits).sum(axis=-1))
    for row, place in ((0, 0), (0, 1), (1, 0)):
        exact = logs[row, place] - logits[row, place, ids[row, place + 1]]
        assert found[row, place] == pytest.approx(exact, abs=0.05)
    weights = np.array([[1, 1], [1, 0]], "float32")
    tensors = (ops.convert_to_tensor(array) for array in (found, weights))
    mean = model.compute_loss(None, None, *tensors)
    assert float(mean) == pytest.approx((found * weights).sum() / 3, rel=1e-5)


def test_the_strength_is_the_one_with_the_highest_gain():
    task = counted_task()
    encoded = [task.processor.encode(items)[0] for items in sequences(seed=9)]
    held_out = ([ids[:-1] for ids in encoded], np.array([ids[-1] for ids in encoded]))
    found = Judge(task.model, held_out).choose_strength()
    layer, gains = task.model.get_layer("successor_counts"), {}
    chosen = float(ops.convert_to_numpy(layer.strength))
    names = task.processor.items
    inputs = [[names[i - 1] for i in ids] for ids in held_out[0]]
    targets = [names[i - 1] for i in held_out[1]]
    for strength in STRENGTHS:
        layer.strength.assign(strength)
        gains[strength] = task.evaluate(inputs, targets)[0].value
    assert found == pytest.approx(max(gains.values()), abs=1e-6)
    assert gains[chosen] == pytest.approx(max(gains.values()), abs=1e-6)


def test_counts_of_two_logs_add_up():
    task, both = counted_task(), counted_task()
    first = dense(task)
    more = [np.array([1, 5, 9], "int32")] * 5
    learn_counts(task.model, more, CONFIG.pair_decay)
    after = dense(task)
    assert after[1, 5] > first[1, 5] and after[9, 5] > first[9, 5]
    np.testing.assert_allclose(after[3], first[3], rtol=1e-4)  # was not in the second log
    frequencies = [
        np.asarray(t.model.get_layer("successor_counts").get_weights()[2]) for t in (task, both)
    ]
    assert (frequencies[0] - frequencies[1]).tolist() == [
        5.0 if item in (1, 5, 9) else 0.0 for item in range(ITEMS + 1)
    ]


def test_a_larger_model_gives_the_old_items_the_same_scores():
    task = counted_task()
    larger, config = with_more_items(task.model, CONFIG, ITEMS + 3)
    assert config.items == ITEMS + 3 and larger.output_shape == (None, ITEMS + 4)
    ids = np.array([[1, 2], [5, 0]], "int32")
    old, new = (model.predict(ids, verbose=0) for model in (task.model, larger))
    assert (new[:, ITEMS + 1 :] >= 0).all()
    shares = new[:, 1 : ITEMS + 1] / old[:, 1:]
    assert (shares <= 1 + 1e-5).all() and shares.min() > 0.5
