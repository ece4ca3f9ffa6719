"""Settings of the keyword spotting presets."""

import dataclasses
from typing import Any, ClassVar

from gru_zoo import recipe
from gru_zoo.audio.augmentation import Augmentation
from gru_zoo.tasks.keyword_spotting.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ("seconds", "classes")  # one second; the data have the classes

    title: str
    data: str  # name of the set; none for clips of your own
    valid: str  # its split that chooses the epochs
    tests: tuple[str, ...]
    epochs: int
    config: Config = Config()
    augmentation: Augmentation = Augmentation()
    teacher: str = ""  # preset of the same labels to learn from as well
    leave_out: str = ""  # speaker who is kept for a test, to measure new voices
    batch_size: int = 106  # and 10 clips each of silence and of unknown words, with ten classes
    # Clips of a class in an epoch. A third of the commands' training clips are other words.
    most: int = 1_200
    learning_rate: float = 3e-3
    average: int = 8
    held_out: float = 0.15  # share of the clips, where there is no validation split
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


COMMANDS = Settings(
    title="Eight spoken commands",
    data="speech_commands",
    valid="val",
    tests=("test10", "probe_flac", "probe_opus", "background_noise", "other_words"),
    epochs=26,
)
# 58,000 weights.
TINY: dict[str, Any] = {
    "bands": 40,
    "bands_masked": 6,
    "filters": (12, 20, 28),
    "features": 40,
    "units": 30,
    "heads": 2,
    "key": 16,
    "dropout": 0.05,
}
PRESETS = {
    "speech_commands": COMMANDS,
    "speech_commands_tiny": dataclasses.replace(
        COMMANDS,
        title="Eight spoken commands, for small boards",
        teacher="speech_commands",
        average=5,
        # A small model underfits, so the task is made less hard.
        config=Config(frames_masked=10, **TINY),
        augmentation=Augmentation(smoothing=0.0),
    ),
    "speech_commands_12": dataclasses.replace(
        COMMANDS,
        title="Ten spoken commands, standard classes",
        data="speech_commands_v2",
        tests=("test",),
        epochs=40,
        most=3_500,  # most commands have about 3,100
    ),
    "speech_digits": Settings(
        title="Spoken digits",
        data="fsdd",
        valid="valid",
        tests=("test",),
        epochs=60,
        config=Config(
            rate=8_000,
            filters=(24, 32, 48),
            bands=40,
            bands_masked=6,
            frames_masked=10,  # a digit takes about 40
            features=80,
            units=64,
        ),
        batch_size=64,
    ),
    "own": Settings(title="Trained on clips of your own", data="", valid="", tests=(), epochs=60),
}
# A tiny model, to run the recipe in seconds.
SMOKE = TINY | {"filters": (4, 4), "features": 8, "units": 8, "epochs": 2, "average": 2}
SMOKE |= {"rate": 4_000, "bands": 24, "batch_size": 8, "teacher": ""}
