"""Running text for language models: to ids and back, and to windows for training."""

import json
import pathlib
import re
from collections.abc import Iterable

import numpy as np

from gru_zoo.files import read_json
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.inputs import normalize_newlines
from gru_zoo.text.special_tokens import EOS, UNK
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

_UNKNOWN = "<unk>"

# The word that stands for rare ones in data sets for word models.
_UNKNOWN_WORD = re.compile(r"(?<!\S)<unk>(?!\S)")

# What belongs to a word between letters: o'er, king-becoming.
_INSIDE_WORDS = "'’-"


class LanguageModelProcessor:
    """Text to one sequence of ids, by characters or by sub-words, `EOS` at the end of every line.

    Sub-words keep the words of a line and the order of the words, whatever white space lies between
    them, so that the probability of a text's sub-words is one of its words. A word `<unk>`, which
    stands for rare words in data sets for word models, is the id `UNK`. Characters keep all but the
    carriage return before the end of a line.

    Args:
        tokenizer: `CharacterTokenizer`, or a `SubwordTokenizer` that leaves characters as they are
            (`normalize=False`).
    """

    def __init__(self, tokenizer: CharacterTokenizer | SubwordTokenizer):
        self.tokenizer = tokenizer
        self.by_characters = isinstance(tokenizer, CharacterTokenizer)

    @property
    def unit(self) -> str:
        """`"char"` or `"subword"`."""
        return "char" if self.by_characters else "subword"

    def encode(self, text: str) -> np.ndarray:
        """Ids of a text, int32, shape `(length,)`, `EOS` at the end of every line."""
        lines = normalize_newlines(text).split("\n")
        if self.by_characters:
            rows = self.tokenizer.encode(lines)
        else:
            parts = [_UNKNOWN_WORD.split(" ".join(line.split())) for line in lines]
            flat = iter(self.tokenizer.encode([part for line in parts for part in line]))
            rows = [_joined([next(flat) for _ in line], UNK) for line in parts]
        return np.array(_joined(rows, EOS), "int32")

    def decode(self, ids: Iterable[int]) -> str:
        """Text of ids, `EOS` as the end of a line."""
        lines: list[list[int]] = [[]]
        for token in map(int, ids):
            lines.append([]) if token == EOS else lines[-1].append(token)
        return "\n".join(self._line(line) for line in lines)

    def _line(self, ids: list[int]) -> str:
        if self.by_characters or UNK not in ids:
            return self.tokenizer.decode(ids)
        cut = ids.index(UNK)
        parts = [self.tokenizer.decode(ids[:cut]), _UNKNOWN, self._line(ids[cut + 1 :])]
        return " ".join(part for part in parts if part)

    def pieces(self, ids: np.ndarray) -> list[str]:
        """The characters or sub-words behind `ids`, a line break for `EOS`."""
        names = self.tokenizer.pieces(ids.tolist())
        return ["\n" if i == EOS else name for i, name in zip(ids, names, strict=True)]

    def word_pieces(self) -> tuple[np.ndarray, np.ndarray]:
        """Which ids may begin a word, and which may go on with one.

        Returns:
            Two boolean arrays, shape `(vocabulary_size,)`. Any other id ends a word.
        """
        ids = range(EOS + 1, self.tokenizer.vocabulary_size)
        names = self.tokenizer.pieces(list(ids))
        if self.by_characters:
            begin = [name.isalnum() for name in names]
            inside = [name.isalnum() or name in _INSIDE_WORDS for name in names]
        else:
            begin = [name[0] == "▁" and name[1:2].isalnum() for name in names]
            inside = [name[0] != "▁" for name in names]
        marks = [False] * (EOS + 1)
        return np.array(marks + begin), np.array(marks + inside)

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json`, with the characters, or beside it `assets/tokenizer.model`."""
        settings = {"kind": "running text", "unit": self.unit}
        if isinstance(self.tokenizer, CharacterTokenizer):
            settings["characters"] = self.tokenizer.characters
        else:
            self.tokenizer.save(folder)
        text = json.dumps(settings, indent=2, ensure_ascii=False) + "\n"
        (folder / "processor.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "LanguageModelProcessor":
        """Read what `save` wrote."""
        settings = read_json(folder / "processor.json")
        if settings["unit"] == "char":
            return cls(CharacterTokenizer(settings["characters"]))
        return cls(SubwordTokenizer.load(folder))


def _joined(rows: list[list[int]], mark: int) -> list[int]:
    """The rows as one, with a mark between them."""
    return [token for i, row in enumerate(rows) for token in ([mark] * (i > 0) + row)]
