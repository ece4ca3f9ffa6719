"""Settings of the question answering presets."""

import dataclasses
from typing import ClassVar

from gru_zoo import recipe
from gru_zoo.tasks.question_answering.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ("kind", "vocabulary_size", "answers")  # the data have them

    title: str
    train: str = ""  # stories: split of the set babi
    test: str = ""
    config: Config = Config()
    sentences: int = 72  # a twentieth of the stories of task 3 is longer than 114
    validation: float = 0.1  # share of the stories of each task
    exchange: bool = True  # words of a kind take each other's place
    epochs: int = 32
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    average: int = 3
    seed: int = 1
    policy: str = recipe.FASTEST


PRESETS = {
    "question_answering_stories": Settings(
        title="Answers to questions about stories",
        train="en_1k_train",
        test="en_1k_test",
        config=Config(units=72),
    ),
    "question_answering_passages": Settings(
        title="Answers that stand in a passage",
        config=Config(kind="passages", units=96, dropout=0.3),
        epochs=7,
        batch_size=32,
        average=2,
    ),
}
# A tiny model, to run the recipe in seconds.
SMOKE = {
    "units": 8,
    "embedding_dim": 8,
    "heads": 2,
    "hops": 2,
    "epochs": 2,
    "average": 1,
    "batch_size": 16,
}
