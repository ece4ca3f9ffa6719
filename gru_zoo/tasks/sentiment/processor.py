"""Texts to token ids."""

import json
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from gru_zoo.batching.padding import DEFAULT_LENGTHS, Ids, as_ids
from gru_zoo.files import read_settings
from gru_zoo.text.cleaning import normalize_post, remove_links, remove_markup
from gru_zoo.text.inputs import as_texts
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

KIND = "text"  # of the settings in `processor.json`


class SentimentProcessor:
    """Texts to token ids of limited length.

    HTML tags and entities are taken off every text. What becomes of links, handles, hashtags and
    emoji depends on `posts`.

    Args:
        tokenizer: the sub-word tokenizer.
        max_length: maximum tokens of a text, from 1 to 1024. `truncate` takes out the middle of
            longer texts.
        posts: whether the vocabulary has links, handles and emoji. If so, they are read as
            `gru_zoo.text.cleaning.normalize_post` says; if not, links are left out.

    Raises:
        ValueError: `max_length` is out of its range.
    """

    def __init__(self, tokenizer: SubwordTokenizer, max_length: int, posts: bool = False):
        if not 1 <= max_length <= DEFAULT_LENGTHS[-1]:
            raise ValueError(
                f"Expected max_length from 1 to {DEFAULT_LENGTHS[-1]}, the longest padded length. "
                f"Received: max_length={max_length}."
            )
        self.tokenizer, self.max_length, self.posts = tokenizer, max_length, posts

    def clean(self, text: str) -> str:
        """The text that the tokenizer gets for a text as it was typed or copied."""
        text = remove_markup(text)
        return normalize_post(text, self.tokenizer) if self.posts else remove_links(text)

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Encode each text as token ids.

        Returns:
            One array per text, int32, shape `(tokens,)`, of at most `max_length` tokens.
        """
        cleaned = [self.clean(text) for text in as_texts(texts)]
        return [truncate(ids, self.max_length) for ids in self.tokenizer.encode(cleaned)]

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and `assets/tokenizer.model`."""
        self.tokenizer.save(folder)
        settings: dict[str, Any] = {"kind": KIND, "max_length": self.max_length}
        if self.posts:  # a preset without posts keeps the file of earlier versions
            settings["posts"] = True
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "SentimentProcessor":
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: if a file is missing.
            ValueError: if a file is damaged, or belongs to the processor of another task.
        """
        settings = read_settings(folder / "processor.json", KIND, ["max_length"])
        posts = settings.get("posts", False)
        return cls(SubwordTokenizer.load(folder), settings["max_length"], posts)


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
