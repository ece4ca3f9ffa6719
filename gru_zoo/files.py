"""Small files: reading with errors that name the file, and atomic replacement."""

import contextlib
import json
import os
import pathlib
from collections.abc import Iterable, Iterator
from typing import Any


def as_path(path: str | os.PathLike) -> pathlib.Path:
    """A path with `~` expanded. `~name` stays as it is if there is no such user."""
    return pathlib.Path(os.path.expanduser(path))


def read_json(path: pathlib.Path) -> Any:
    """Decode a JSON file of a preset.

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


def read_settings(
    path: pathlib.Path, kind: str | None, required: Iterable[str] = ()
) -> dict[str, Any]:
    """Settings of a processor, read from `processor.json`, without their "kind".

    Args:
        path: the file.
        kind: the value of "kind" that the processor writes; None if it writes none.
        required: names of further settings that the file must have.

    Returns:
        The settings by name.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not JSON, is of another kind, or lacks a setting.
    """
    settings = read_json(path)
    if not isinstance(settings, dict):
        raise ValueError(f"Expected a JSON object in '{path}'. Received: {settings!r}.")
    found = settings.pop("kind", None)
    if found != kind:
        raise ValueError(
            f"Expected settings of kind {kind!r} in '{path}'. Received: kind={found!r}, which "
            "belongs to the processor of another task. Restore the file, or save the preset again."
        )
    missing = sorted(set(required) - settings.keys())
    if missing:
        raise ValueError(
            f"Expected the settings {sorted(required)} in '{path}'. Missing: {missing}. Restore "
            "the file, or save the preset again."
        )
    return settings


@contextlib.contextmanager
def replacing_file(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield a path to write to. Its file replaces `path` if the block raises nothing."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        yield fresh
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def write_atomically(path: pathlib.Path, content: str | bytes) -> None:
    """Replace a file so that readers see either the old or the new content, even after a kill."""
    with replacing_file(path) as fresh:
        fresh.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
