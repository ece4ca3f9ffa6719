"""Sentences: to the arrays of a model over words made of sub-words, and to batches."""

import json
import pathlib
import unicodedata

import numpy as np

from gru_zoo.files import read_json
from gru_zoo.tasks.compression.words import Word, words_of
from gru_zoo.text.sentences import SENTENCE_ENDS
from gru_zoo.text.special_tokens import EOS
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

# How a word is written; a place's kind is its number here, from 1.
KINDS = ("border", "lower", "capital", "upper", "number", "mark")

MOST_PIECES = 8  # sub-words of a word; of longer ones those in the middle are left out

Sentence = tuple[np.ndarray, ...]  # ids, firsts, lasts, kinds


class CompressionProcessor:
    """Text to sub-words, and to places: its beginning, its words and its end.

    Args:
        tokenizer: the sub-word tokenizer.
        max_words: most words that are read at once; longer texts are read in pieces.
        bonus: what a kept word adds to a path's score where no ratio is asked for.
    """

    def __init__(self, tokenizer: SubwordTokenizer, max_words: int = 128, bonus: float = 0.0):
        if not 1 <= max_words <= 128:
            raise ValueError(f"Expected max_words from 1 to 128. Received: {max_words}.")
        self.tokenizer, self.max_words, self.bonus = tokenizer, max_words, bonus

    def encode(self, text: str) -> tuple[list[Word], Sentence]:
        """The words of a text, and the arrays that the model takes.

        Returns:
            The words, and int32 arrays: ids, shape `(time,)`, with `EOS` at both borders; then the
            index of each place's first and of its last sub-word, and its kind, `(places,)`.
        """
        words = words_of(text)
        ends = [0, *(word.end for word in words)]
        attached = [0 < word.start == end for word, end in zip(words, ends, strict=False)]
        parts = self.tokenizer.encode_words([word.text for word in words], attached)
        parts = [[EOS], *map(_shortened, parts), [EOS]]
        lasts = np.cumsum([len(part) for part in parts]) - 1
        firsts = np.append(0, lasts[:-1] + 1)
        kinds = [1, *map(_kind, words), 1]
        ids = sum(parts, [])
        return words, tuple(np.array(column, "int32") for column in (ids, firsts, lasts, kinds))

    def split(self, text: str) -> list[str]:
        """A text in pieces of at most `max_words` words, none without a word.

        A text that fits is one piece. A longer one is cut behind every `.`, `!`, `?`, `…` and
        line, and a sentence too long even then, between words.
        """
        if len(words_of(text)) <= self.max_words:
            parts = [text]
        else:
            parts = [
                sentence[words[0].start : words[-1].end]
                for sentence in SENTENCE_ENDS.split(text)
                for words in self._cut(words_of(sentence))
            ]
        return [part for part in parts if words_of(part)]

    def _cut(self, words: list[Word]) -> list[list[Word]]:
        return [words[i : i + self.max_words] for i in range(0, len(words), self.max_words)]

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and `assets/tokenizer.model`."""
        self.tokenizer.save(folder)
        settings = {"kind": "sentences", "max_words": self.max_words, "bonus": self.bonus}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "CompressionProcessor":
        """Read what `save` wrote."""
        settings = read_json(folder / "processor.json")
        return cls(SubwordTokenizer.load(folder), settings["max_words"], settings["bonus"])


def _shortened(ids: list[int]) -> list[int]:
    half = MOST_PIECES // 2
    return ids if len(ids) <= MOST_PIECES else ids[:half] + ids[-half:]


def _kind(word: Word) -> int:
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
