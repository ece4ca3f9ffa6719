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


def is_column(values: Any) -> bool:
    """Whether it is a Series of pandas or polars, or an array of texts or objects."""
    array = isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "OTU"
    return array or (hasattr(values, "to_list") and len(getattr(values, "shape", ())) == 1)


def as_column(values: Any, what: str = "a list") -> list:
    """A list of the values of a column: a list, an array, or a Series of pandas or polars.

    Args:
        values: any iterable of values, but no text.
        what: what is expected, for the errors.

    Raises:
        TypeError: it is a text, a mapping, a table, or not iterable.
        ValueError: values are missing, which the column marks by None, NaN or `pandas.NA`.

    Example:
        >>> import pandas
        >>> as_column(pandas.Series(["a", "b"], index=[7, 3]))
        ['a', 'b']
    """
    # Iterating over a mapping or a table would give its keys or the names of its columns.
    table = isinstance(values, Mapping) or len(getattr(values, "shape", ())) > 1
    if table or isinstance(values, (str, bytes)) or not np.iterable(values):
        hint = " Give one of its columns." if table else ""
        raise TypeError(f"Expected {what}. Received: {type(values).__name__} {values!r:.80}.{hint}")
    found = values.tolist() if hasattr(values, "tolist") else list(values)
    missing = [row for row, value in enumerate(found) if _is_missing(value)]
    if missing:
        raise ValueError(
            f"Expected {what}, without missing values. Received: {len(missing)} of {len(found)} "
            f"missing, at the positions {missing[:5]}. Drop these rows, or fill them in."
        )
    return found


def _is_missing(value: Any) -> bool:
    nan = isinstance(value, float) and value != value
    return nan or value is None or type(value).__name__ == "NAType"  # of pandas


def as_text(text: Any) -> str:
    """The argument, if it is a string.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(text, str):
        raise TypeError(f"Expected a string. Received: {type(text).__name__} {text!r:.80}.")
    return text


def as_texts(texts: Any) -> list[str]:
    """A list of strings, from one string or any column of strings, see `as_column`.

    Raises:
        TypeError: the argument is neither, or a member is not a string.
        ValueError: texts are missing.
    """
    what = "a string or a list of strings"
    texts = [texts] if isinstance(texts, str) else as_column(texts, what)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                f"Expected {what}. Received at position {i}: {type(text).__name__} {text!r:.80}."
            )
    return texts
