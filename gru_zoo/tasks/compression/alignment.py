"""Which words of a text its compression keeps."""

import dataclasses
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from gru_zoo.tasks.compression.words import _LETTERS, _MARK, Word

_PARTS = re.compile(f"{_LETTERS}|{_MARK}")


@dataclasses.dataclass(frozen=True)
class Alignment:
    """Where a shorter text stands in a text.

    Args:
        kept: for each word of the text, whether the shorter one has it, shape `(words,)`.
        missing: words of the shorter text that the text does not have in this order.
    """

    kept: np.ndarray
    missing: int


def align(words: Sequence[Word], shorter: str) -> Alignment:
    """Which words of a text a shorter text kept.

    Upper and lower case are the same, so are composed and decomposed letters, and so is spacing
    within a word. Of several ways as many words as possible are found, then as many as possible
    that stand together, then those further on. A full stop at the end is not asked of a text that
    ends without one.

    Args:
        words: the words of the text.
        shorter: the shorter text.
    """
    parts = [(part, i) for i, word in enumerate(words) for part in _parts(word.text)]
    wanted = _parts(shorter)
    if wanted[-1:] == ["."] and "." not in (part for part, _ in parts[-2:]):
        wanted.pop()
    found = _places(wanted, [part for part, _ in parts])
    kept = np.ones(len(words), "bool")
    for place, (_, word) in enumerate(parts):
        kept[word] &= place in found
    inside = sum(place in found and kept[word] for place, (_, word) in enumerate(parts))
    return Alignment(kept, len(wanted) - inside)


def _places(wanted: list[str], parts: list[str]) -> set[int]:
    """Where the wanted parts are found, in their order, by the rules of `align`.

    A cell is a wanted part and its place, by the number `wanted part * places + place`. A path
    ascends in both. A step to a neighbour is worth one, a cell more than all steps.
    """
    size = len(parts)
    columns: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        columns.setdefault(part, []).append(place)
    places = np.arange(size + 1)
    # For each place the score and the last cell of the best path that ends before it, of equal ones
    # the last; `row` has scores of those that end just there, with the wanted part before.
    best, ends = np.zeros(size + 1, "int64"), np.full(size + 1, -1)
    row = np.full(size + 1, -2)
    froms: dict[int, int] = {}
    for i, part in enumerate(wanted):
        here = np.array(columns.get(part, ()), "int64")
        steps, others = row[here] + 1, best[here]
        before = np.where(steps >= others, (i - 1) * size + here - 1, ends[here])
        froms.update(zip((i * size + here).tolist(), before.tolist(), strict=True))
        row = np.full(size + 1, -2)
        row[here + 1] = np.maximum(steps, others) + size
        highest = np.maximum.accumulate(row)
        latest = np.maximum.accumulate(np.where(row == highest, places, 0))
        ends = np.where(highest >= best, i * size + latest - 1, ends)
        best = np.maximum(highest, best)
    found, cell = set(), int(ends[-1])
    while cell >= 0:
        found.add(cell % size)
        cell = froms[cell]
    return found


def _parts(text: str) -> list[str]:
    return _PARTS.findall(unicodedata.normalize("NFC", text.casefold()))
