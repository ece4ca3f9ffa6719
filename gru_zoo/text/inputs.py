"""Checks and normalization of texts that users pass."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np


def normalize_newlines(text: str) -> str:
    """The text with line ends of Windows, carriage return and line feed, as line feeds."""
    return text.replace("\r\n", "\n")


def is_path_of_file(text: str) -> bool:
    """Whether a text is the path of a file that exists."""
    try:
        return len(text) < 4096 and "\n" not in text and os.path.isfile(text)
    except ValueError:  # a character that no path has
        return False


def as_texts(texts: Any) -> list[str]:
    """A list of strings, from one string or any iterable of strings.

    Raises:
        TypeError: the argument is neither, or a member is not a string.
    """
    # Iterating over a mapping or a table would give its keys or the names of its columns.
    table = isinstance(texts, Mapping) or getattr(texts, "ndim", 1) > 1
    if table or isinstance(texts, bytes) or not np.iterable(texts):
        hint = " Give one of its columns." if table else ""
        raise TypeError(
            "Expected a string or a list of strings. Received: "
            f"{type(texts).__name__} {texts!r:.80}.{hint}"
        )
    texts = [texts] if isinstance(texts, str) else list(texts)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                f"Expected a string or a list of strings. Received at position {i}: "
                f"{type(text).__name__} {text!r:.80}."
            )
    return texts
