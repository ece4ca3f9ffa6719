"""Where presets lie: find one by name, check its files, replace it atomically."""

import difflib
import hashlib
import os
import pathlib
from collections.abc import Iterable

from gru_zoo.files import as_path
from gru_zoo.presets.atomic_folder import put_back
from gru_zoo.presets.card import FILE_NAME, Card, FileRow
from gru_zoo.presets.hub import HUB_PREFIX, download_snapshot

_PACKAGE = pathlib.Path(__file__).resolve().parents[1]


def roots() -> list[pathlib.Path]:
    """Folders that presets are looked for in, first match wins.

    $GRU_ZOO_HOME if set, the checkout's `saved_models`, the copy inside the installed package.
    """
    home = os.environ.get("GRU_ZOO_HOME")
    found = [as_path(home)] if home else []
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        found.append(checkout / "saved_models")
    found.append(_PACKAGE / "saved_models")
    return found


def presets() -> dict[str, pathlib.Path]:
    """Folder of every preset in `roots()`, by name, sorted."""
    found: dict[str, pathlib.Path] = {}
    for root in roots():
        for path in root.glob(f"*/{FILE_NAME}"):
            if not path.parent.name.startswith("."):
                found.setdefault(path.parent.name, path.parent)
    return dict(sorted(found.items()))


def find(name: str | os.PathLike, others: Iterable[str] = ()) -> pathlib.Path:
    """The folder of a preset.

    Args:
        name: name of a preset in `roots()`, path of a preset's folder, or `hf://owner/name`.
        others: further names that may have been meant, for the error.

    Raises:
        FileNotFoundError: if there is no such preset.
    """
    text = os.fspath(name)
    if text.startswith(HUB_PREFIX):
        return download_snapshot(text)
    path = as_path(text)
    if holds(text):
        return path if (path / FILE_NAME).is_file() else presets()[text]
    raise FileNotFoundError(_not_found(text, others, is_path=path.name != text))


def holds(name: str) -> bool:
    """Whether a preset has this name or lies in this folder."""
    path = as_path(name)
    for folder in (path, *(root / path.name for root in roots() if path.name == name)):
        put_back(folder)
    return (path / FILE_NAME).is_file() or name in presets()


def _not_found(name: str, others: Iterable[str], is_path: bool) -> str:
    known = list(presets())
    if is_path:
        return (
            f"Expected a preset's name or folder. '{name}' is no folder with a {FILE_NAME}. "
            f"Presets: {', '.join(known) or 'none'}."
        )
    close = difflib.get_close_matches(name, [*others, *known], n=1)
    searched = "".join(f"\n  {root}" for root in roots())
    return (
        f"There is no preset '{name}'."
        + (f" Did you mean '{close[0]}'?" if close else "")
        + f" Presets: {', '.join(known) or 'none'}. Searched:{searched}"
    )


def sha256(path: pathlib.Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_of(folder: pathlib.Path) -> dict[str, FileRow]:
    """Checksums of all files in a folder, but for the card and the page made from it."""
    return {
        path.relative_to(folder).as_posix(): FileRow(sha256(path), path.stat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (FILE_NAME, "README.md")
    }


def verify(folder: pathlib.Path, card: Card) -> None:
    """Check that every file that the card names is there, whole and unchanged.

    Raises:
        FileNotFoundError: if one is missing.
        ValueError: if one differs.
    """
    for name, row in card.files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"Expected files inside the preset's folder. Received: '{name}'.")
        if not path.is_file():
            raise FileNotFoundError(
                f"Preset '{card.name}' is incomplete: '{path}' is missing. Restore the file, or "
                "install gru_zoo again."
            )
        found = sha256(path)
        if found != row.sha256:
            raise ValueError(
                f"'{path}' is damaged or was changed. Expected sha256 {row.sha256} "
                f"({row.bytes} bytes). Received: {found} ({path.stat().st_size} bytes). Restore "
                "the file, or save the preset again."
            )
