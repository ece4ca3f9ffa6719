"""Free Spoken Digit Dataset: the ten English digits, 50 times each, by six speakers."""

import os
import pathlib
import zipfile

from gru_zoo.data.source import LabelledClip, Source, check_count, check_split

SOURCE = Source(
    name="fsdd",
    homepage="https://github.com/Jakobovski/free-spoken-digit-dataset",
    licence="CC BY-SA 4.0",
    citation="Jackson et al., Free Spoken Digit Dataset, Zenodo, doi:10.5281/zenodo.1342401",
    files={
        "train.zip": "f4c84edde8eaa53ccda39ce39102739e6460335897b8a9b00487b4b7b6d9c12b",
        "test.zip": "4b2802689460f5590a98235d6c45628fa9c2f84a8dc1940ef2cd60fccc808a7a",
    },
    url="https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/heads/master.zip",
    sha256="",
)
LABELS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")

# Takes of each digit and speaker. The set's own rule has 0 to 4 for the test; the validation
# clips are taken from its training clips.
TAKES = {"train": range(10, 50), "valid": range(5, 10), "test": range(5)}


def load(split: str, root: str | os.PathLike | None = None) -> list[LabelledClip]:
    """Clips of a split, by digit, speaker and take; all speakers are in every split.

    Args:
        split: "train" (2,400 clips), "valid" (300), "test" (300).
        root: data folder with fsdd/. Default: `$GRU_ZOO_DATA`, else a download.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of clips.
        OSError: the download failed.
    """
    check_split(SOURCE.name, split, TAKES)
    folder = SOURCE.folder(root)
    if folder is None:
        members = _read(SOURCE.download())
    else:
        archive = "test.zip" if split == "test" else "train.zip"
        members = _read(SOURCE.local_file(folder, archive))
    clips = []
    for (digit, speaker, take), data in sorted(members.items()):
        if take in TAKES[split]:
            clips.append(LabelledClip(data, LABELS[digit], speaker))
    expected = len(LABELS) * len(SPEAKERS) * len(TAKES[split])
    check_count(SOURCE.name, split, len(clips), expected)
    return clips


def _read(path: pathlib.Path) -> dict[tuple[int, str, int], bytes]:
    """Sound files by digit, speaker and take, which their names tell: `7_theo_12.wav`."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            file = pathlib.PurePosixPath(name)
            if file.suffix in (".flac", ".wav"):
                digit, speaker, take = file.stem.split("_")
                found[int(digit), speaker, int(take)] = archive.read(name)
    return found
