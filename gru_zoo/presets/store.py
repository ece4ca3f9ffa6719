"""Where presets lie: find one by name, check its files, replace it atomically."""

import contextlib
import difflib
import hashlib
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator

from gru_zoo.files import as_path
from gru_zoo.presets.card import FILE_NAME, Card, FileRow

_PACKAGE = pathlib.Path(__file__).resolve().parent
HUB_PREFIX = "hf://"


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
        return _from_hub(text)
    path = as_path(text)
    if holds(text):
        return path if (path / FILE_NAME).is_file() else presets()[text]
    raise FileNotFoundError(_not_found(text, others, is_path=path.name != text))


def holds(name: str) -> bool:
    """Whether a preset has this name or lies in this folder."""
    path = as_path(name)
    for folder in (path, *(root / path.name for root in roots() if path.name == name)):
        _put_back(folder)
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


def _from_hub(url: str) -> pathlib.Path:
    try:
        import huggingface_hub
    except ImportError:
        raise ImportError(
            f"Loading '{url}' needs the package huggingface_hub: pip install 'gru-zoo[hub]'."
        ) from None
    repository = url.removeprefix(HUB_PREFIX)
    if len(repository.split("/")) != 2:
        raise ValueError(f"Expected '{HUB_PREFIX}owner/name'. Received: '{url}'.")
    return pathlib.Path(huggingface_hub.snapshot_download(repository))


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
    previous = _previous(folder)
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
    _put_back(folder)
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
        _drop(_previous(folder))
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _is_preset(folder: pathlib.Path) -> bool:
    return (folder / FILE_NAME).is_file()


def _previous(folder: pathlib.Path) -> pathlib.Path:
    return folder.with_name(f".{folder.name}.previous")


def _put_back(folder: pathlib.Path) -> None:
    """Put the old preset back that a kill inside `replacing` left beside its place."""
    if not folder.name or folder.exists() or not _is_preset(_previous(folder)):
        return
    try:
        os.rename(_previous(folder), folder)
    except OSError:
        if not folder.exists():  # else another process was faster
            raise


def _set_aside(folder: pathlib.Path) -> None:
    """Make room for a new preset, the old one kept."""
    if _is_preset(folder):
        _drop(_previous(folder))
        os.rename(folder, _previous(folder))
    elif folder.is_dir():
        folder.rmdir()  # empty, else `check_target` had refused it


def _drop(preset: pathlib.Path) -> None:
    """Delete a preset, under a name that nothing looks for, where a kill may leave a part of it."""
    if _is_preset(preset):
        doomed = tempfile.mkdtemp(prefix=f"{preset.name}-", dir=preset.parent)
        os.rename(preset, pathlib.Path(doomed, preset.name))
        shutil.rmtree(doomed, ignore_errors=True)
