import numpy as np
import pytest

from gru_zoo.base.seq2seq.batches import (
    FINE_LENGTHS,
    Seq2SeqBatches,
    shift_right,
    with_shifted_targets,
)
from gru_zoo.text.special_tokens import BOS, EOS


def pairs(count, longest=60, seed=0):
    """Ids of random lengths that end with EOS, the first of which says which pair it is."""
    random = np.random.default_rng(seed)
    return [
        [[100 + i, *random.integers(4, 99, n), EOS] for i, n in enumerate(lengths)]
        for lengths in random.integers(0, longest - 1, (2, count))
    ]


@pytest.mark.parametrize("shuffle", [True, False])
def test_every_pair_occurs_once_an_epoch(shuffle):
    sources, targets = pairs(200)
    batches = Seq2SeqBatches(sources, targets, tokens=256, shuffle=shuffle, seed=1)
    for _ in range(2):
        seen = []
        for (source, read), target in (batches[i] for i in range(len(batches))):
            assert source.dtype == read.dtype == target.dtype == "int32"
            assert target.size <= 256 and target.shape == read.shape
            assert {source.shape[1], target.shape[1]} <= set(FINE_LENGTHS)
            for row in range(len(target)):
                pair = target[row, 0] - 100
                assert source[row][source[row] != 0].tolist() == sources[pair]
                assert target[row][target[row] != 0].tolist() == targets[pair]
                seen.append(pair)
        assert sorted(seen) == list(range(200))
        batches.epoch += 1


def test_batches_are_full():
    sources, targets = pairs(2000, longest=30)
    batches = Seq2SeqBatches(sources, targets, tokens=512)
    filled = np.mean([np.count_nonzero(batches[i][1]) for i in range(len(batches))])
    assert filled > 0.75 * 512


def test_sources_can_be_counted_and_targets_read_whole():
    sources, targets = pairs(200)
    batches = Seq2SeqBatches(
        sources, targets, tokens=256, batch_by="source", make_inputs=with_shifted_targets
    )
    seen = 0
    for (source, inputs), target in (batches[i] for i in range(len(batches))):
        assert source.size <= 256
        np.testing.assert_array_equal(inputs, target)
        seen += len(source)
    assert seen == 200
    filled = np.mean([np.count_nonzero(batches[i][0][0]) for i in range(len(batches))])
    assert filled > 0.7 * 256


def test_the_order_follows_from_seed_and_epoch():
    def order(seed, epoch):
        batches = Seq2SeqBatches(*pairs(100), tokens=256, seed=seed)
        batches.epoch = epoch
        return [batches[i][1][:, 0].tolist() for i in range(len(batches))]

    assert order(1, 3) == order(1, 3)
    assert order(1, 3) != order(1, 4)
    assert order(1, 3) != order(2, 3)


def test_shift_right():
    np.testing.assert_array_equal(
        shift_right(np.array([[7, 8, EOS, 0], [9, EOS, 0, 0]])),
        [[BOS, 7, 8, EOS], [BOS, 9, EOS, 0]],
    )


def test_pairs_can_be_resampled():
    sources, targets = pairs(100)
    calls = []

    def draw(rows, seed):
        calls.append(seed)
        return [[5, *sources[i]] for i in rows], [[6, *targets[i]] for i in rows]

    batches = Seq2SeqBatches(sources, targets, tokens=256, resample=draw, seed=1)
    planned, drawn = batches[1], batches[2]
    assert (planned[0][0][:, 0] >= 100).all() and (drawn[0][0][:, 0] == 5).all()
    assert (drawn[1][:, 0] == 6).all() and (drawn[0][1][:, 1] == 6).all()
    first = calls[-1]
    assert batches[2] and calls[-1] == first  # the same again
    batches.epoch += 1
    assert batches[2] and calls[-1] != first


@pytest.mark.parametrize("length, tokens, bound", [(300, 1000, 256), (50, 40, 40)])
def test_pairs_that_do_not_fit_are_refused(length, tokens, bound):
    with pytest.raises(ValueError, match=f"at most {bound} tokens. Received: one of {length}"):
        Seq2SeqBatches([[5] * length], [[5, EOS]], tokens=tokens)
