"""Tokenizer of characters."""

from collections.abc import Sequence

from gru_zoo.text.inputs import normalize_newlines
from gru_zoo.text.special_tokens import EOS, UNK


class CharacterTokenizer:
    """Lines of text to ids of characters and back; unknown characters become `UNK`.

    Args:
        characters: the vocabulary, each character once; the first has the id `EOS + 1`.
    """

    def __init__(self, characters: str):
        self.characters = characters
        self._ids = {character: EOS + 1 + i for i, character in enumerate(characters)}

    @classmethod
    def train(cls, text: str) -> "CharacterTokenizer":
        """A tokenizer of the characters that occur in a text, line feeds left out."""
        return cls("".join(sorted(set(normalize_newlines(text)) - {"\n"})))

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, special tokens included."""
        return EOS + 1 + len(self.characters)

    def encode(self, lines: Sequence[str]) -> list[list[int]]:
        """Ids of each line."""
        return [[self._ids.get(character, UNK) for character in line] for line in lines]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids; special tokens become U+FFFD."""
        return "".join(self.pieces(ids))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The character of each id; special tokens become U+FFFD."""
        return [self.characters[i - EOS - 1] if i > EOS else "\ufffd" for i in ids]
