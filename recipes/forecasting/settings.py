"""Settings of the forecasting presets."""

import dataclasses
from typing import Any, ClassVar

from gru_zoo.tasks.forecasting.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ("data", "part", "patch")

    title: str
    tests: tuple[tuple[str, str], ...]
    epochs: int
    config: Config = Config()
    data: str = ""  # set to train on; "" for synthetic series and panels
    part: str = ""  # what the names of its splits begin with
    batches: int = 100  # of an epoch on synthetic series; every epoch has new ones
    valid_batches: int = 12
    horizon: int = 24  # of training on one set, in steps
    past: int = 512  # the same
    batch_size: int = 32  # the same
    learning_rate: float = 2e-3
    average: int = 4
    seed: int = 1
    policy: str = "float32"


PRESETS = {
    "forecasting_any": Settings(
        title="Forecasts of any series, without training",
        tests=(("chronos-zero-shot-14", "test"), ("gift-eval-held-15", "test")),
        epochs=30,
    ),
    "forecasting_exchange": Settings(
        title="Exchange rates of eight currencies",
        tests=(("exchange_rate", "test"),),
        epochs=12,
        config=Config(units=32, depth=1, dropout=0.1),
        data="exchange_rate",
        past=128,
        learning_rate=1e-3,
    ),
    "own": Settings(
        title="Trained on series of your own",
        tests=(),
        epochs=20,
        config=Config(units=64, depth=1, dropout=0.1),
        past=512,
        learning_rate=1e-3,
    ),
}
# A tiny model, to run the recipe in seconds.
SMOKE: dict[str, Any] = {"units": 8, "depth": 1, "epochs": 2, "batches": 4, "valid_batches": 4}
SMOKE |= {"average": 1}
