"""The words that a model of translation saw, by which names and languages are told apart."""

import collections
import gzip
import pathlib
import re
from collections.abc import Collection, Iterable, Mapping

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

_FEWEST = 3  # words by which a language is told
_OWN, _OTHER = 0.8, 0.4  # shares of the words of a sentence


def known_words(texts: Iterable[str], minimum: int = 4) -> frozenset[str]:
    """The words, in lower case, that occur at least `minimum` times in texts."""
    counts = collections.Counter(word.lower() for text in texts for word in WORD.findall(text))
    return frozenset(word for word, count in counts.items() if count >= minimum)


def is_written_in(sentence: str, source: Collection[str], target: Collection[str]) -> bool:
    """Whether a sentence is in the target language rather than in that of the source.

    At least 80 % of its words must be known in the target language, and at most 40 % in the source
    language. A sentence of one or two words is never told.

    Args:
        sentence: the sentence.
        source: words of the source language, in lower case.
        target: words of the target language.
    """
    words = [word.lower() for word in WORD.findall(sentence)]
    if len(words) < _FEWEST:
        return False
    shares = [sum(word in known for word in words) / len(words) for known in (source, target)]
    return shares[1] >= _OWN and shares[0] <= _OTHER


def file_of(language: str) -> str:
    """The file of a language's words in the folder of a preset."""
    return f"assets/words_{language}.txt.gz"


def save(folder: pathlib.Path, words: Mapping[str, Collection[str]]) -> None:
    """Write the words of each language, one a line; the same words give the same file."""
    for language, known in words.items():
        text = "".join(f"{word}\n" for word in sorted(known))
        (folder / file_of(language)).write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


def load(path: pathlib.Path) -> frozenset[str]:
    """Read the words of one language.

    Raises:
        ValueError: the file is damaged.
    """
    try:
        return frozenset(gzip.decompress(path.read_bytes()).decode("utf-8").split())
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ValueError(f"Expected words in '{path}'. Received: {error}.") from error
