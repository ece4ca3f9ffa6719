"""Settings of the text generation presets."""

import dataclasses

from gru_zoo import recipe
from gru_zoo.tasks.text_generation.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    title: str
    data: str  # the sets whose train splits are read, with + between them
    test: str  # the split of the first set that is measured at the end
    # The vocabulary size is that of sub-words or words; characters are those of the text. With
    # `memory` the trained model learns to point at earlier places, on the text held out.
    config: Config
    unit: str = "char"
    # Share of the training text, cut from its end, that chooses the epochs; 0 takes the split
    # `valid` of the first set instead.
    held_out: float = 0.05
    valid: str = "valid"
    # Whether spaces already separate words and marks in the set; for words.
    separated: bool = False
    pointing_epochs: int = 10
    epochs: int = 14
    rows: int = 64
    window: int = 60
    # A sampled softmax: number of words that are always in the sum, and of words drawn; 0 draws
    # none and takes the whole softmax.
    frequent: int = 1_000
    samples: int = 0
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
    "text_generation_everyday": Settings(
        title="Everyday English, word by word",
        data="chat-english+anki-fra-eng+anki-spa-eng",
        test="test",
        config=Config(
            vocabulary_size=12_000,  # 97 to 99 % of the words of other dialogues
            embedding_dim=256,
            units=512,
            depth=1,
            input_dropout=0.05,
            hidden_dropout=0.1,
            output_dropout=0.1,
            recurrent_weight_dropout=0.0,
        ),
        unit="word",
        held_out=0.0,
        valid="dev",
        epochs=2,
        window=64,
        frequent=800,
        samples=800,
        average=1,
    ),
    # Not shipped, since the licence of the Penn Treebank does not allow it: for comparisons.
    "ptb": Settings(
        title="Penn Treebank, word by word",
        data="ptb",
        test="test",
        config=Config(
            vocabulary_size=10_002,  # all words, and special tokens
            embedding_dim=256,
            units=512,
            depth=1,
            input_dropout=0.15,
            hidden_dropout=0.35,
            output_dropout=0.25,
            recurrent_weight_dropout=0.15,
        ),
        unit="word",
        held_out=0.0,
        separated=True,
        epochs=8,
        rows=32,
        window=70,
        frequent=1_000,
        samples=1_000,
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
    "data": "scene.txt",
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
