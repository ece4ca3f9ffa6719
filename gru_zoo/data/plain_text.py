"""Read running text from files of published sets and of users.

The module is public, since a recipe reads a user's file by `own`.
"""

import dataclasses
import gzip
import lzma
import os
import pathlib
from collections.abc import Callable
from typing import Any

from gru_zoo.data.source import Source, check_count
from gru_zoo.files import as_path
from gru_zoo.text.word_count import count_words

_OPEN: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".xz": lzma.open}


def published(source: Source, name: str, sha256: str, root: str | os.PathLike | None) -> str:
    """Text of one file of a set, unpacked from a data folder or downloaded.

    Args:
        source: the set; its `url` is the folder that holds the files as published.
        name: name of the file as published, without the ending of its packed form.
        sha256: checksum of the file as published.
        root: data folder, see `gru_zoo.data.load`.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: wrong checksum.
        OSError: the download failed.
    """
    folder = source.folder(root)
    if folder is not None:
        (packed,) = (file for file in source.files if pathlib.Path(file).stem == name)
        path = source.local_file(folder, packed)
    else:
        url = f"{source.url}/{name}"
        path = dataclasses.replace(source, url=url, sha256=sha256).download()
    with _OPEN.get(path.suffix, open)(path, "rt", encoding="utf-8", newline="\n") as file:
        return file.read()


def words(
    source: Source,
    split: str,
    name: str,
    sha256: str,
    count: int,
    root: str | os.PathLike | None,
) -> list[str]:
    """A split of a set of words as one text, without spaces at the ends of lines.

    Args:
        source, name, sha256, root: see `published`.
        split: name of the split, for error messages.
        count: number of words that the split must have; the end of a line counts as a word.

    Raises:
        ValueError: wrong checksum, or wrong number of words.
    """
    text = published(source, name, sha256, root)
    text = "\n".join(line.strip(" ") for line in text.split("\n"))
    check_count(source.name, split, count_words(text), count)
    return [text]


def own(path: str | os.PathLike) -> str:
    """Text of a user's file in UTF-8, with or without a byte order mark.

    Line ends of any system are read as line feeds.

    Args:
        path: path of the file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not UTF-8, or is blank.
    """
    path = as_path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"Expected UTF-8 text in '{path}'. Received: {error}. Convert the file first."
        ) from None
    if not text.strip():
        raise ValueError(f"Expected text in '{path}'. Received: {len(text)} blank characters.")
    return text
