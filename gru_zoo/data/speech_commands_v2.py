"""The whole of Google Speech Commands 0.02, with the standard twelve classes.

TensorFlow Datasets downloads and reads it.
"""

import os

from gru_zoo.audio.sound import Sound
from gru_zoo.data import speech_commands as part
from gru_zoo.data.examples import LabelledClip
from gru_zoo.data.source import Source, cache_folder, check_split

SOURCE = Source(
    name="speech_commands_v2",
    homepage=part.SOURCE.homepage,
    licence=part.SOURCE.licence,
    citation=part.SOURCE.citation,
    files={"speech_commands": ""},  # the folder in which TensorFlow Datasets prepares the set
    url=part.SOURCE.url,
    sha256="",  # TensorFlow Datasets checks its downloads
)
COMMANDS = ("down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes")
LABELS = (*COMMANDS, part.UNKNOWN, part.SILENCE)
SPLITS = {"train": "train", "val": "validation", "test": "test"}
RATE = 16_000


def load(split: str, root: str | os.PathLike | None = None) -> list[LabelledClip]:
    """Load the clips of a split, in the order of TensorFlow Datasets, with labels of `LABELS`.

    Every split has clips of the class "silence", which are cut from recordings of noise. The
    training split takes 2.7 GB of memory.

    Args:
        split: "train", "val" or "test" (4,890 clips).
        root: data folder with speech_commands_v2/, a folder in which TensorFlow Datasets has
            prepared the set. Default: `$GRU_ZOO_DATA`, else a download (2.4 GB).

    Raises:
        FileNotFoundError: `root` lacks the set.
        ImportError: tensorflow-datasets is not installed.
        ValueError: unknown split, or classes other than expected.
    """
    check_split(SOURCE.name, split, SPLITS)
    try:
        import tensorflow_datasets
    except ImportError:
        raise ImportError(
            f"Data set {SOURCE.name!r} needs the package tensorflow-datasets: pip install "
            "'gru-zoo[datasets]'."
        ) from None
    folder = SOURCE.folder(root) or cache_folder() / SOURCE.name
    builder = tensorflow_datasets.builder("speech_commands", data_dir=str(folder))
    names = [name.strip("_") for name in builder.info.features["label"].names]
    if set(names) != set(LABELS):
        raise ValueError(
            f"Data set {SOURCE.name!r}: expected the classes {sorted(LABELS)}. Received: "
            f"{sorted(names)}. Install tensorflow-datasets 4.9 or newer."
        )
    builder.download_and_prepare()
    clips = []
    for row in tensorflow_datasets.as_numpy(builder.as_dataset(split=SPLITS[split])):
        sound = Sound(row["audio"].astype("int16"), RATE)
        clips.append(LabelledClip(sound, names[int(row["label"])]))
    return clips
