"""Small files: read with errors that name them, replaced whole."""

import json
import os
import pathlib
from typing import Any


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


def write_atomically(path: pathlib.Path, content: str | bytes) -> None:
    """Replace a file so that a reader, or a kill, sees the old or the new one whole."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    os.replace(fresh, path)
