"""Pairs of texts: to token ids and back, and to batches for an encoder-decoder."""

import json
import pathlib
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from gru_zoo.base.seq2seq.batches import FINE_LENGTHS, append_eos
from gru_zoo.files import read_json
from gru_zoo.text.sentences import SENTENCE_ENDS
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


class Seq2SeqProcessor:
    """Texts of two languages to ids over one vocabulary.

    Args:
        tokenizer: the sub-word tokenizer of both languages.
        languages: codes of the source's and the target's language, such as `("en", "fr")`.
        max_length: most sub-words that are read at once, 1 to 255, which is what batches to train
            with hold; longer texts are read in pieces.
        length_penalty: of beam search, where none is given.

    Raises:
        ValueError: `max_length` is out of range.
    """

    kind = "pairs"

    def __init__(
        self,
        tokenizer: SubwordTokenizer,
        languages: tuple[str, str],
        max_length: int,
        length_penalty: float = 1.0,
    ):
        most = FINE_LENGTHS[-1] - 1  # EOS
        if not 1 <= max_length <= most:
            raise ValueError(f"Expected max_length from 1 to {most}. Received: {max_length!r}.")
        source, target = languages
        self.tokenizer, self.languages, self.max_length = tokenizer, (source, target), max_length
        self.length_penalty = length_penalty

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids of each text, int32, with `EOS` behind them, however long."""
        return [append_eos(ids) for ids in self.tokenizer.encode(texts)]

    def sample(self, texts: Sequence[str], alpha: float, seed: int) -> list[np.ndarray]:
        """As `encode`, in segmentations drawn at random, see `SubwordTokenizer.sample`."""
        return [append_eos(ids) for ids in self.tokenizer.sample(texts, alpha, seed)]

    def pieces(self, text: str) -> list[np.ndarray]:
        """The ids of a text in pieces of at most `max_length` sub-words, each with `EOS`.

        A text that fits is one piece, and one without a sub-word none. A longer one is cut behind
        every `.`, `!`, `?`, `…` and line; a sentence too long even then, between words; a word too
        long, anywhere.
        """
        (ids,) = self.tokenizer.encode([text])
        if not ids:
            return []
        if len(ids) <= self.max_length:
            return [append_eos(ids)]
        sentences = self.tokenizer.encode(SENTENCE_ENDS.split(text))
        return [append_eos(part) for ids in sentences for part in self._cut(ids)]

    def _cut(self, ids: list[int]) -> list[list[int]]:
        parts = []
        while len(ids) > self.max_length:
            starts = self.tokenizer.pieces(ids[1 : self.max_length + 1])
            words = [i + 1 for i, piece in enumerate(starts) if piece.startswith("▁")]
            end = words[-1] if words else self.max_length
            parts.append(ids[:end])
            ids = ids[end:]
        return [*parts, ids] if ids else parts

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Text of ids without marks."""
        return self.tokenizer.decode(ids)

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and `assets/tokenizer.model`."""
        self.tokenizer.save(folder)
        settings = {"kind": self.kind, **self.settings()}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    def settings(self) -> dict[str, Any]:
        """The arguments of the constructor that go into `processor.json`."""
        names = ("languages", "max_length", "length_penalty")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def load(cls, folder: pathlib.Path) -> Self:
        """Read what `save` wrote."""
        settings = read_json(folder / "processor.json")
        del settings["kind"]
        return cls(SubwordTokenizer.load(folder), **settings)
