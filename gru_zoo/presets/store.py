"""Where presets lie: find one by name, check its files, and share files among presets."""

import dataclasses
import difflib
import hashlib
import os
import pathlib
import re
from collections.abc import Iterable

from gru_zoo.files import as_path, write_atomically
from gru_zoo.presets.atomic_folder import is_preset, original, readable
from gru_zoo.presets.card import FILE_NAME, Card, FileRow
from gru_zoo.presets.hub import download_snapshot, is_hub_url

_PACKAGE = pathlib.Path(__file__).resolve().parents[1]


def roots() -> list[pathlib.Path]:
    """Folders that are searched for presets; an earlier one goes before a later one.

    Returns:
        `$GRU_ZOO_HOME` if it is set, `saved_models` of the checkout if the package is in one, and
        `saved_models` inside the package, where the wheel has them.
    """
    home = os.environ.get("GRU_ZOO_HOME")
    folders = [as_path(home)] if home else []
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        folders.append(checkout / "saved_models")
    folders.append(_PACKAGE / "saved_models")
    return folders


def presets() -> dict[str, pathlib.Path]:
    """The folder to read of every preset in `roots()`, by name, sorted.

    Hidden folders are no presets, except the backup that a kill left of one.
    """
    by_name: dict[str, pathlib.Path] = {}
    for root in roots():
        for path in root.glob(f"*/{FILE_NAME}"):
            folder = original(path.parent)
            if not folder.name.startswith("."):
                by_name.setdefault(folder.name, readable(folder))
    return dict(sorted(by_name.items()))


def find(name: str | os.PathLike, others: Iterable[str] = ()) -> pathlib.Path:
    """The folder to read a preset from.

    Args:
        name: name of a preset in `roots()`, path of a preset's folder, `hf://owner/name` or
            `hf://owner/name@revision`. A folder of that path goes before a name in `roots()`.
        others: further names that the error may suggest.

    Raises:
        FileNotFoundError: if there is no such preset.
    """
    text = os.fspath(name)
    if is_hub_url(text):
        return download_snapshot(text)
    path = as_path(text)
    if is_preset(readable(path)):
        return readable(path)
    by_name = presets()
    if text in by_name:
        return by_name[text]
    raise FileNotFoundError(_not_found(text, others, is_path=path.name != text))


def holds(name: str) -> bool:
    """Whether a preset has this name or lies in this folder."""
    return is_preset(readable(as_path(name))) or name in presets()


def _not_found(name: str, others: Iterable[str], is_path: bool) -> str:
    known = list(presets())
    if is_path:
        return (
            f"Expected the name or the folder of a preset. Received: '{name}', which is no folder "
            f"with a {FILE_NAME}. Presets: {', '.join(known) or 'none'}."
        )
    close = difflib.get_close_matches(name, [*others, *known], n=1)
    searched = "".join(f"\n  {root}" for root in roots())
    return (
        f"There is no preset '{name}'."
        + (f" Did you mean '{close[0]}'?" if close else "")
        + f" Presets: {', '.join(known) or 'none'}. Searched:{searched}"
    )


def sha256(path: pathlib.Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_of(folder: pathlib.Path) -> dict[str, FileRow]:
    """Checksums of all files in a folder, except the card and the page made from it."""
    return {
        path.relative_to(folder).as_posix(): FileRow(sha256(path), path.stat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (FILE_NAME, "README.md")
    }


def locate(folder: pathlib.Path, name: str, row: FileRow | None) -> pathlib.Path:
    """Where a file of a preset lies: in its folder, or in that of the preset that shares it.

    Args:
        folder: folder of the preset.
        name: the file's path inside the folder.
        row: what the card says of the file; None if it does not name it.

    Raises:
        FileNotFoundError: if the preset that shares the file is not found.
        ValueError: if its name is not that of a preset.
    """
    if row is None or row.preset is None:
        return folder / name
    if not re.fullmatch(r"\w[\w.-]*", row.preset):
        raise ValueError(f"Expected the name of a preset. Received: '{row.preset}'.")
    beside = readable(folder.absolute().parent / row.preset)
    holder = beside if is_preset(beside) else presets().get(row.preset)
    if holder is None:
        raise FileNotFoundError(
            f"Preset '{folder.name}' shares '{name}' with preset '{row.preset}', which is neither "
            "beside it nor installed. Copy both, or save a whole copy where both are: "
            f"gru_zoo.load('{folder.name}').save(folder)."
        )
    return holder / name


def holder_of(folder: pathlib.Path, name: str) -> pathlib.Path:
    """The folder that holds a file of a preset: its own, or that of the preset that shares it.

    Args:
        folder: folder of the preset, or of files without a card.
        name: the file's path inside the folder.

    Raises:
        FileNotFoundError: if the preset that shares the file is not found.
    """
    if (folder / name).is_file() or not is_preset(folder):
        return folder
    path = locate(folder, name, Card.load(folder).files.get(name))
    return path.parents[len(pathlib.PurePosixPath(name).parts) - 1]


def share(folder: pathlib.Path, name: str, holder: pathlib.Path) -> None:
    """Remove a file of a preset that another preset beside it has as well, and refer to that.

    Args:
        folder: folder of the preset.
        name: the file's path inside both folders.
        holder: folder of the other preset, in the same parent folder.

    Raises:
        ValueError: if the files differ.
    """
    card, other = Card.load(folder), Card.load(holder)
    if other.files[name] != card.files[name]:
        raise ValueError(
            f"Expected the same '{name}' in '{folder}' and '{holder}'. Received: files of sha256 "
            f"{card.files[name].sha256} and {other.files[name].sha256}."
        )
    row = dataclasses.replace(card.files[name], preset=holder.name)
    card = card.replace(files={**card.files, name: row})
    write_atomically(folder / FILE_NAME, card.to_json())
    (folder / name).unlink()
    if not any((folder / name).parent.iterdir()):
        (folder / name).parent.rmdir()


def verify(folder: pathlib.Path, card: Card) -> None:
    """Check that every file that the card names is there and unchanged.

    The files may be links: a snapshot of the Hugging Face Hub is made of links into its cache.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if a file differs, or its name leads out of the folder.
    """
    for name, row in card.files.items():
        parts = pathlib.PureWindowsPath(name)  # knows the separators of every system
        if parts.anchor or ".." in parts.parts:
            raise ValueError(f"Expected files inside the preset's folder. Received: '{name}'.")
        path = locate(folder, name, row)
        if not path.is_file():
            raise FileNotFoundError(
                f"Preset '{card.name}' is incomplete: '{path}' is missing. Restore the file, or "
                "install gru_zoo again."
            )
        digest = sha256(path)
        if digest != row.sha256:
            raise ValueError(
                f"'{path}' is damaged or was changed. Expected sha256 {row.sha256} "
                f"({row.bytes} bytes). Received: {digest} ({path.stat().st_size} bytes). Restore "
                "the file, or save the preset again."
            )
