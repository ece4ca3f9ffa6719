import numpy as np
import pytest

from gru_zoo.tasks.summarization.long_documents import best_that_fit, select_sentences, windows
from gru_zoo.text.special_tokens import EOS


@pytest.mark.parametrize(
    "sizes, expected",
    [
        ([3], [range(0, 1)]),
        ([5, 5, 1], [range(0, 2), range(2, 3)]),
        ([10, 10], [range(0, 1), range(1, 2)]),
        ([4, 4, 4, 4, 4], [range(0, 2), range(2, 4), range(4, 5)]),
    ],
)
def test_windows_hold_neighbors_that_fit(sizes, expected):
    assert windows(sizes, 10) == expected


def test_the_best_that_fit_come_in_their_order():
    assert best_that_fit([1.0, 5.0, 3.0, 4.0], [2, 6, 5, 2], 10) == [0, 1, 3]
    assert best_that_fit([1.0, 2.0], [4, 10], 10) == [1]


def test_sentences_with_the_most_attention_are_selected():
    sentences = [np.full(size, 10 + i, "int32") for i, size in enumerate([4, 4, 3, 5])]
    weights = {10: 0.1, 11: 0.5, 12: 0.9, 13: 0.2, EOS: 99.0}
    read = []

    def attention_received(ids):
        read.extend(ids)
        return [np.array([weights[i] for i in row]) for row in ids]

    found = select_sentences(sentences, 8, attention_received)
    assert [len(ids) for ids in read] == [9, 9] and all(ids[-1] == EOS for ids in read)
    assert [ids[0] for ids in found] == [11, 12]
