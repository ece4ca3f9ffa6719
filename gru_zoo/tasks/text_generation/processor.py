"""Running text to token ids and back, for language models."""

import json
import pathlib
import re
from collections.abc import Iterable

import numpy as np

from gru_zoo.files import read_settings
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.inputs import normalize_newlines
from gru_zoo.text.special_tokens import EOS, UNK
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

KIND = "running text"  # "kind" of the settings in `processor.json`

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
    carriage return before the end of a line.

    Args:
        tokenizer: `CharacterTokenizer`, or a `SubwordTokenizer` with `normalize=False`, which
            leaves characters as they are.

    Attributes:
        by_characters: whether tokens are characters.
    """

    def __init__(self, tokenizer: CharacterTokenizer | SubwordTokenizer):
        self.tokenizer = tokenizer
        self.by_characters = isinstance(tokenizer, CharacterTokenizer)

    @property
    def unit(self) -> str:
        """`"char"` or `"subword"`."""
        return "char" if self.by_characters else "subword"

    def encode(self, text: str) -> np.ndarray:
        """Encode a text as token ids, int32, shape `(length,)`, `EOS` at the end of every line."""
        lines = normalize_newlines(text).split("\n")
        if self.by_characters:
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
        if self.by_characters or UNK not in ids:
            return self.tokenizer.decode(ids)
        cut = ids.index(UNK)
        parts = [self.tokenizer.decode(ids[:cut]), _UNKNOWN, self._line(ids[cut + 1 :])]
        return " ".join(part for part in parts if part)

    def pieces(self, ids: np.ndarray) -> list[str]:
        """The tokens of `ids` as text: characters or sub-words, and a line feed for `EOS`."""
        names = self.tokenizer.pieces(ids.tolist())
        return ["\n" if i == EOS else name for i, name in zip(ids, names, strict=True)]

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
        else:
            can_start = [name[0] == "▁" and name[1:2].isalnum() for name in names]
            can_continue = [name[0] != "▁" for name in names]
        special = [False] * (EOS + 1)
        return np.array(special + can_start), np.array(special + can_continue)

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and, for sub-words, `assets/tokenizer.model`."""
        settings = {"kind": KIND, "unit": self.unit}
        if isinstance(self.tokenizer, CharacterTokenizer):
            settings["characters"] = self.tokenizer.characters
        else:
            self.tokenizer.save(folder)
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
        return cls(SubwordTokenizer.load(folder))


def _joined(rows: list[list[int]], separator: int) -> list[int]:
    """Concatenate rows, with a separator between them."""
    return [token for i, row in enumerate(rows) for token in ([separator] * (i > 0) + row)]
