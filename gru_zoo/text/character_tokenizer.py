"""Characters as ids."""

from collections.abc import Sequence

from gru_zoo.text.inputs import normalize_newlines
from gru_zoo.text.special_tokens import EOS, UNK


class CharacterTokenizer:
    """Characters of a line to ids and back; those outside the vocabulary are `UNK`.

    Args:
        characters: the vocabulary, each once; the first has the id after `EOS`.
    """

    def __init__(self, characters: str):
        self.characters = characters
        self._ids = {character: EOS + 1 + i for i, character in enumerate(characters)}

    @classmethod
    def train(cls, text: str) -> "CharacterTokenizer":
        """The characters of a text, but for the end of a line."""
        return cls("".join(sorted(set(normalize_newlines(text)) - {"\n"})))

    @property
    def vocabulary_size(self) -> int:
        return EOS + 1 + len(self.characters)

    def encode(self, lines: Sequence[str]) -> list[list[int]]:
        """Ids of each line."""
        return [[self._ids.get(character, UNK) for character in line] for line in lines]

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(self.pieces(ids))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The character behind each id."""
        return [self.characters[i - EOS - 1] if i > EOS else "\ufffd" for i in ids]
