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
    past: int = 512  # the same; presets of one set read no more
    stride: int = 0  # the same: steps of the series for each window of an epoch; 0: horizon / 4
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
        epochs=6,
        config=Config(units=32, depth=1, dropout=0.1),
        data="exchange_rate",
        past=128,
        learning_rate=1e-3,
    ),
    "forecasting_etth1": Settings(
        title="Load and temperature of a transformer, every hour",
        tests=(("ett", "etth1_test"),),
        epochs=12,
        config=Config(patch=24, units=64, depth=1, dropout=0.2),
        data="ett",
        part="etth1_",
        horizon=720,
        past=720,
        stride=12,
        batch_size=64,
        learning_rate=1e-3,
    ),
    "forecasting_ettm1": Settings(
        title="Load and temperature of a transformer, every quarter of an hour",
        tests=(("ett", "ettm1_test"),),
        epochs=8,
        config=Config(patch=48, units=64, depth=1, dropout=0.2),
        data="ett",
        part="ettm1_",
        horizon=720,
        past=1440,
        stride=48,
        batch_size=64,
        learning_rate=1e-3,
    ),
    "forecasting_weather": Settings(
        title="Weather of Jena, every ten minutes",
        tests=(("weather_jena_2020", "test"),),
        epochs=6,
        config=Config(patch=48, units=64, depth=1, dropout=0.2),
        data="weather_jena_2020",
        horizon=720,
        past=720,
        stride=120,
        batch_size=64,
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
