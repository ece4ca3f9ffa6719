"""Pairs of single words, found in translated sentences.

People type single words, and sets of sentences have few. IBM model 1 (Brown et al. 1993, The
Mathematics of Statistical Machine Translation, section 4.1) finds which words translate each other.
"""

import collections
import re
from collections.abc import Sequence

import numpy as np

from recipes.translation.corpora import Pair

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
ITERATIONS = 5
MIN_COUNT = 4  # sentences with a word
MIN_PROBABILITY = 0.35  # of the translation, in both directions


def word_pairs(pairs: Sequence[Pair]) -> list[Pair]:
    """Words that translate each other in both directions, each written as it mostly is.

    Words that are alike on both sides are left out. Most of them are names, from which a model
    would learn to copy single words.

    Args:
        pairs: sentences and their translations.
    """
    sides = [_Side([pair[i] for pair in pairs]) for i in (0, 1)]
    rows, first, second = _links(*sides)
    forward = _probabilities(rows, first, second, len(sides[1].words))
    backward = _probabilities(rows, second, first, len(sides[0].words))
    best = _best(first, second, forward)
    back = _best(second, first, backward)
    found = []
    for word, (other, probability) in best.items():
        mutual = back.get(other)
        if mutual is None or mutual[0] != word:
            continue
        if min(probability, mutual[1]) >= MIN_PROBABILITY:
            pair = Pair(sides[0].written(word), sides[1].written(other))
            often = min(sides[0].count[word], sides[1].count[other]) >= MIN_COUNT
            if often and pair[0] != pair[1]:
                found.append(pair)
    return found


class _Side:
    """The words of one language: each sentence as numbers of words, without regard of case."""

    def __init__(self, sentences: Sequence[str]):
        number: dict[str, int] = {}
        forms: dict[int, collections.Counter] = collections.defaultdict(collections.Counter)
        self.sentences: list[list[int]] = []
        for sentence in sentences:
            ids = []
            for i, word in enumerate(_WORD.findall(sentence)):
                ids.append(number.setdefault(word.lower(), len(number)))
                if i:  # the first word has a capital in any case
                    forms[ids[-1]][word] += 1
            self.sentences.append(sorted(set(ids)))
        self.words = list(number)
        self.count = collections.Counter(i for ids in self.sentences for i in ids)
        self._forms = forms

    def written(self, word: int) -> str:
        """A word as it is mostly written inside a sentence."""
        forms = self._forms.get(word)
        return forms.most_common(1)[0][0] if forms else self.words[word]


def _links(one: _Side, other: _Side) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair of words of every pair of sentences: numbers of the pair and of both words."""
    rows, first, second = [], [], []
    for row, (a, b) in enumerate(zip(one.sentences, other.sentences, strict=True)):
        if a and b:
            rows.append(np.full(len(a) * len(b), row))
            first.append(np.repeat(a, len(b)))
            second.append(np.tile(b, len(a)))
    return np.concatenate(rows), np.concatenate(first), np.concatenate(second)


def _probabilities(rows: np.ndarray, given: np.ndarray, made: np.ndarray, words: int) -> np.ndarray:
    """For each link the probability of its second word given its first one."""
    _, pair = np.unique(given.astype("int64") * words + made, return_inverse=True)
    place = rows.astype("int64") * words + made  # a word of a target sentence
    _, place = np.unique(place, return_inverse=True)
    table = np.full(pair.max() + 1, 1.0)
    owner = np.zeros(len(table), "int64")
    owner[pair] = given
    for _ in range(ITERATIONS):
        weights = table[pair]
        weights /= np.bincount(place, weights)[place]
        counts = np.bincount(pair, weights)
        table = counts / np.bincount(owner, counts)[owner]
    return table[pair]


def _best(given: np.ndarray, made: np.ndarray, p: np.ndarray) -> dict[int, tuple[int, float]]:
    """For each word its most probable translation, with the probability."""
    order = np.lexsort((-p, given))
    _, first = np.unique(given[order], return_index=True)
    chosen = order[first]
    rows = zip(given[chosen].tolist(), made[chosen].tolist(), p[chosen].tolist(), strict=True)
    return {word: (other, probability) for word, other, probability in rows}
