"""Alignment of a text with its compression: which words of the text were kept."""

import collections
import dataclasses
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from gru_zoo.tasks.compression.words import LETTERS, MARK, Word

_PARTS = re.compile(f"{LETTERS}|{MARK}")


@dataclasses.dataclass(frozen=True)
class Alignment:
    """Positions of the words of a compression in its text.

    Args:
        kept: for each word of the text, whether the compression has it, boolean, shape `(words,)`.
        missing: number of parts of words of the compression that the text does not have in this
            order.
    """

    kept: np.ndarray
    missing: int


def align(words: Sequence[Word], shorter: str) -> Alignment:
    """Align the words of a text with a compression of it.

    Upper and lower case, composed and decomposed letters, and spaces within a word make no
    difference. Among several alignments, the one with the most matches wins, then the one with the
    most adjacent matches, then the one that matches later parts. A full stop at the end of the
    compression needs no match if the text does not end with one.

    Args:
        words: the words of the text.
        shorter: the compression.
    """
    parts = [(part, i) for i, word in enumerate(words) for part in _parts(word.text)]
    wanted = _parts(shorter)
    if wanted[-1:] == ["."] and "." not in (part for part, _ in parts[-2:]):
        wanted.pop()
    matched = _matched_positions(wanted, [part for part, _ in parts])
    kept = np.ones(len(words), "bool")
    for position, (_, word) in enumerate(parts):
        kept[word] &= position in matched
    inside = sum(position in matched and kept[word] for position, (_, word) in enumerate(parts))
    return Alignment(kept, len(wanted) - inside)


def _matched_positions(wanted: list[str], parts: list[str]) -> set[int]:
    """Match wanted parts with parts in order, by the rules of `align`.

    A path is a chain of matches (i, p) that ascends in both numbers, i of wanted parts and p of
    parts. It is stored as (number of matches, number of adjacent matches, last i, last p), so
    that of two paths the greater tuple is the better one. As for a longest common subsequence, the
    wanted parts are read one by one, and best[p] is the best path within those read and parts[:p].
    For each match, the match before it on its best path is stored. For the wanted parts "the cat"
    and the parts "the dog the cat":

        wanted       best[0]         best[1]       best[2]       best[3]       best[4]
        nothing      (0, 0, -1, -1)  the same everywhere
        "the"        (0, 0, -1, -1)  (1, 0, 0, 0)  (1, 0, 0, 0)  (1, 0, 0, 2)  (1, 0, 0, 2)
        "the cat"    (0, 0, -1, -1)  (1, 0, 0, 0)  (1, 0, 0, 0)  (1, 0, 0, 2)  (2, 1, 1, 3)

    The best path at the end has the matches (1, 3) and, before it, (0, 2): positions 2 and 3.

    Args:
        wanted: parts of the compression.
        parts: parts of the text.

    Returns:
        Indices of the matched parts of the text.
    """
    positions = collections.defaultdict(list)
    for p, part in enumerate(parts):
        positions[part].append(p)
    empty = (0, 0, -1, -1)
    best = [empty] * (len(parts) + 1)
    previous: dict[tuple[int, int], tuple[int, int]] = {}
    # Paths that end with the wanted part before, by p, as they count for a match at p + 1.
    adjoining: dict[int, tuple[int, int, int, int]] = {}
    for i, part in enumerate(wanted):
        paths = {}
        for p in positions[part]:
            matches, adjacent, last_i, last_p = max(best[p], adjoining.get(p - 1, empty))
            previous[i, p] = last_i, last_p
            paths[p] = (matches + 1, adjacent, i, p)
        adjoining = {p: (n, k + 1, i, p) for p, (n, k, *_) in paths.items()}
        for p in range(len(parts)) if paths else ():
            best[p + 1] = max(best[p], best[p + 1], paths.get(p, empty))
    matched, match = set(), best[-1][2:]
    while match in previous:
        matched.add(match[1])
        match = previous[match]
    return matched


def _parts(text: str) -> list[str]:
    """Split a text into runs of letters, and marks, in a normal form."""
    return _PARTS.findall(unicodedata.normalize("NFC", text.casefold()))
