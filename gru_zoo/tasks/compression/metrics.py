"""Metrics of compression, over the words that are kept."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gru_zoo.metrics.metric import Metric, check_lengths
from gru_zoo.tasks.compression.alignment import align
from gru_zoo.tasks.compression.words import words_of

_SIGNATURES = {
    "token_f1": "words and marks|by place|mean of sentences",
    "word_f1": "words without marks|by place|mean of sentences",
    "exact_match": "words and marks",
    "compression_ratio": "words and marks|mean of sentences",
}


class GoldWords(NamedTuple):
    """The words of a text that its reference keeps.

    Args:
        kept: for each word of the text, whether the reference keeps it, boolean, `(words,)`.
        missing: number of words of the reference that the text does not have.
        marks: for each word of the text, whether it is a punctuation mark, boolean, `(words,)`.
    """

    kept: np.ndarray
    missing: int
    marks: np.ndarray


def gold_words(texts: Sequence[str], references: Sequence[str]) -> list[GoldWords]:
    """Align each text with its reference.

    Args:
        texts: the texts.
        references: a compression of each text.
    """
    gold = []
    for text, reference in zip(texts, references, strict=True):
        words = words_of(text)
        alignment = align(words, reference)
        marks = np.array([word.is_mark for word in words], "bool")
        gold.append(GoldWords(alignment.kept, alignment.missing, marks))
    return gold


def word_metrics(kept: Sequence[np.ndarray], gold: Sequence[GoldWords]) -> list[Metric]:
    """Compute how well the kept words were chosen (Filippova et al. 2015, section 5).

    With the kept words K and the gold words G of a text, precision is |K and G| / |K|, recall
    |K and G| / |G|, and F1 = 2 |K and G| / (|K| + |G|), which is 1 if both are empty. Words are
    compared by position: the same word elsewhere in the text does not count. Missing words of a
    reference are in |G|.

    Args:
        kept: for each word of each text, whether it is kept, boolean, `(words,)`.
        gold: the gold words of each text.

    Returns:
        `token_f1`: mean F1 of the texts, 0 to 1;
        `word_f1`: the same without punctuation marks;
        `exact_match`: share of the texts with K = G;
        `compression_ratio`: mean share of the words and marks that are kept.

    Raises:
        ValueError: the numbers of texts differ, or there are none.
    """
    check_lengths(len(gold), len(kept))
    rows = list(zip(kept, gold, strict=True))
    values = {
        "token_f1": [_f1(k, g.kept, g.missing) for k, g in rows],
        "word_f1": [_f1(k & ~g.marks, g.kept & ~g.marks, g.missing) for k, g in rows],
        "exact_match": [float((k == g.kept).all() and not g.missing) for k, g in rows],
        "compression_ratio": [float(k.mean()) if k.size else 1.0 for k, _ in rows],
    }
    return [
        Metric(name, float(np.mean(numbers)), f"{_SIGNATURES[name]}|examples:{len(rows)}")
        for name, numbers in values.items()
    ]


def _f1(kept: np.ndarray, gold: np.ndarray, missing: int) -> float:
    total = int(kept.sum()) + int(gold.sum()) + missing
    return 2 * int((kept & gold).sum()) / total if total else 1.0
