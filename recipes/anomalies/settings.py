"""Settings of the presets for anomalies."""

import dataclasses
from typing import Any, ClassVar

from gru_zoo.tasks.anomalies.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ()

    title: str
    tests: tuple[tuple[str, str], ...]
    config: Config = Config()
    epochs: int = 12
    batches: int = 45  # of an epoch; every epoch has new ones
    valid_batches: int = 8
    rows: int = 32  # series of a batch
    learning_rate: float = 3e-3
    average: int = 3
    seed: int = 1
    policy: str = "float32"


PRESETS = {
    "anomalies_stream": Settings(
        title="Anomalies in any series, while it comes in",
        tests=(("nab", "standard"), ("nab", "low_fp"), ("nab", "tsb_ad_18")),
    ),
}
# A tiny model, to run the recipe in seconds.
SMOKE: dict[str, Any] = {"units": 8, "hidden": 8, "epochs": 2, "batches": 2, "valid_batches": 1}
SMOKE |= {"rows": 4, "average": 1}
