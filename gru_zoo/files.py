"""Small files: read with errors that name them, replaced whole."""

import contextlib
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any


def as_path(path: str | os.PathLike) -> pathlib.Path:
    """A path with `~` filled in; `~name` without such a user is a name like any other."""
    return pathlib.Path(os.path.expanduser(path))


def read_json(path: pathlib.Path) -> Any:
    """Decoded JSON of a file of a preset.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"The preset is incomplete: '{path}' is missing.") from None
    except ValueError as error:
        raise ValueError(f"'{path}' is not valid JSON ({error}): the file is damaged.") from None


@contextlib.contextmanager
def replacing_file(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A path to write to; its file takes the place of `path` when the block ends well."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        yield fresh
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def write_atomically(path: pathlib.Path, content: str | bytes) -> None:
    """Replace a file so that a reader, or a kill, sees the old or the new one whole."""
    with replacing_file(path) as fresh:
        fresh.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
