"""Exact match and F1 of answers, by the rule of SQuAD (Rajpurkar et al. 2016, section 6.1)."""

import collections
import re
import string
from collections.abc import Sequence

import numpy as np

from gru_zoo.metrics.metric import Metric, check_lengths

_MARKS = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")


def span_metrics(answers: Sequence[str | None], accepted: Sequence[Sequence[str]]) -> list[Metric]:
    """Exact match and F1 of answers in percent, each against the right answer nearest to it.

    Answers are compared word by word in lower case, without marks and without "a", "an" and "the".

    Args:
        answers: the answers; None where none was found.
        accepted: right answers of each; none, or "", where there is no answer.

    Raises:
        ValueError: there are no answers, or not as many right ones.

    Example:

        >>> for metric in span_metrics(["the red barn"], [["red barns", "a red barn"]]):
        ...     print(metric.name, metric.value)
        exact_match 100.0
        f1 100.0
    """
    check_lengths(len(accepted), len(answers))
    pairs = [
        ([words_of(text) for text in texts or ("",)], words_of(answer or ""))
        for answer, texts in zip(answers, accepted, strict=True)
    ]
    exact = [max(right == found for right in rights) for rights, found in pairs]
    overlap = [max(f1(found, right) for right in rights) for rights, found in pairs]
    signature = f"rule of SQuAD 1.1, percent, {len(pairs)} questions"
    return [
        Metric("exact_match", 100 * float(np.mean(exact)), signature),
        Metric("f1", 100 * float(np.mean(overlap)), signature),
    ]


def words_of(answer: str) -> list[str]:
    """The words of an answer that are compared."""
    return _ARTICLE.sub(" ", answer.lower().translate(_MARKS)).split()


def f1(found: Sequence[str], right: Sequence[str]) -> float:
    """Harmonic mean of precision and recall of words; 1 if both answers have none."""
    if not found or not right:
        return float(found == right)
    shared = sum((collections.Counter(found) & collections.Counter(right)).values())
    return 2 * shared / (len(found) + len(right))
