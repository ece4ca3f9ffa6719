"""Processor of the sequence-to-sequence tasks: texts to token ids, and back."""

import json
import pathlib
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from gru_zoo.base.seq2seq.batches import FINE_LENGTHS, append_eos
from gru_zoo.files import read_settings
from gru_zoo.presets.store import holder_of
from gru_zoo.text.sentences import SENTENCE_ENDS
from gru_zoo.text.subword_tokenizer import TOKENIZER, SubwordTokenizer


class Seq2SeqProcessor:
    """Convert source and target texts to token ids of one shared vocabulary, and back.

    Args:
        tokenizer: the sub-word tokenizer of sources and targets.
        max_length: maximum number of sub-words, `EOS` not counted, that the model reads at once,
            from 1 to 255. The upper bound is the length of the longest training batch.
        length_penalty: default exponent of the length normalization of beam search.

    Attributes:
        prefix: ids before those of every source; a subclass may set it.
        kind: value of "kind" in `processor.json`. A subclass sets it.
        arguments: argument of the constructor, and attribute, for each other key of the file.

    Raises:
        ValueError: `max_length` is out of range.
    """

    prefix: tuple[int, ...] = ()
    kind: ClassVar[str]
    arguments: ClassVar[dict[str, str]]

    def __init__(self, tokenizer: SubwordTokenizer, max_length: int, length_penalty: float = 1.0):
        limit = FINE_LENGTHS[-1] - 1  # EOS
        if not 1 <= max_length <= limit:
            raise ValueError(f"Expected max_length from 1 to {limit}. Received: {max_length!r}.")
        self.tokenizer, self.max_length = tokenizer, max_length
        self.length_penalty = length_penalty

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Encode each text, whatever its length, as int32 ids with a final `EOS`."""
        return [append_eos(ids) for ids in self.tokenizer.encode(texts)]

    def read(self, sources: Sequence[str]) -> list[np.ndarray]:
        """Encode each source as `encode`, behind the prefix of sources."""
        return [self.with_prefix(ids) for ids in self.encode(sources)]

    def with_prefix(self, ids: np.ndarray) -> np.ndarray:
        """The ids of a source behind the prefix, int32."""
        return np.concatenate([np.array(self.prefix, "int32"), ids])

    def sample(self, texts: Sequence[str], alpha: float, seed: int) -> list[np.ndarray]:
        """Encode as `encode`, in random segmentations; see `SubwordTokenizer.sample`."""
        return [append_eos(ids) for ids in self.tokenizer.sample(texts, alpha, seed)]

    def segments(self, text: str) -> list[np.ndarray]:
        """Encode a text in segments of at most `max_length` sub-words.

        A text that fits is one segment. A longer text is split after every `.`, `!`, `?`, `…` and
        line. A sentence that is still too long is split between words, and a word that is too long
        at any sub-word.

        Args:
            text: a text of any length.

        Returns:
            Int32 ids of each segment, with the prefix and a final `EOS`; an empty list if the text
            has no sub-word.
        """
        (ids,) = self.tokenizer.encode([text])
        if not ids:
            return []
        if len(ids) <= self.max_length:
            return [self.with_prefix(append_eos(ids))]
        sentences = self.tokenizer.encode(SENTENCE_ENDS.split(text))
        parts = [append_eos(part) for ids in sentences for part in self._split(ids)]
        return [self.with_prefix(part) for part in parts]

    def _split(self, ids: list[int]) -> list[list[int]]:
        """Split the ids of a sentence into parts of at most `max_length`, between words."""
        parts = []
        while len(ids) > self.max_length:
            pieces = self.tokenizer.pieces(ids[1 : self.max_length + 1])
            word_starts = [i for i, piece in enumerate(pieces, 1) if piece.startswith("▁")]
            end = word_starts[-1] if word_starts else self.max_length
            parts.append(ids[:end])
            ids = ids[end:]
        return [*parts, ids] if ids else parts

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Decode token ids without special tokens."""
        return self.tokenizer.decode(ids)

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and `assets/tokenizer.model`."""
        self.tokenizer.save(folder)
        settings = {"kind": self.kind, **self.settings()}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    def settings(self) -> dict[str, Any]:
        """Return the values that `save` writes to `processor.json`, by key."""
        return {key: getattr(self, name) for key, name in self.arguments.items()}

    @classmethod
    def load(cls, folder: pathlib.Path) -> Self:
        """Read the files that `save` wrote.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: a file is damaged, or belongs to another task.
        """
        settings = read_settings(folder / "processor.json", cls.kind, cls.arguments)
        arguments = {name: settings[key] for key, name in cls.arguments.items()}
        return cls(SubwordTokenizer.load(holder_of(folder, TOKENIZER)), **arguments)
