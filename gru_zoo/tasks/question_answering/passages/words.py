"""Words of a passage and of a question about it, as numbers."""

import re
import zlib
from collections.abc import Sequence

import numpy as np

from gru_zoo.tasks.question_answering.reading import Span

FEATURES = 7
_TOKEN = re.compile(r"\w+(?:[.,:]\d+)*|[^\w\s]")


def tokens_of(text: str) -> list[Span]:
    """The words and marks of a text. A number with its marks is one, as in `1,000.5`."""
    return [Span(match[0], *match.span()) for match in _TOKEN.finditer(text)]


def lexeme(word: str) -> str:
    """A word as the vocabulary has it: in lower case, with zeros for all digits."""
    return re.sub(r"\d", "0", word.lower())


def affixes_of(word: str, count: int) -> tuple[int, int]:
    """Ids of the first and the last three letters of a word.

    They tell something of words that the vocabulary lacks, such as names.

    Args:
        word: the word.
        count: number of ids, an even number. Those of beginnings come first.
    """
    text, half = lexeme(word), count // 2
    first, last = (zlib.crc32(part.encode()) % half for part in (text[:3], text[-3:]))
    return first, half + last


def features_of(words: Sequence[str], others: Sequence[str], rarity: Sequence[float]) -> np.ndarray:
    """What can be told of words without a vocabulary, float32, shape `(words, FEATURES)`.

    The columns: begins with a capital, all capitals, has a digit, a mark, stands in the other text
    too, its stem does, and how rare it is if it does.

    Args:
        words: words of one text.
        others: words of the other: the question of a passage, or the passage of a question.
        rarity: of each word, from 0 to 1.
    """
    same = {word.lower() for word in others}
    stems = {_stem(word) for word in others}
    rows = []
    for word, rare in zip(words, rarity, strict=True):
        shared = word.lower() in same and word[0].isalnum()
        alike = _stem(word) in stems and word[0].isalnum()
        capital, all_capitals = word[0].isupper(), len(word) > 1 and word.isupper()
        digit, mark = any(map(str.isdigit, word)), not word[0].isalnum()
        rows.append((capital, all_capitals, digit, mark, shared, alike, rare * alike))
    return np.array(rows, "float32").reshape(-1, FEATURES)


def _stem(word: str) -> str:
    """A word without what inflections change: "founded" and "founder" have one stem."""
    return word[: max(4, len(word) - 3)].lower()
