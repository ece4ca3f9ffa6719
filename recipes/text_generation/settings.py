"""Settings of the text generation presets."""

import dataclasses

from gru_zoo import recipe
from gru_zoo.tasks.text_generation.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    title: str
    data: str  # the set whose train split is read
    test: str  # the split that is measured at the end
    # The vocabulary size is that of sub-words; characters are those of the text. With `memory` the
    # trained model learns to point at earlier places, on the text held out.
    config: Config
    unit: str = "char"
    # Share of the training text, cut from its end, that chooses the epochs; 0 takes the split
    # "valid" instead.
    held_out: float = 0.05
    pointing_epochs: int = 10
    epochs: int = 14
    rows: int = 64
    window: int = 60
    learning_rate: float = 3e-3
    warmup: float = 0.05
    weight_decay: float = 1e-2
    average: int = 3
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


PRESETS = {
    "text_generation_shakespeare": Settings(
        title="Plays after Shakespeare, character by character",
        data="tiny-shakespeare",
        test="last_10_percent",
        config=Config(vocabulary_size=8_000, memory=1_000),
    ),
    "text_generation_wikitext": Settings(
        title="Articles of Wikipedia, sub-word by sub-word",
        data="wikitext-2",
        test="test",
        # Small enough for some twenty minutes an epoch on one CPU core.
        config=Config(
            vocabulary_size=5_000,
            embedding_dim=256,
            units=384,
            input_dropout=0.05,
            hidden_dropout=0.15,
            output_dropout=0.15,
            recurrent_weight_dropout=0.1,
            memory=2_000,
            nearest=10,  # with 3 it repeats itself more often
        ),
        unit="subword",
        held_out=0.0,
        pointing_epochs=4,
        epochs=5,
        rows=40,
        window=40,
        average=2,
    ),
    "own": Settings(
        title="Trained on a text of your own",
        data="own text",
        test="",
        config=Config(vocabulary_size=8_000),
    ),
}
# A tiny model, to run the recipe in seconds.
SMOKE = {
    "vocabulary_size": 330,  # 256 bytes, special tokens and every character
    "embedding_dim": 8,
    "units": 12,
    "memory": 20,
    "key_dim": 4,
    "pointing_epochs": 1,
    "epochs": 2,
    "rows": 4,
    "window": 12,
    "held_out": 0.2,
    "average": 2,
}
