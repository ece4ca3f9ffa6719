"""Texts to ids, for a classifier."""

import json
import pathlib
from collections.abc import Sequence

import numpy as np

from gru_zoo.batching.padding import truncate
from gru_zoo.files import read_settings
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

KIND = "text"  # of the settings in `processor.json`


class SentimentProcessor:
    """Text to lists of token ids of bounded length.

    Args:
        tokenizer: the sub-word tokenizer.
        max_length: most ids of a text; from longer ones the middle is left out, see
            `gru_zoo.batching.padding.truncate`.
    """

    def __init__(self, tokenizer: SubwordTokenizer, max_length: int):
        self.tokenizer, self.max_length = tokenizer, max_length

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Token ids of each text, int32, at most `max_length`."""
        return [truncate(ids, self.max_length) for ids in self.tokenizer.encode(texts)]

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and `assets/tokenizer.model`."""
        self.tokenizer.save(folder)
        settings = {"kind": KIND, "max_length": self.max_length}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "SentimentProcessor":
        """Read what `save` wrote."""
        settings = read_settings(folder / "processor.json", KIND, ["max_length"])
        return cls(SubwordTokenizer.load(folder), settings["max_length"])
