"""Settings of the forecasting presets."""

import dataclasses
from typing import Any, ClassVar

from gru_zoo.tasks.forecasting.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ()

    title: str
    tests: tuple[tuple[str, str], ...]
    epochs: int
    batches: int  # of an epoch; every epoch has new ones
    config: Config = Config()
    valid_batches: int = 12
    learning_rate: float = 2e-3
    average: int = 4
    seed: int = 1
    policy: str = "float32"


PRESETS = {
    "forecasting_any": Settings(
        title="Forecasts of any series, without training",
        tests=(("chronos-zero-shot-14", "test"), ("gift-eval-held-15", "test")),
        epochs=30,
        batches=100,
    ),
}
# A tiny model, to run the recipe in seconds.
SMOKE: dict[str, Any] = {"units": 8, "depth": 1, "epochs": 2, "batches": 4, "valid_batches": 4}
