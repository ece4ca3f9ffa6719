import pytest

from gru_zoo.tasks.compression import training
from gru_zoo.tasks.compression.training import usable_pairs


def test_pairs_of_other_words_are_skipped():
    texts, shorter_texts = ["A dog ran.", "A dog ran.", ""], ["A cat ran.", "A dog.", ""]
    with pytest.warns(UserWarning, match="Skipped 2 of 3 pairs. Expected a text of 1 to 9 words"):
        (pair,) = usable_pairs(texts, shorter_texts, max_words=9)
    assert pair[0] == "A dog ran." and pair[1].tolist() == [True, True, False, True]
    with pytest.raises(ValueError, match="in order. Received: 1 pairs, none of them usable"):
        usable_pairs(["A dog ran."], ["It ran away."], max_words=9)


def test_texts_that_are_skipped_are_not_aligned(monkeypatch):
    aligned, align = [], training.align
    monkeypatch.setattr(
        training, "align", lambda words, shorter: aligned.append(shorter) or align(words, shorter)
    )
    with pytest.warns(UserWarning, match="Skipped 1 of 2 pairs"):
        usable_pairs(["word " * 10, "A dog ran."], ["word", "A dog."], max_words=9)
    assert aligned == ["A dog."]
