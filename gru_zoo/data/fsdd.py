"""Free Spoken Digit Dataset: the ten English digits, 50 times each, by six speakers."""

import hashlib
import io
import os
import pathlib
import zipfile
from collections.abc import Iterable

from gru_zoo.data.examples import LabelledClip
from gru_zoo.data.source import DATA_VARIABLE, Source, check_count, check_split

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

# Takes of each digit and speaker. By the set's own rule 0 to 4 are the test. The validation clips
# are a part of its training clips.
TAKES = {"train": range(10, 50), "valid": range(5, 10), "test": range(5)}
# From `samples_sha256`: the download is an archive of a branch, whose bytes may change.
SHA256 = {
    "train": "4cc762fd07e054e71900e1d126901121d058e1bda3b770c819c4a6aa069c27f0",
    "valid": "77950f7a886c619e3a49737b0f937bc2d9bb9ff4d41a777caf2d278837090cce",
    "test": "97300261a14acc7a16985e51800b20687db44a45adc5c8dbe9c69828c6267986",
}


def load(split: str, root: str | os.PathLike | None = None) -> list[LabelledClip]:
    """Load the clips of a split, sorted by digit, speaker and take.

    All speakers are in every split.

    Args:
        split: "train" (2,400 clips), "valid" (300) or "test" (300).
        root: data folder with fsdd/. Default: `$GRU_ZOO_DATA`, else a download.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split, wrong checksum, wrong number of clips, or wrong samples.
        OSError: the download failed.
    """
    check_split(SOURCE.name, split, TAKES)
    folder = SOURCE.folder(root)
    if folder is None:
        members = _read(SOURCE.download())
    else:
        archive = "test.zip" if split == "test" else "train.zip"
        members = _read(SOURCE.local_file(folder, archive))
    selected = {key: members[key] for key in sorted(members) if key[2] in TAKES[split]}
    clips = [
        LabelledClip(sound, LABELS[digit], speaker)
        for (digit, speaker, _), sound in selected.items()
    ]
    expected = len(LABELS) * len(SPEAKERS) * len(TAKES[split])
    check_count(SOURCE.name, split, len(clips), expected)
    if folder is None and (received := samples_sha256(selected.values())) != SHA256[split]:
        raise ValueError(
            f"Expected the samples of {SOURCE.name} that the models were trained on, with sha256 "
            f"{SHA256[split]}. Received: {received}. The published set has changed: set "
            f"{DATA_VARIABLE} to a folder with the earlier one."
        )
    return clips


def samples_sha256(sounds: Iterable[bytes]) -> str:
    """Checksum of the int16 samples of sound files, which is the same for WAV and FLAC."""
    import soundfile

    digest = hashlib.sha256()
    for sound in sounds:
        samples, _ = soundfile.read(io.BytesIO(sound), dtype="int16")
        digest.update(samples.tobytes())
    return digest.hexdigest()


def _read(path: pathlib.Path) -> dict[tuple[int, str, int], bytes]:
    """Sound files by digit, speaker and take, as in the name `7_theo_12.wav`."""
    files = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            file = pathlib.PurePosixPath(name)
            if file.suffix in (".flac", ".wav"):
                digit, speaker, take = file.stem.split("_")
                files[int(digit), speaker, int(take)] = archive.read(name)
    return files
