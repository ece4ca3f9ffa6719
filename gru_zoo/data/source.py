"""Where a data set comes from, and how its files are found, checked and fetched."""

import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from gru_zoo.files import as_path

if TYPE_CHECKING:
    pass


DATA_VARIABLE = "GRU_ZOO_DATA"

HOME_VARIABLE = "GRU_ZOO_HOME"


@dataclasses.dataclass(frozen=True)
class Source:
    """A data set as published, and the files that hold it.

    Args:
        name: folder of the set under a data folder and in the download cache.
        homepage: page that describes the set.
        licence: its terms, as its authors state them.
        citation: the publication to cite.
        files: name of each file that may stand in `<data folder>/<name>/`, and its sha256.
        url: the canonical archive.
        sha256: checksum of that archive; empty where none is known and the loader checks what the
            archive holds.
    """

    name: str
    homepage: str
    licence: str
    citation: str
    files: Mapping[str, str]
    url: str
    sha256: str

    def folder(self, root: str | os.PathLike | None) -> pathlib.Path | None:
        """Folder of this set under a data folder, or None when it has to be downloaded.

        Args:
            root: a data folder, which then must hold the set. None stands for `$GRU_ZOO_DATA`,
                which may lack it.

        Raises:
            FileNotFoundError: `root` lacks the set, or `$GRU_ZOO_DATA` is no folder.
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
            f"Data set {self.name!r}: expected the folder {str(folder)!r}, as named by {origin}, "
            f"and it does not exist. Put {', '.join(self.files)} there, or leave out the root and "
            f"{DATA_VARIABLE} to download the set from {self.url}."
        )

    def local_file(self, folder: pathlib.Path, name: str) -> pathlib.Path:
        """Path of the declared file `name` in `folder`, once its checksum is found to be right.

        Raises:
            FileNotFoundError: the file is not there.
            ValueError: the file is not the declared one.
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
        """Path of the canonical archive in the download cache, fetched on first use.

        Raises:
            OSError: it could not be fetched.
            ValueError: what was fetched has another checksum.
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
                f"Data set {self.name!r}: what {self.url} sent is damaged or of another version. "
                f"Expected sha256 {self.sha256}. Try again, or point {DATA_VARIABLE} at a folder "
                f"with {self.name}/{next(iter(self.files))}."
            ) from error
        except Exception as error:  # get_file raises plain Exception when a fetch fails
            raise OSError(
                f"Data set {self.name!r}: {self.url} could not be fetched ({error}). Looked in "
                f"${DATA_VARIABLE} ({os.environ.get(DATA_VARIABLE, 'not set')}) and in the cache "
                f"{str(folder)!r} before. Check the network, or point {DATA_VARIABLE} at a folder "
                f"that holds {self.name}/."
            ) from error
        return pathlib.Path(path)


def cache_folder() -> pathlib.Path:
    """Downloads go to `$GRU_ZOO_HOME/datasets`, or to `~/.cache/gru_zoo/datasets`."""
    home = os.environ.get(HOME_VARIABLE)
    base = as_path(home) if home else pathlib.Path.home() / ".cache" / "gru_zoo"
    return base / "datasets"


def sha256_of(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_split(name: str, split: str, splits: Collection[str]) -> None:
    """Raise ValueError, listing the splits, unless `split` is one of them."""
    if split not in splits:
        raise ValueError(
            f"Data set {name!r} has the splits {', '.join(map(repr, splits))}. Received: "
            f"split={split!r}."
        )


def check_count(name: str, split: str, received: int, expected: int) -> None:
    """Raise ValueError unless a split holds as many examples as it was published with."""
    if received != expected:
        raise ValueError(
            f"Data set {name!r}, split {split!r}: expected {expected:,} examples, received "
            f"{received:,}. The files are incomplete or of another version; fetch them again."
        )
