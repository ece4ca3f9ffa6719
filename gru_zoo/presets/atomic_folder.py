"""Folders that are replaced in one move, so that a kill leaves the old one or the new one whole."""

import contextlib
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

from gru_zoo.files import as_path
from gru_zoo.presets.card import FILE_NAME


def check_target(folder: str | os.PathLike) -> None:
    """Check that `replacing` can put a preset here: nothing that is no preset is in its place.

    Raises:
        ValueError: a file, or a folder that is no preset, is.
    """
    folder = as_path(folder).absolute()
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not _is_preset(folder)):
        raise ValueError(
            f"Expected a new folder or a preset to replace. Received: '{folder}', which exists and "
            "is no preset. Choose another name."
        )
    previous = previous_folder(folder)
    if previous.exists() and not _is_preset(previous):
        raise ValueError(
            f"Expected '{previous}' to be free, for what is replaced. Received: one that is no "
            "preset. Move it away, or choose another name."
        )


@contextlib.contextmanager
def replacing(folder: str | os.PathLike) -> Iterator[pathlib.Path]:
    """An empty folder to fill, which takes the place of `folder` when the block ends well.

    At every moment, also after a kill, either the old or the new content is whole: it lies at
    `folder`, or beside it under the name that the next `find` or `replacing` moves it back from.

    Raises:
        ValueError: see `check_target`.
    """
    check_target(folder)
    folder = as_path(folder).absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    put_back(folder)
    fresh = pathlib.Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
    try:
        yield fresh
        fresh.chmod(0o755)
        _set_aside(folder)
        try:
            os.rename(fresh, folder)
        except OSError:  # a reader found no folder and put the previous one back
            _set_aside(folder)
            os.rename(fresh, folder)
        _drop(previous_folder(folder))
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _is_preset(folder: pathlib.Path) -> bool:
    return (folder / FILE_NAME).is_file()


def previous_folder(folder: pathlib.Path) -> pathlib.Path:
    return folder.with_name(f".{folder.name}.previous")


def put_back(folder: pathlib.Path) -> None:
    """Put the old preset back that a kill inside `replacing` left beside its place."""
    if not folder.name or folder.exists() or not _is_preset(previous_folder(folder)):
        return
    try:
        os.rename(previous_folder(folder), folder)
    except OSError:
        if not folder.exists():  # else another process was faster
            raise


def _set_aside(folder: pathlib.Path) -> None:
    """Make room for a new preset, the old one kept."""
    if _is_preset(folder):
        _drop(previous_folder(folder))
        os.rename(folder, previous_folder(folder))
    elif folder.is_dir():
        folder.rmdir()  # empty, else `check_target` had refused it


def _drop(preset: pathlib.Path) -> None:
    """Delete a preset, under a name that nothing looks for, where a kill may leave a part of it."""
    if _is_preset(preset):
        doomed = tempfile.mkdtemp(prefix=f"{preset.name}-", dir=preset.parent)
        os.rename(preset, pathlib.Path(doomed, preset.name))
        shutil.rmtree(doomed, ignore_errors=True)
