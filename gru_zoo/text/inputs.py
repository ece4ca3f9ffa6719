"""What users give as texts."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def normalize_newlines(text: str) -> str:
    """A text whose lines end in a line feed alone, not in a carriage return and one."""
    return text.replace("\r\n", "\n")


def as_texts(texts: Any) -> list[str]:
    """A list of texts from one text or many, in a list or anything else that gives them in turn.

    Raises:
        TypeError: if one is not a string.
    """
    # A mapping or a table would give its keys or the names of its columns.
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
