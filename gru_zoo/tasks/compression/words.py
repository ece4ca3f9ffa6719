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
