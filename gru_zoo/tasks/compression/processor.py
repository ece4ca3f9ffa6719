"""Processor of compression: texts to arrays of sub-words and words."""

import json
import pathlib
import unicodedata

import numpy as np

from gru_zoo.files import read_settings
from gru_zoo.tasks.compression.words import Word, words_of
from gru_zoo.text.sentences import SENTENCE_ENDS
from gru_zoo.text.special_tokens import EOS
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

KIND = "sentences"  # of the settings in `processor.json`

# How a word is written. The kind of a node is its index here plus 1; 0 is padding.
KINDS = ("border", "lower", "capital", "upper", "number", "mark")

MAX_PIECES = 8  # sub-words of a word; the middle of longer words is dropped

Sentence = tuple[np.ndarray, ...]
"""Arrays of a sentence: ids, firsts, lasts, kinds; see `CompressionProcessor.encode`."""


class CompressionProcessor:
    """Convert texts to arrays of sub-words and of nodes: the start, the words and the end.

    Args:
        tokenizer: the sub-word tokenizer.
        max_words: maximum number of words and punctuation marks that the model reads at once, from
            1 to 128.
        bonus: what each kept word adds to the score of a path if no ratio is given.

    Raises:
        ValueError: `max_words` is out of range.
    """

    def __init__(self, tokenizer: SubwordTokenizer, max_words: int = 128, bonus: float = 0.0):
        if not 1 <= max_words <= 128:
            raise ValueError(f"Expected max_words from 1 to 128. Received: {max_words}.")
        self.tokenizer, self.max_words, self.bonus = tokenizer, max_words, bonus

    def encode(self, text: str) -> tuple[list[Word], Sentence]:
        """Split a text into words, and encode it as arrays for the model.

        Returns:
            The words, and four int32 arrays: token ids with `EOS` at both ends, shape `(time,)`,
            and for each node the index of its first sub-word, that of its last sub-word, and its
            kind, shape `(words + 2,)`.
        """
        words = words_of(text)
        ends = [0, *(word.end for word in words)]
        attached = [0 < word.start == end for word, end in zip(words, ends, strict=False)]
        texts = [word.text for word in words]
        if texts and texts[-1] in "?…":
            texts[-1] = "."  # nearly the only mark that sentences of news end with
        parts = self.tokenizer.encode_words(texts, attached)
        parts = [[EOS], *map(_shortened, parts), [EOS]]
        lasts = np.cumsum([len(part) for part in parts]) - 1
        firsts = np.append(0, lasts[:-1] + 1)
        kinds = [1, *map(_kind, words), 1]
        ids = sum(parts, [])
        return words, tuple(np.array(column, "int32") for column in (ids, firsts, lasts, kinds))

    def segments(self, text: str) -> list[str]:
        """Split a text into segments of at most `max_words` words.

        A text that fits is one segment. A longer text is split after every `.`, `!`, `?`, `…` and
        line. A sentence that is still too long is split between words.

        Returns:
            The segments; an empty list if the text has no words.
        """
        if len(words_of(text)) <= self.max_words:
            parts = [text]
        else:
            parts = [
                sentence[words[0].start : words[-1].end]
                for sentence in SENTENCE_ENDS.split(text)
                for words in self._split(words_of(sentence))
            ]
        return [part for part in parts if words_of(part)]

    def _split(self, words: list[Word]) -> list[list[Word]]:
        """Split the words of a sentence into parts of at most `max_words`."""
        return [words[i : i + self.max_words] for i in range(0, len(words), self.max_words)]

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and `assets/tokenizer.model`."""
        self.tokenizer.save(folder)
        settings = {"kind": KIND, "max_words": self.max_words, "bonus": self.bonus}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "CompressionProcessor":
        """Read the files that `save` wrote.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: a file is damaged, or belongs to another task.
        """
        settings = read_settings(folder / "processor.json", KIND, ["max_words", "bonus"])
        return cls(SubwordTokenizer.load(folder), settings["max_words"], settings["bonus"])


def _shortened(ids: list[int]) -> list[int]:
    """Drop the middle of a word of more than `MAX_PIECES` sub-words."""
    half = MAX_PIECES // 2
    return ids if len(ids) <= MAX_PIECES else ids[:half] + ids[-half:]


def _kind(word: Word) -> int:
    """Number of the kind of a word, see `KINDS`."""
    text = unicodedata.normalize("NFC", word.text)
    if word.is_mark or text[0] in "'’":
        kind = "mark"
    elif any(character.isdigit() for character in text):
        kind = "number"
    elif not text[0].isupper():
        kind = "lower"
    else:
        kind = "upper" if len(text) > 1 and text.isupper() else "capital"
    return KINDS.index(kind) + 1
