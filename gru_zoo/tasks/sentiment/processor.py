"""Texts to token ids."""

import json
import pathlib
from collections.abc import Sequence

import numpy as np

from gru_zoo.batching.padding import DEFAULT_LENGTHS, Ids, as_ids
from gru_zoo.files import read_settings
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

KIND = "text"  # of the settings in `processor.json`


class SentimentProcessor:
    """Texts to token ids of limited length.

    Args:
        tokenizer: the sub-word tokenizer.
        max_length: maximum tokens of a text, from 1 to 1024. `truncate` takes out the middle of
            longer texts.

    Raises:
        ValueError: `max_length` is out of its range.
    """

    def __init__(self, tokenizer: SubwordTokenizer, max_length: int):
        if not 1 <= max_length <= DEFAULT_LENGTHS[-1]:
            raise ValueError(
                f"Expected max_length from 1 to {DEFAULT_LENGTHS[-1]}, the longest padded length. "
                f"Received: max_length={max_length}."
            )
        self.tokenizer, self.max_length = tokenizer, max_length

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Encode each text as token ids.

        Returns:
            One array per text, int32, shape `(tokens,)`, of at most `max_length` tokens.
        """
        return [truncate(ids, self.max_length) for ids in self.tokenizer.encode(texts)]

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and `assets/tokenizer.model`."""
        self.tokenizer.save(folder)
        settings = {"kind": KIND, "max_length": self.max_length}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "SentimentProcessor":
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: if a file is missing.
            ValueError: if a file is damaged, or belongs to the processor of another task.
        """
        settings = read_settings(folder / "processor.json", KIND, ["max_length"])
        return cls(SubwordTokenizer.load(folder), settings["max_length"])


def truncate(ids: Ids, max_length: int) -> np.ndarray:
    """At most `max_length` ids: the first quarter of that number, then the end of the sequence.

    A review opens with its subject and closes with its verdict, so the middle is left out.

    Args:
        ids: token ids, shape `(length,)`.
        max_length: 1 or more.

    Returns:
        Int32, shape `(min(length, max_length),)`.

    Raises:
        TypeError: `ids` is not one sequence of whole numbers.
    """
    ids = as_ids(ids)
    if len(ids) <= max_length:
        return ids
    head = max_length // 4
    return np.concatenate([ids[:head], ids[len(ids) - (max_length - head) :]])
