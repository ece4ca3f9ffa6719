"""Words of a text: where they stand, which of them a shorter text kept, and text of those kept."""

import dataclasses
import re
import unicodedata
from collections.abc import Sequence

import numpy as np


def _joiners() -> str:
    """Characters that belong to the one before them, for use in a class of a regex.

    They are combining marks, the joiners of letters and of emoji, tones of skin, and the tags and
    selectors of variants.
    """
    marks = (c for c in map(chr, range(0x20000)) if unicodedata.category(c)[0] == "M")
    return "".join(marks) + "\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e01ef"


_JOINERS = _joiners()
_LETTERS = rf"\w[\w{_JOINERS}]*"
# Two letters of a flag, or any mark and what a joiner joins to it.
_MARK = (
    r"[\U0001f1e6-\U0001f1ff]{2}"
    rf"|[^\w\s][{_JOINERS}]*(?:(?<=\u200d)[^\w\s][{_JOINERS}]*)*"
)
_SUFFIX = rf"['’](?i:s|re|ve|ll|d|m)(?![\w{_JOINERS}])"
# A word holds marks between letters ("Mars-like", "50,000"); what follows an apostrophe is a word
# of its own ("Gomez", "'s"); so is every other mark.
_WORDS = re.compile(rf"{_SUFFIX}|{_LETTERS}(?:(?!{_SUFFIX})[-.,'’&/:@]{_LETTERS})*|{_MARK}")
_PARTS = re.compile(f"{_LETTERS}|{_MARK}")
_OPENING = frozenset("([{«“‘$£€#@")


@dataclasses.dataclass(frozen=True)
class Word:
    """A word or mark of a text.

    Args:
        text: its characters.
        start: where it stands in the text.
        end: where it ends.
    """

    text: str
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """Whether it is a mark, without a letter or digit."""
        return not any(character.isalnum() or character == "_" for character in self.text)


def words_of(text: str) -> list[Word]:
    """The words and marks of a text in order."""
    return [Word(found.group(), *found.span()) for found in _WORDS.finditer(text)]


def join(text: str, words: Sequence[Word], kept: Sequence[bool] | np.ndarray) -> str:
    """The text of the words that are kept.

    What stands together in the text is spaced as there, a mark follows the word before it as in
    the text, and the first letter is upper case if that of the text is.

    Args:
        text: the text.
        words: its words.
        kept: for each word, whether it is kept.
    """
    result, previous = "", None
    for index in map(int, np.flatnonzero(np.asarray(kept, "bool"))):
        word = words[index]
        gap = text[words[index - 1].end : word.start] if index else ""
        together = index and previous == index - 1
        closes = word.is_mark and word.text not in _OPENING or word.text[0] in "'’"
        space = gap if together else "" if closes and not gap else " "
        result += (" " if space else "") * bool(result) + word.text
        previous = index
    first = next((word.text[0] for word in words if not word.is_mark), "")
    if first.isupper():
        for i, character in enumerate(result):
            if character.isalnum():
                return result[:i] + character.upper() + result[i + 1 :]
    return result


@dataclasses.dataclass(frozen=True)
class Aligned:
    """Where a shorter text stands in a text.

    Args:
        kept: for each word of the text, whether the shorter one has it, shape `(words,)`.
        missing: words of the shorter text that the text does not have in this order.
    """

    kept: np.ndarray
    missing: int


def align(words: Sequence[Word], shorter: str) -> Aligned:
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
    return Aligned(kept, len(wanted) - inside)


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
