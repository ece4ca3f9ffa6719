"""The source of a data set, and how its files are found, checked and downloaded."""

import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Collection, Mapping

from gru_zoo.files import as_path

# Environment variables.
DATA_VARIABLE = "GRU_ZOO_DATA"  # the data folder
HOME_VARIABLE = "GRU_ZOO_HOME"  # the folder whose folder datasets/ holds downloads


@dataclasses.dataclass(frozen=True)
class Source:
    """A data set as published, and the files that hold it.

    Args:
        name: name of the set's folder in a data folder and in the download cache.
        homepage: address of the page that describes the set.
        licence: terms of use, as the authors state them.
        citation: publication to cite.
        files: sha256 by name of each file in `<data folder>/<name>/`.
        url: address of the published archive, or a folder of the published files.
        sha256: checksum of the archive; empty if none is known, so that the loader checks the
            content.
    """

    name: str
    homepage: str
    licence: str
    citation: str
    files: Mapping[str, str]
    url: str
    sha256: str

    def folder(self, root: str | os.PathLike | None) -> pathlib.Path | None:
        """Folder of this set in a data folder, or None if the set is to be downloaded.

        Args:
            root: data folder, which must hold the set. None stands for `$GRU_ZOO_DATA`, which may
                lack it.

        Raises:
            FileNotFoundError: `root` lacks the set, or `$GRU_ZOO_DATA` is not a folder.
        """
        given = root if root is not None else os.environ.get(DATA_VARIABLE) or None
        if given is None:
            return None
        base = as_path(given)
        folder = base / self.name
        if folder.is_dir():
            return folder
        if root is None and base.is_dir():
            return None
        origin = "the root argument" if root is not None else f"${DATA_VARIABLE}"
        raise FileNotFoundError(
            f"Data set {self.name!r}: expected the folder {str(folder)!r}, as set by {origin}, "
            f"which does not exist. Put {', '.join(self.files)} there, or leave out the root and "
            f"{DATA_VARIABLE} to download the set from {self.url}."
        )

    def local_file(self, folder: pathlib.Path, name: str) -> pathlib.Path:
        """Path of a file in the set's folder, after its checksum was checked.

        Args:
            folder: the set's folder.
            name: a key of `files`.

        Raises:
            FileNotFoundError: the file does not exist.
            ValueError: wrong checksum.
        """
        path = folder / name
        if not path.is_file():
            raise FileNotFoundError(
                f"Data set {self.name!r}: expected the file {str(path)!r}, which does not exist. "
                f"The folder holds {sorted(p.name for p in folder.iterdir())}. Put the file there, "
                f"or remove the folder to download the set from {self.url}."
            )
        received = sha256_of(path)
        if received != self.files[name]:
            raise ValueError(
                f"Data set {self.name!r}: {str(path)!r} is damaged or of another version. "
                f"Expected sha256 {self.files[name]}, received {received}. Replace the file, or "
                f"remove the folder to download the set from {self.url}."
            )
        return path

    def download(self) -> pathlib.Path:
        """Path of the archive in the download cache; the first call downloads it.

        Raises:
            OSError: the download failed.
            ValueError: wrong checksum.
        """
        import keras

        folder = cache_folder() / self.name
        folder.mkdir(parents=True, exist_ok=True)
        name = self.url.rsplit("/", 1)[-1]
        try:
            path = keras.utils.get_file(
                name,
                self.url,
                file_hash=self.sha256 or None,
                cache_dir=str(folder),
                cache_subdir="",
            )
        except ValueError as error:
            (folder / name).unlink(missing_ok=True)
            raise ValueError(
                f"Data set {self.name!r}: the download of {self.url} is damaged or of another "
                f"version. Expected sha256 {self.sha256}. Try again, or set {DATA_VARIABLE} to a "
                f"folder with {self.name}/{next(iter(self.files))}."
            ) from error
        except Exception as error:  # get_file raises a plain Exception when a download fails
            raise OSError(
                f"Data set {self.name!r}: {self.url} could not be downloaded ({error}). The set is "
                f"neither in ${DATA_VARIABLE} ({os.environ.get(DATA_VARIABLE, 'not set')}) nor in "
                f"the cache {str(folder)!r}. Check the network, or set {DATA_VARIABLE} to a folder "
                f"that holds {self.name}/."
            ) from error
        return pathlib.Path(path)


def cache_folder() -> pathlib.Path:
    """Folder of downloads: `$GRU_ZOO_HOME/datasets`, or `~/.cache/gru_zoo/datasets`."""
    home = os.environ.get(HOME_VARIABLE)
    base = as_path(home) if home else pathlib.Path.home() / ".cache" / "gru_zoo"
    return base / "datasets"


def sha256_of(path: pathlib.Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_split(name: str, split: str, splits: Collection[str]) -> None:
    """Raise ValueError unless a set has a split of this name."""
    if split not in splits:
        raise ValueError(
            f"Data set {name!r} has the splits {', '.join(map(repr, splits))}. Received: "
            f"split={split!r}."
        )


def check_count(name: str, split: str, received: int, expected: int) -> None:
    """Raise ValueError unless a split has the number of examples that was published."""
    if received != expected:
        raise ValueError(
            f"Data set {name!r}, split {split!r}: expected {expected:,} examples, received "
            f"{received:,}. The files are incomplete or of another version: download them again."
        )
