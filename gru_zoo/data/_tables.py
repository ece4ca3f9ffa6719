"""Tables of numbers that cannot be downloaded as they are here, packed by gzip."""

import csv
import gzip
import os
import pathlib
from typing import TYPE_CHECKING

from gru_zoo.data.source import Source

if TYPE_CHECKING:
    import numpy as np


def folder_of(source: Source, root: str | os.PathLike | None) -> pathlib.Path:
    """Folder of a set that is not downloaded.

    Args:
        source: the set.
        root: data folder. Default: `$GRU_ZOO_DATA`.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set.
    """
    folder = source.folder(root)
    if folder is None:
        raise FileNotFoundError(
            f"Data set {source.name!r} is not downloaded. Expected a folder with "
            f"{', '.join(source.files)}, made from {source.homepage}: pass its parent as the root, "
            "or set GRU_ZOO_DATA."
        )
    return folder


def read_numbers(
    source: Source, file: str, root: str | os.PathLike | None, header: bool = True
) -> "np.ndarray":
    """Numbers of a packed CSV file.

    Args:
        source: the set.
        file: name of the file, which ends in `.gz`.
        root: data folder. Default: `$GRU_ZOO_DATA`.
        header: whether the file has a line of names, and dates in its first column. Both are left
            out.

    Returns:
        float64, shape `(rows, columns)`.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set or the file.
        ValueError: wrong checksum.
    """
    import numpy as np

    path = source.local_file(folder_of(source, root), file)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    return np.array([row[1:] for row in rows[1:]] if header else rows, "float64")
