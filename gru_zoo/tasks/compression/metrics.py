"""Token F1 of compressions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gru_zoo import metrics
from gru_zoo.metrics.metric import Metric, check_lengths
from gru_zoo.tasks.compression.alignment import align
from gru_zoo.tasks.compression.words import words_of


def kept_words(
    kept: Sequence[np.ndarray],
    expected: Sequence[np.ndarray],
    missing: Sequence[int],
    marks: Sequence[np.ndarray],
) -> list[Metric]:
    """How well the words were chosen that sentences keep (Filippova et al. 2015, section 5).

    With the kept words K and those expected E of a sentence, precision is |K and E| / |K|, recall
    |K and E| / |E|, and F1 = 2 |K and E| / (|K| + |E|), 1 if both are empty. A word is its place
    in the sentence: the same word elsewhere does not count.

    Args:
        kept: for each word and mark of each sentence, whether it is kept, boolean, `(words,)`.
        expected: whether it should be.
        missing: how many more words were expected in each that it does not have; they are in |E|.
        marks: which words are punctuation marks.

    Returns:
        `token_f1`, the mean of F1 over sentences; `word_f1`, the same without marks;
        `exact_match`, the share of sentences with K = E; `compression_ratio`, the mean share of
        words and marks that are kept.
    """
    check_lengths(len(expected), len(kept))
    rows = list(zip(kept, expected, missing, marks, strict=True))
    values = {
        "token_f1": [_f1(k, e, more) for k, e, more, _ in rows],
        "word_f1": [_f1(k & ~m, e & ~m, more) for k, e, more, m in rows],
        "exact_match": [float((k == e).all() and not more) for k, e, more, _ in rows],
        "compression_ratio": [float(k.mean()) if k.size else 1.0 for k, _, _, _ in rows],
    }
    form = {
        "token_f1": "words and marks|by place|mean of sentences",
        "word_f1": "words without marks|by place|mean of sentences",
        "exact_match": "words and marks",
        "compression_ratio": "words and marks|mean of sentences",
    }
    return [
        Metric(name, float(np.mean(numbers)), f"{form[name]}|examples:{len(rows)}")
        for name, numbers in values.items()
    ]


def _f1(kept: np.ndarray, expected: np.ndarray, missing: int) -> float:
    total = int(kept.sum()) + int(expected.sum()) + missing
    return 2 * int((kept & expected).sum()) / total if total else 1.0


class Reference(NamedTuple):
    """What to keep of a text.

    Args:
        kept: for each of its words, whether the shorter text has it.
        missing: how many words the shorter text has beyond those.
        marks: for each of its words, whether it is a mark.
    """

    kept: np.ndarray
    missing: int
    marks: np.ndarray


def references(texts: Sequence[str], shorter_texts: Sequence[str]) -> list[Reference]:
    """What shorter texts say is to be kept of each text."""
    found = []
    for text, shorter in zip(texts, shorter_texts, strict=True):
        words = words_of(text)
        aligned = align(words, shorter)
        marks = np.array([word.is_mark for word in words], "bool")
        found.append(Reference(aligned.kept, aligned.missing, marks))
    return found


def measured(expected: Sequence[Reference], kept: Sequence[np.ndarray]) -> list[metrics.Metric]:
    """Metrics of words kept of each text, see `Compression.evaluate`."""
    return kept_words(
        kept,
        [reference.kept for reference in expected],
        [reference.missing for reference in expected],
        [reference.marks for reference in expected],
    )
