"""UTD-MHAD: 27 actions of eight people, as skeletons of a depth camera and signals of a sensor."""

import os
import pathlib

import numpy as np

from gru_zoo.data.examples import LabelledRecording
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="utd_mhad",
    homepage="https://personal.utdallas.edu/~kehtar/UTD-MHAD.html",
    licence="none stated; free for research, with a request to cite",
    citation="Chen, Jafari, Kehtarnavaz 2015, UTD-MHAD: A Multimodal Dataset for Human Action "
    "Recognition Utilizing a Depth Camera and a Wearable Inertial Sensor, ICIP",
    files={
        "utd_mhad_skeleton_inertial.npz": (
            "ed726ab9d61b50d462f6761ae0e323d2c71da0a4cab92c68105e33dd9eee7166"
        )
    },
    url="https://personal.utdallas.edu/~kehtar/UTD-MHAD.html",
    sha256="",
)
LABELS = (
    "swipe left",
    "swipe right",
    "wave",
    "clap",
    "throw",
    "cross arms",
    "basketball shot",
    "draw x",
    "draw circle clockwise",
    "draw circle counter-clockwise",
    "draw triangle",
    "bowling",
    "boxing",
    "baseball swing",
    "tennis swing",
    "arm curl",
    "tennis serve",
    "push",
    "knock",
    "catch",
    "pick up and throw",
    "jog",
    "walk",
    "sit to stand",
    "stand to sit",
    "lunge",
    "squat",
)
# The cross-subject protocol of the paper, section 4.
SUBJECTS = {"train": (1, 3, 5, 7), "test": (2, 4, 6, 8)}
COUNTS = {"train": 431, "test": 430}
SKELETON_RATE, SIGNALS_RATE = 30.0, 50.0  # frames and samples per second


def load(split: str, root: str | os.PathLike | None = None) -> list[LabelledRecording]:
    """Load the recordings of a split: every subject does every action four times.

    Skeletons have 20 joints, in meters, at 30 frames per second. The sensor, on the right wrist or
    in the last six actions on the right thigh, gives acceleration in g and rotation in degrees per
    second, at 50 samples per second. The two do not begin at the same moment.

    Args:
        split: "train" (subjects 1, 3, 5 and 7; 431 recordings) or "test" (2, 4, 6 and 8; 430).
        root: data folder with utd_mhad/. Default: `$GRU_ZOO_DATA`. The set's page offers archives
            of MATLAB files, which are not read.

    Raises:
        FileNotFoundError: there is no folder with the set.
        ValueError: unknown split, wrong checksum, or wrong number of recordings.
    """
    check_split(SOURCE.name, split, SUBJECTS)
    folder = SOURCE.folder(root)
    if folder is None:
        raise FileNotFoundError(
            f"Data set {SOURCE.name!r}: expected the file {next(iter(SOURCE.files))} in the folder "
            f"{SOURCE.name} of the data folder, see {SOURCE.homepage}. Received: no such folder."
        )
    recordings = _read(SOURCE.local_file(folder, next(iter(SOURCE.files))))
    kept = [r for r in recordings if int(r.subject) in SUBJECTS[split]]
    check_count(SOURCE.name, split, len(kept), COUNTS[split])
    return kept


def _read(path: pathlib.Path) -> list[LabelledRecording]:
    """All recordings of the archive, in which they follow each other without a gap."""
    with np.load(path, allow_pickle=False) as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    scaled = {
        name: (columns[name] * columns[f"{name}_scale"]).astype("float32")
        for name in ("skeleton", "inertial")
    }
    parts = {
        name: np.split(values, np.cumsum(columns[f"{name}_len"])[:-1])
        for name, values in scaled.items()
    }
    rows = zip(
        parts["skeleton"], parts["inertial"], columns["action"], columns["subject"], strict=True
    )
    return [
        LabelledRecording(skeleton, inertial, LABELS[action - 1], str(subject))
        for skeleton, inertial, action, subject in rows
    ]
