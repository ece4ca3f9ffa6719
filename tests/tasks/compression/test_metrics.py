import numpy as np
import pytest

from gru_zoo.tasks.compression.metrics import GoldWords, gold_words, word_metrics


def bools(*values):
    return np.array(values, "bool")


def test_word_metrics_by_hand():
    kept = [bools(1, 1, 0, 1), bools(1, 0)]
    gold = [
        GoldWords(bools(1, 0, 1, 1), 1, bools(0, 0, 0, 1)),
        GoldWords(bools(1, 0), 0, bools(0, 1)),
    ]
    found = word_metrics(kept, gold)
    assert [metric.name for metric in found] == [
        *("token_f1", "word_f1", "exact_match", "compression_ratio")
    ]
    values = [metric.value for metric in found]
    # Two of three kept are right, two of four gold words are found; the mark is one of each.
    assert values == pytest.approx([(4 / 7 + 1) / 2, (2 / 5 + 1) / 2, 0.5, (0.75 + 0.5) / 2])
    assert found[0].signature == "words and marks|by place|mean of sentences|examples:2"


def test_word_metrics_of_nothing():
    nothing = bools()
    gold = GoldWords(nothing, 0, nothing)
    assert [m.value for m in word_metrics([nothing], [gold])] == [1, 1, 1, 1]
    assert word_metrics([nothing], [gold._replace(missing=2)])[0].value == 0
    with pytest.raises(ValueError, match="at least one example"):
        word_metrics([], [])


def test_gold_words_of_a_reference():
    (gold,) = gold_words(["A big dog ran."], ["A small dog ran."])
    assert gold.kept.tolist() == [True, False, True, True, True]
    assert gold.missing == 1 and gold.marks.tolist() == [False] * 4 + [True]
