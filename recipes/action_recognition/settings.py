"""Settings of the action recognition presets."""

import dataclasses
from typing import ClassVar

from gru_zoo import recipe
from gru_zoo.tasks.action_recognition.augmentation import Augmentation
from gru_zoo.tasks.action_recognition.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ("skeleton", "signals", "classes")  # the data have them

    title: str
    data: str  # name of the set
    config: Config = Config()
    augmentation: Augmentation = Augmentation()
    leave_out: str = ""  # training subject who is kept to choose settings; all are trained on
    fold: int = -1  # for a set whose subjects are the labels: every tenth recording, from 0 to 9
    epochs: int = 60  # fixed: with all subjects trained on, none is left to choose by
    average: int = 15  # the last quarter
    batch_size: int = 32
    learning_rate: float = 2.5e-3
    seed: int = 1
    policy: str = recipe.FASTEST


PRESETS = {
    "action_recognition_body": Settings(
        title="27 actions of a body",
        data="utd_mhad",
        augmentation=Augmentation(mirror=0.1),  # for people who use the left hand
    ),
    "action_recognition_vowels": Settings(
        title="Nine speakers by a vowel",
        data="japanese_vowels",
        config=Config(
            skeleton=0,
            signals=12,
            signals_kernels=(3,),
            signals_strides=(1,),
            filters=64,
            units=64,
            classes=9,
            dropout=0.2,
            summary_dropout=0.5,
        ),
        # Cepstra do not turn. A vowel has 7 to 29 frames.
        augmentation=Augmentation(crop=0.05, sensor_gain=0.05, sensor_noise=0.2),
        batch_size=16,
    ),
}
# A tiny model, to run the recipe in seconds.
SMOKE = {"filters": 8, "units": 4, "epochs": 2, "average": 1, "batch_size": 4}
