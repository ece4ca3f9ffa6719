"""Files: search in a folder, reading with errors that name the file, and atomic replacement."""

import collections
import contextlib
import json
import os
import pathlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from typing import Any, TypeVar

Item = TypeVar("Item")
Content = TypeVar("Content")
_SHOWN = 5  # reasons in a warning


class LeftOutWarning(UserWarning):
    """Some of many items cannot be read and are left out."""


def as_path(path: str | os.PathLike) -> pathlib.Path:
    """A path with `~` expanded. `~name` stays as it is if there is no such user."""
    return pathlib.Path(os.path.expanduser(path))


# Made by file systems and file managers, besides what begins with a dot.
_SYSTEM_NAMES = {"__macosx", "@eadir", "$recycle.bin", "thumbs.db", "desktop.ini", "icon\r"}


def find_files(
    folder: str | os.PathLike, pattern: str, suffixes: Set[str], expected: str
) -> list[pathlib.Path]:
    """Files of a folder by their suffixes, sorted.

    Hidden and system files and folders are passed over, and files with another suffix with a
    warning.

    Args:
        folder: the folder.
        pattern: where the files are, see `pathlib.Path.glob`.
        suffixes: their suffixes in lower case, such as ".wav".
        expected: what is expected, for the error message.

    Raises:
        FileNotFoundError: there is no such folder, or it has no such file.
    """
    folder = as_path(folder)
    found: list[pathlib.Path] = []
    others: collections.Counter[str] = collections.Counter()
    for path in sorted(folder.glob(pattern)):
        parts = path.relative_to(folder).parts
        if any(part[0] == "." or part.lower() in _SYSTEM_NAMES for part in parts):
            continue
        if path.suffix.lower() in suffixes and path.is_file():
            found.append(path)
        elif path.is_file():
            others[path.suffix.lower() or "no suffix"] += 1
    listed = ", ".join(f"{count} with {suffix}" for suffix, count in sorted(others.items()))
    if not found:
        has = f"has none, but {listed}" if others else "has none"
        raise FileNotFoundError(
            f"Expected {expected}, whose names end in {', '.join(sorted(suffixes))}. Received: "
            f"'{folder}', which {has if folder.is_dir() else 'does not exist'}."
        )
    if others:
        warnings.warn(
            f"Files of '{folder}' are passed over: {listed}. Expected names that end in "
            f"{', '.join(sorted(suffixes))}. Convert or remove them.",
            stacklevel=3,
        )
    return found


def read_each(
    items: Sequence[Item], read: Callable[[Item], Content], name: str
) -> tuple[list[Content], list[int]]:
    """Read many items. Those that cannot be read are left out with one `LeftOutWarning`.

    Args:
        items: the items, such as paths.
        read: reads an item, or raises a ValueError or OSError that names it.
        name: what they are, such as "recordings".

    Returns:
        What could be read, and the indices of its items.

    Raises:
        ValueError: no item can be read.
    """
    contents, kept, reasons = [], [], []
    for index, item in enumerate(items):
        try:
            contents.append(read(item))
            kept.append(index)
        except (ValueError, OSError) as error:
            reasons.append(str(error))
    shown = "\n".join(reasons[:_SHOWN] + ["..."] * (len(reasons) > _SHOWN))
    if not contents:
        raise ValueError(f"Expected {name} that can be read. Received: none.\n{shown}".rstrip())
    if reasons:
        message = f"{len(reasons)} of {len(items)} {name} are left out.\n{shown}"
        warnings.warn(message, LeftOutWarning, stacklevel=4)
    return contents, kept


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
