"""Make new sentences of the treebank's, by exchanging phrases that begin with the same word.

Such phrases are mostly of one kind: "a film of charm" and "full of cliches" become "a film of
cliches" and "full of charm".
"""

import collections
import random
from collections.abc import Sequence

from gru_zoo.data.sst import detokenize

WORDS = range(2, 13)  # in a phrase that is exchanged
MAX_SWAPS = 2  # phrases of a sentence that are exchanged


def exchange_phrases(trees: Sequence[list[tuple[str, int]]], each: int, seed: int) -> list[str]:
    """New sentences in which phrases are replaced by those of other sentences.

    Args:
        trees: from `gru_zoo.data.sst.load_trees`.
        each: maximum number of new sentences of each tree.
        seed: seed of the random choices.

    Returns:
        The sentences, without those of the treebank.
    """
    generator = random.Random(seed)
    pool: dict[str, dict[str, None]] = collections.defaultdict(dict)  # without repetitions
    for tree in trees:
        for phrase in _phrases(tree):
            pool[_first(phrase)][phrase] = None
    choices = {word: list(phrases) for word, phrases in pool.items()}
    sentences: dict[str, None] = {}
    for tree in trees:
        phrases = _phrases(tree)
        for _ in range(each if phrases else 0):
            text = f" {tree[-1][0]} "
            for phrase in generator.sample(phrases, min(MAX_SWAPS, len(phrases))):
                # A phrase inside one that was already replaced does not occur any more.
                other = generator.choice(choices[_first(phrase)])
                text = text.replace(f" {phrase} ", f" {other} ", 1)
            sentences[detokenize(text.strip())] = None
    known = {detokenize(tree[-1][0]) for tree in trees}
    return [text for text in sentences if text not in known]


def _phrases(tree: list[tuple[str, int]]) -> list[str]:
    return [text for text, _ in tree[:-1] if len(text.split(" ")) in WORDS]


def _first(phrase: str) -> str:
    return phrase.partition(" ")[0].lower()
