"""Japanese Vowels: two vowels spoken by nine men, as cepstral coefficients."""

import gzip
import os

import numpy as np

from gru_zoo.data.examples import LabelledRecording
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="japanese_vowels",
    homepage="https://archive.ics.uci.edu/dataset/128/japanese+vowels",
    licence="CC BY 4.0",
    citation="Kudo, Toyama, Shimbo 1999, Multidimensional Curve Classification Using "
    "Passing-Through Regions, Pattern Recognition Letters 20",
    files={
        "JapaneseVowels_TRAIN.ts.gz": (
            "4da778886d904651f01a3a60e06d11ee0dc4200be43c1b29539f4b3b8bc6b197"
        ),
        "JapaneseVowels_TEST.ts.gz": (
            "b7791f09f8d528e40938ca0177d45822969c3bfe81d28426577dfcdc46c53dc9"
        ),
    },
    url="https://archive.ics.uci.edu/dataset/128/japanese+vowels",
    sha256="",
)
LABELS = tuple(f"speaker {number}" for number in range(1, 10))
COUNTS = {"train": 270, "test": 370}
CHANNELS = 12
SIGNALS_RATE = 156.25  # frames per second: one every 6.4 ms


def load(split: str, root: str | os.PathLike | None = None) -> list[LabelledRecording]:
    """Load the recordings of a split: 12 cepstral coefficients in 7 to 29 frames.

    Args:
        split: "train" (30 recordings of each speaker) or "test" (370, 24 to 88 of each).
        root: data folder with japanese_vowels/. Default: `$GRU_ZOO_DATA`.

    Raises:
        FileNotFoundError: there is no folder with the set.
        ValueError: unknown split, wrong checksum, or wrong number of recordings.
    """
    check_split(SOURCE.name, split, COUNTS)
    folder = SOURCE.folder(root)
    file = f"JapaneseVowels_{split.upper()}.ts.gz"
    if folder is None:
        raise FileNotFoundError(
            f"Data set {SOURCE.name!r}: expected the file {file} in the folder {SOURCE.name} of "
            f"the data folder, see {SOURCE.homepage}. Received: no such folder."
        )
    with gzip.open(SOURCE.local_file(folder, file), "rt", encoding="utf-8") as lines:
        rows = [line.strip() for line in lines]
    recordings = [_parsed(row) for row in rows[rows.index("@data") + 1 :] if row]
    check_count(SOURCE.name, split, len(recordings), COUNTS[split])
    return recordings


def _parsed(row: str) -> LabelledRecording:
    """The recording of a line: channels separated by colons, and the number of the speaker."""
    *channels, speaker = row.split(":")
    values = [[float(value) for value in channel.split(",")] for channel in channels]
    label = LABELS[int(speaker) - 1]
    return LabelledRecording(None, np.array(values, "float32").T, label, label)
