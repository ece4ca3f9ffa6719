"""Settings of the compression preset."""

import dataclasses
import pathlib
from typing import ClassVar

from gru_zoo import recipe
from gru_zoo.tasks.compression.model import Config

# See recipes/sentiment/pretrain.py.
PRETRAINED = pathlib.Path(__file__).resolve().parents[1] / "sentiment" / "pretrained"
DATA = "google-sentence-compression-10k"
RELEASES = "congress-press-headlines"  # a teacher labels sentences of it


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ("vocabulary_size", "embedding_dim")  # those of the pretrained encoder

    title: str
    epochs: int
    config: Config = Config(word_units=64)  # units: those of the pretrained encoder
    batch_size: int = 64
    learning_rate: float = 1.5e-3
    average: int = 3
    lessons: str = ""  # folder of train_teacher.py, to learn from in place of the pairs alone
    state_weight: float = 3.0  # of the teacher's states in the loss
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


# To train on the pairs alone. The README has the options with which the preset was trained.
PRESETS = {
    "summarization_compression": Settings(
        title="English news sentences made shorter by leaving out words",
        epochs=10,
    ),
}
# A tiny model, to run the recipe in seconds.
SMOKE = {
    "embedding_dim": 8,
    "units": 12,
    "word_units": 8,
    "key": 4,
    "epochs": 2,
    "average": 2,
    "batch_size": 8,
}
