"""Sets stored as one JSON object a line, made from published texts that cannot be downloaded."""

import json
import lzma
import os
from typing import Any

from gru_zoo.data.source import Source, check_count


def records(
    source: Source, split: str, count: int, root: str | os.PathLike | None
) -> list[dict[str, Any]]:
    """Read the records of a split, in the order of its file.

    Args:
        source: the set, whose files are named `<split>.jsonl.xz`.
        split: name of the split.
        count: number of records that the split must have.
        root: data folder. Default: `$GRU_ZOO_DATA`.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set or the file.
        ValueError: wrong checksum, or wrong number of records.
    """
    folder = source.folder(root)
    if folder is None:
        raise FileNotFoundError(
            f"Data set {source.name!r} is a selection from {source.url}, which cannot be "
            f"downloaded. Expected a folder with {', '.join(source.files)}: pass its parent as the "
            "root, or set GRU_ZOO_DATA."
        )
    with lzma.open(source.local_file(folder, f"{split}.jsonl.xz"), "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    check_count(source.name, split, len(rows), count)
    return rows
