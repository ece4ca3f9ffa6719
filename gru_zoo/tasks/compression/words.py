"""Words and punctuation marks of a text: splitting, and joining those that are kept."""

import dataclasses
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from gru_zoo.text.cleaning import remove_markup


def _joiners() -> str:
    """Characters that extend the one before them, to be used in a character class.

    They are combining marks, the joiners of letters and of emoji, skin tones, tags, and variation
    selectors.
    """
    marks = (c for c in map(chr, range(0x20000)) if unicodedata.category(c)[0] == "M")
    return "".join(marks) + "\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e01ef"


_JOINERS = _joiners()

LETTERS = rf"\w[\w{_JOINERS}]*"

# Two regional indicators, which are a flag, or a mark and what is joined to it.
MARK = (
    r"[\U0001f1e6-\U0001f1ff]{2}"
    rf"|[^\w\s][{_JOINERS}]*(?:(?<=\u200d)[^\w\s][{_JOINERS}]*)*"
)

_SUFFIX = rf"['’](?i:s|re|ve|ll|d|m)(?![\w{_JOINERS}])"

# Of the web or of mail. A mark behind it belongs to the sentence.
_ADDRESS = r"(?:\w+://|www\.)\S*[\w/]|\w[\w.+-]*@[\w-]+(?:\.[\w-]+)+"

# An address is a word. Other words include marks between letters ("Mars-like", "50,000"). A suffix
# after an apostrophe is a word of its own ("Gomez", "'s"), and so is every other mark.
_WORDS = re.compile(rf"{_ADDRESS}|{_SUFFIX}|{LETTERS}(?:(?!{_SUFFIX})[-.,'’&/:@]{LETTERS})*|{MARK}")

# Links and emoji behind the last sentence.
_APPENDED = re.compile(
    rf"(?:(?<=[.!?…])|(?<=[.!?…][\"”'’)]))(?:\s+(?:{_ADDRESS}|(?:{MARK})+))+\s*$"
)
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}

_OPENING = frozenset("([{«“‘$£€#@")


@dataclasses.dataclass(frozen=True)
class Word:
    """A word or a punctuation mark of a text.

    Args:
        text: its characters.
        start: index of its first character in the text.
        end: index after its last character.
    """

    text: str
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """Whether it is a punctuation mark: it has no letter and no digit."""
        return not any(character.isalnum() or character == "_" for character in self.text)


def clean(text: str) -> str:
    """Take off what is no part of the sentences of a text.

    This is markup, quotation marks around the whole, and links and emoji at the end. Entities
    become characters.

    Example:
        >>> clean('"It <b>rained</b> in Rome &amp; Turin." 😊')
        'It rained in Rome & Turin.'
    """
    text = _APPENDED.sub("", remove_markup(text))
    inner = text.strip()
    if len(inner) > 2 and _QUOTES.get(inner[0]) == inner[-1]:
        # More marks inside, as in '"Yes" and "no"', enclose parts.
        return text if inner[0] in inner[1:-1] else clean(inner[1:-1])
    return text


def words_of(text: str) -> list[Word]:
    """Split a text into its words and punctuation marks."""
    return [Word(found.group(), *found.span()) for found in _WORDS.finditer(text)]


def join(text: str, words: Sequence[Word], kept: Sequence[bool] | np.ndarray) -> str:
    """Join the words of a text that are kept.

    Neighbors in the text are spaced as they are there. A mark follows the word before it as in the
    text. The first letter is upper case if that of the text is.

    Args:
        text: the text.
        words: the words of the text.
        kept: for each word, whether it is kept, shape `(words,)`.

    Example:
        >>> text = "On Friday, the museum (in Turin) opened."
        >>> words = words_of(text)
        >>> join(text, words, [word.text in ("the", "museum", "opened", ".") for word in words])
        'The museum opened.'
    """
    result, previous = "", None
    for index in map(int, np.flatnonzero(np.asarray(kept, "bool"))):
        word = words[index]
        gap = text[words[index - 1].end : word.start] if index else ""
        follows = index and previous == index - 1
        closes = word.is_mark and word.text not in _OPENING or word.text[0] in "'’"
        spaced = gap or not (follows or closes)
        result += (" " if result and spaced else "") + word.text
        previous = index
    first = next((word.text[0] for word in words if not word.is_mark), "")
    if first.isupper():
        for i, character in enumerate(result):
            if character.isalnum():
                return result[:i] + character.upper() + result[i + 1 :]
    return result
