"""Replacement of a preset's folder, such that a kill leaves a whole preset at every moment.

A new preset is written beside the old one. Then it takes the old one's place in two renames:

    folder   backup    moment                                     preset that is read
    old      -         before, and while the new one is written   folder
    -        old       between the two renames                    backup
    new      old       the backup is not yet deleted              folder
    new      -         done                                       folder

Here `backup` is `.<name>.previous` in the same parent folder. No state needs a repair: `readable`
names the folder to read, without writing anything, and the next replacement goes on from any state.
"""

import contextlib
import os
import pathlib
import re
import shutil
import tempfile
from collections.abc import Iterator

from gru_zoo.files import as_path
from gru_zoo.presets.card import FILE_NAME

_BACKUP_SUFFIX = ".previous"


def is_preset(folder: pathlib.Path) -> bool:
    """Whether a folder holds a card."""
    return (folder / FILE_NAME).is_file()


def backup_of(folder: pathlib.Path) -> pathlib.Path:
    """Where the old preset of `folder` lies while it is replaced."""
    return folder.with_name(f".{folder.name}{_BACKUP_SUFFIX}")


def readable(folder: pathlib.Path) -> pathlib.Path:
    """The folder to read a preset from: its backup if a kill left only that, else `folder`."""
    if folder.name and not is_preset(folder) and is_preset(backup_of(folder)):
        return backup_of(folder)
    return folder


def original(folder: pathlib.Path) -> pathlib.Path:
    """The folder that a preset belongs to: the inverse of `readable`."""
    match = re.fullmatch(rf"\.(.+){re.escape(_BACKUP_SUFFIX)}", folder.name)
    return folder if match is None else folder.with_name(match[1])


def check_target(folder: str | os.PathLike) -> None:
    """Check that `replacing` can write a preset to `folder`.

    Raises:
        ValueError: if a file is there, or a folder with files that is not a preset.
    """
    folder = as_path(folder).absolute()
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not is_preset(folder)):
        raise ValueError(
            f"Expected a new folder or a preset to replace. Received: '{folder}', which exists and "
            "is not a preset. Choose another name."
        )
    backup = backup_of(folder)
    if backup.exists() and not is_preset(backup):
        raise ValueError(
            f"Expected no '{backup}', where the old preset is kept while it is replaced. Received: "
            "one that is not a preset. Move it away, or choose another name."
        )


@contextlib.contextmanager
def replacing(folder: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yield an empty folder to fill, which replaces `folder` if the block raises nothing.

    Args:
        folder: where the preset is to be; its parents are created.

    Raises:
        ValueError: see `check_target`.
    """
    check_target(folder)
    folder = as_path(folder).absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = pathlib.Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
    try:
        yield new
        new.chmod(0o755)
        if is_preset(folder):
            _delete(backup_of(folder))
            os.rename(folder, backup_of(folder))
        elif folder.is_dir():
            folder.rmdir()  # empty, or `check_target` would have raised
        os.rename(new, folder)
        _delete(backup_of(folder))
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _delete(preset: pathlib.Path) -> None:
    """Delete a preset, moved first to where nobody reads the part of it that a kill may leave."""
    if is_preset(preset):
        trash = tempfile.mkdtemp(prefix=f"{preset.name}-", dir=preset.parent)
        os.rename(preset, pathlib.Path(trash, preset.name))
        shutil.rmtree(trash, ignore_errors=True)
