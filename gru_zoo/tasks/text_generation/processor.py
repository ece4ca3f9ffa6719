"""Running text to token ids and back, for language models."""

import json
import pathlib
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from gru_zoo.files import read_settings
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.inputs import normalize_newlines
from gru_zoo.text.special_tokens import EOS, UNK
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from gru_zoo.text.word_tokenizer import WordTokenizer, is_word

KIND = "running text"  # "kind" of the settings in `processor.json`

Tokenizer = CharacterTokenizer | SubwordTokenizer | WordTokenizer

# The word that replaces rare words in data sets for word models.
_UNKNOWN = "<unk>"
_UNKNOWN_WORD = re.compile(r"(?<!\S)<unk>(?!\S)")

# Marks that continue a word, as in o'er and king-becoming.
_WORD_MARKS = "'’-"


class LanguageModelProcessor:
    """Text to one sequence of token ids, with `EOS` at the end of every line.

    With sub-words, any white space between two words of a line is the same, so that the likelihood
    of the sub-words is a likelihood of the words. A word `<unk>`, which replaces rare words in data
    sets for word models, is encoded as `UNK`. With characters, every character counts, except a
    carriage return before the end of a line. With words, words and punctuation marks are tokens,
    those outside the vocabulary are `UNK`, and case and spaces do not count.

    Args:
        tokenizer: `CharacterTokenizer`; `WordTokenizer`; or a `SubwordTokenizer` with
            `normalize=False`, which leaves characters as they are.

    Attributes:
        by_characters: whether tokens are characters.
        by_words: whether tokens are words and marks.
    """

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer
        self.by_characters = isinstance(tokenizer, CharacterTokenizer)
        self.by_words = isinstance(tokenizer, WordTokenizer)

    @property
    def unit(self) -> str:
        """`"char"`, `"subword"` or `"word"`."""
        return "char" if self.by_characters else "word" if self.by_words else "subword"

    def encode(self, text: str) -> np.ndarray:
        """Encode a text as token ids, int32, shape `(length,)`, `EOS` at the end of every line."""
        lines = normalize_newlines(text).split("\n")
        if self.by_characters or self.by_words:
            rows = self.tokenizer.encode(lines)
        else:
            parts = [_UNKNOWN_WORD.split(" ".join(line.split())) for line in lines]
            flat = iter(self.tokenizer.encode([part for line in parts for part in line]))
            rows = [_joined([next(flat) for _ in line], UNK) for line in parts]
        return np.array(_joined(rows, EOS), "int32")

    def encode_after_eos(self, text: str) -> np.ndarray:
        """Encode a text after `EOS`, which starts its first line, int32, shape `(1 + length,)`."""
        return np.concatenate([[EOS], self.encode(text)]).astype("int32")

    def decode(self, ids: Iterable[int]) -> str:
        """Decode token ids to text; `EOS` becomes the end of a line."""
        lines: list[list[int]] = [[]]
        for token in map(int, ids):
            lines.append([]) if token == EOS else lines[-1].append(token)
        return "\n".join(self._line(line) for line in lines)

    def _line(self, ids: list[int]) -> str:
        if self.by_characters or self.by_words or UNK not in ids:
            return self.tokenizer.decode(ids)
        cut = ids.index(UNK)
        parts = [self.tokenizer.decode(ids[:cut]), _UNKNOWN, self._line(ids[cut + 1 :])]
        return " ".join(part for part in parts if part)

    def pieces(self, ids: np.ndarray) -> list[str]:
        """The tokens of `ids` as text: characters or sub-words, and a line feed for `EOS`."""
        names = self.tokenizer.pieces(ids.tolist())
        return ["\n" if i == EOS else name for i, name in zip(ids, names, strict=True)]

    @property
    def never_generated(self) -> list[int]:
        """Ids that no text is generated with: of a model over words, the unknown word."""
        return [UNK] if self.by_words else []

    @property
    def separated(self) -> bool:
        """Whether tokens are words, and words and marks are separated by spaces in all texts."""
        return isinstance(self.tokenizer, WordTokenizer) and self.tokenizer.separated

    def tokens(self, text: str) -> list[str]:
        """The words, marks and line feeds of a text, one for each id.

        Raises:
            TypeError: the tokenizer is not one of words.
        """
        if not isinstance(self.tokenizer, WordTokenizer):
            raise TypeError(f"Expected a tokenizer of words. Received: one of unit {self.unit!r}.")
        lines = [self.tokenizer.split(line) for line in normalize_newlines(text).split("\n")]
        return _joined(lines, "\n")

    def decode_word(self, ids: Iterable[int]) -> str:
        """Decode the ids of one word, as it is written within a sentence."""
        return "".join(self.pieces(np.array(ids))) if self.by_words else self.decode(ids)

    def has_word(self, word: str) -> bool:
        """Whether a word is a token, as only models over words have them."""
        return isinstance(self.tokenizer, WordTokenizer) and self.tokenizer.id_of(word) != UNK

    def word_tokens(self) -> tuple[np.ndarray, np.ndarray]:
        """Which tokens can start a word, and which can continue one.

        Returns:
            Two boolean arrays, shape `(vocabulary_size,)`. A token that cannot continue a word
            ends it.
        """
        ids = range(EOS + 1, self.tokenizer.vocabulary_size)
        names = self.tokenizer.pieces(list(ids))
        if self.by_characters:
            can_start = [name.isalnum() for name in names]
            can_continue = [name.isalnum() or name in _WORD_MARKS for name in names]
        elif self.by_words:
            can_start, can_continue = [*map(is_word, names)], [False] * len(names)
        else:
            can_start = [name[0] == "▁" and name[1:2].isalnum() for name in names]
            can_continue = [name[0] != "▁" for name in names]
        special = [False] * (EOS + 1)
        return np.array(special + can_start), np.array(special + can_continue)

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and the file of the vocabulary, if there is one.

        It is `assets/tokenizer.model` for sub-words, and `assets/words.txt` for words.
        """
        settings: dict[str, Any] = {"kind": KIND, "unit": self.unit}
        if isinstance(self.tokenizer, CharacterTokenizer):
            settings["characters"] = self.tokenizer.characters
        else:
            self.tokenizer.save(folder)
        if isinstance(self.tokenizer, WordTokenizer):
            settings["separated"] = self.tokenizer.separated
        text = json.dumps(settings, indent=2, ensure_ascii=False) + "\n"
        (folder / "processor.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "LanguageModelProcessor":
        """Read the files that `save` wrote.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: a file is damaged, or `processor.json` belongs to another task.
        """
        settings = read_settings(folder / "processor.json", KIND, ["unit"])
        if settings["unit"] == "char":
            return cls(CharacterTokenizer(settings["characters"]))
        if settings["unit"] == "word":
            return cls(WordTokenizer.load(folder, settings["separated"]))
        return cls(SubwordTokenizer.load(folder))


def _joined(rows: list[list], separator: Any) -> list:
    """Concatenate rows, with a separator between them."""
    return [token for i, row in enumerate(rows) for token in ([separator] * (i > 0) + row)]
