"""A part of Google Speech Commands: one-second words, eight of which are commands.

Training and validation clips are of release 0.01, test clips of the official twelve-class test set
of release 0.02. No speaker is in two of these three. "on" and "off" have hardly any training clips,
so there are ten classes: eight commands, all other words, and silence. The clips are stored as Opus
at 24 kbit/s, except those of `probe_flac`. The module `speech_commands_v2` loads the whole set.
"""

import os
import pathlib
import zipfile

from gru_zoo.data.examples import LabelledClip
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="speech_commands",
    homepage="https://www.tensorflow.org/datasets/catalog/speech_commands",
    licence="CC BY 4.0",
    citation=(
        "Warden 2018, Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition, "
        "arXiv:1804.03209"
    ),
    files={
        "train.zip": "d125a2585d4a23ba2ab79bedb0905afae8b2056adb5197ef7506cf6e3213bb67",
        "val.zip": "167d450cc6b539caa7b3234fa7fafa2672a2f6fe2877fb613e72c9b6f30bcbe9",
        "test12.zip": "2a794f10766be260bafb0cb62b8938cbcc27a04b3b7e32d1fdb67647fd3fb830",
        "test_extra.zip": "d81d3bf420db398a5db80fffe742bb56bca27d9d383fa941d0453e8aea89e1ac",
        "probe_flac.zip": "872f8f9c80928bc778e4fbdb4077b09a33f8ba5e27bdc7afb45c90901d3aa7e8",
        "background_noise.zip": "a57e6873f0ff73b0ffb884454ba16362d2e3746d889ebd3f6cdd6fdac6877b82",
    },
    url="http://download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
    sha256="",
)
COMMANDS = ("down", "go", "left", "no", "right", "stop", "up", "yes")
UNKNOWN, SILENCE = "unknown", "silence"
LABELS = (*COMMANDS, UNKNOWN, SILENCE)

# Split: archive, and number of clips.
SPLITS = {
    "train": ("train.zip", 13_085),
    "val": ("val.zip", 2_047),
    "test10": ("test12.zip", 2_721),
    "probe_flac": ("probe_flac.zip", 200),
    "probe_opus": ("test12.zip", 200),
    "other_words": ("test_extra.zip", 684),
    "background_noise": ("background_noise.zip", 6),
}
_NO_WORDS = {"_background_noise_", "_silence_"}
_WITHOUT_TRAINING = {"on", "off"}


def load(split: str, root: str | os.PathLike | None = None) -> list[LabelledClip]:
    """Load the clips of a split, in the order of their archive, with labels of `LABELS`.

    Args:
        split: "train" (13,085 clips), "val" (2,047), or one of five tests: "test10" (2,721), the
            official test without "on" and "off"; "probe_flac" (200 of its clips, compressed without
            loss); "probe_opus" (the same clips as in "test10"); "other_words" (684 clips, of which
            none is a command); "background_noise" (six long recordings).
        root: data folder with speech_commands/. Default: `$GRU_ZOO_DATA`.

    Raises:
        FileNotFoundError: `root` lacks the set, or neither `root` nor `$GRU_ZOO_DATA` is set.
        ValueError: unknown split, wrong checksum, or wrong number of clips.
    """
    check_split(SOURCE.name, split, SPLITS)
    folder = SOURCE.folder(root)
    if folder is None:
        raise FileNotFoundError(
            f"Data set {SOURCE.name!r} is a part of the published one and cannot be downloaded. "
            "Expected a folder with it: pass its parent as the root, or set GRU_ZOO_DATA. "
            "'speech_commands_v2' is the whole set."
        )
    archive, count = SPLITS[split]
    members = _read(SOURCE.local_file(folder, archive))
    if split == "test10":
        members = {n: data for n, data in members.items() if _word(n) not in _WITHOUT_TRAINING}
    if split == "probe_opus":
        probe = zipfile.ZipFile(SOURCE.local_file(folder, "probe_flac.zip"))
        members = {
            name: members[name] for name in (n.replace(".flac", ".opus") for n in probe.namelist())
        }
    clips = [LabelledClip(data, _label(name), _speaker(name)) for name, data in members.items()]
    check_count(SOURCE.name, split, len(clips), count)
    return clips


def _read(path: pathlib.Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _word(name: str) -> str:
    return name.split("/")[0]


def _label(name: str) -> str:
    word = _word(name)
    if word in _NO_WORDS:
        return SILENCE
    return word if word in COMMANDS else UNKNOWN


def _speaker(name: str) -> str:
    """The hexadecimal number in `label/[word_]speaker_nohash_take`; empty if there is none."""
    stem = pathlib.PurePosixPath(name).stem
    return stem.split("_nohash_")[0].split("_")[-1] if "_nohash_" in stem else ""
