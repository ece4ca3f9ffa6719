import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.batching.padding import DEFAULT_LENGTHS, longest_length, pad, pad_batches


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
    sequences = [[1] * n for n in np.random.default_rng(0).integers(1, 701, 200)]
    shapes = {ids.shape for _, ids in pad_batches(sequences, 64)}
    assert len(shapes) <= len(DEFAULT_LENGTHS) + 1
    alone = {ids.shape for n in range(1, 65) for _, ids in pad_batches([[1]] * n, 64)}
    assert alone == {(2**k, 16) for k in range(7)}
    assert [ids.shape for _, ids in pad_batches([[1]] * 45, 50)] == [(50, 16)]


def test_what_is_too_long_to_be_padded_is_refused():
    assert pad([[1] * 4], (2, 4)).shape == (1, 4)
    for padded in (pad, lambda x, lengths: list(pad_batches(x, 2, lengths))):
        with pytest.raises(ValueError, match="at most 4 ids. Received: one of 5. Leave it out"):
            padded([[1], [1] * 5], (2, 4))


def test_longest_length():
    assert longest_length([[1], [1, 2]], 2) == 2 and longest_length([], 2) == 0
    with pytest.raises(ValueError, match="at most 1 ids. Received: one of 2"):
        longest_length([[1], [1, 2]], 1)


def test_wrong_predictions_are_refused():
    with pytest.raises(ValueError, match="batch_size=0"):
        list(pad_batches([[1]], 0))
    with pytest.raises(TypeError, match="Encode texts with a tokenizer"):
        list(pad_batches(["good film"], 1))
