"""New sentences made of those of the treebank, by exchanging phrases that begin with one word.

What begins with the same word is mostly of one kind: of "a film of charm" and "full of cliches"
become "a film of cliches" and "full of charm".
"""

import collections
import random
from collections.abc import Sequence

from gru_zoo.data.sst import detokenize

WORDS = range(2, 13)  # of a phrase
SWAPS = 2  # phrases of a sentence that are exchanged, at most


def exchanged(trees: Sequence[list[tuple[str, int]]], each: int, seed: int) -> list[str]:
    """Sentences in which phrases of others stand, those of the treebank left out.

    Args:
        trees: of `gru_zoo.data.sst.load_trees`.
        each: new sentences of each tree, at most.
        seed: of the choice.
    """
    draw = random.Random(seed)
    pool: dict[str, dict[str, None]] = collections.defaultdict(dict)  # without repetitions
    for tree in trees:
        for phrase in _phrases(tree):
            pool[_first(phrase)][phrase] = None
    choices = {word: list(phrases) for word, phrases in pool.items()}
    found: dict[str, None] = {}
    for tree in trees:
        phrases = _phrases(tree)
        for _ in range(each if phrases else 0):
            text = f" {tree[-1][0]} "
            for phrase in draw.sample(phrases, min(SWAPS, len(phrases))):
                # One that lies in the other is gone after the first exchange, and stays so.
                text = text.replace(f" {phrase} ", f" {draw.choice(choices[_first(phrase)])} ", 1)
            found[detokenize(text.strip())] = None
    known = {detokenize(tree[-1][0]) for tree in trees}
    return [text for text in found if text not in known]


def _phrases(tree: list[tuple[str, int]]) -> list[str]:
    return [text for text, _ in tree[:-1] if len(text.split(" ")) in WORDS]


def _first(phrase: str) -> str:
    return phrase.partition(" ")[0].lower()
