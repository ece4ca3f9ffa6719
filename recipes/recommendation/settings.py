"""Settings of the recommendation presets."""

import dataclasses
from typing import ClassVar

from gru_zoo.tasks.recommendation.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ("items",)  # the data decide

    title: str
    data: str  # name of the set; none for a table of your own
    config: Config = Config()
    epochs: int = 3
    batch_size: int = 256
    learning_rate: float = 3e-3
    warmup: float = 0.05
    samples: int = 2_048  # items that the items of a batch are compared with
    patience: int = 3
    validation: float = 0.2  # share of the users whose last item is held out, of your own table
    seed: int = 1
    policy: str = "float32"  # most of the work is no product of matrices


PRESETS = {
    "recommendation_beauty": Settings(
        title="Next beauty products",
        data="amazon_beauty_seq",
    ),
    "recommendation_games": Settings(
        title="Next video games",
        data="amazon_games_seq",
    ),
    "own": Settings(title="Trained on a table of your own", data=""),
}
# A tiny model, to run the recipe in seconds.
SMOKE = {"embedding_dim": 8, "units": 8, "neighbors": 4, "samples": 64, "epochs": 2}
