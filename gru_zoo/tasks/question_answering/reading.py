"""Words and sentences of a text, with their places in it."""

import re
from typing import NamedTuple

from gru_zoo.text.sentences import SENTENCE_ENDS

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Span(NamedTuple):
    """A word, a mark or a sentence, and its place in a text.

    Args:
        text: its characters.
        start: position of its first character in the text.
        end: position after its last character.
    """

    text: str
    start: int
    end: int


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation marks."""
    return [word.lower() for word in _WORD.findall(text.replace("’", "'"))]


def sentences_of(text: str) -> list[Span]:
    """The sentences of a text that have a word, in their order."""
    found, start = [], 0
    for gap in [*SENTENCE_ENDS.finditer(text), None]:
        end = len(text) if gap is None else gap.start()
        part = text[start:end]
        if _WORD.search(part):
            lead = len(part) - len(part.lstrip())
            stripped = part.strip()
            found.append(Span(stripped, start + lead, start + lead + len(stripped)))
        if gap is not None:
            start = gap.end()
    return found


def last_mention(answer: str, sentence: Span) -> tuple[int, int] | None:
    """Start and end of the last place in a text where a sentence has an answer as whole words."""
    pattern = rf"(?<!\w){re.escape(answer)}(?!\w)"
    places = [match.span() for match in re.finditer(pattern, sentence.text, re.IGNORECASE)]
    if not places:
        return None
    start, end = places[-1]
    return sentence.start + start, sentence.start + end
