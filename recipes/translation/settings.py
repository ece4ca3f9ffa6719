"""Settings of the translation presets."""

import dataclasses
from typing import Any, ClassVar

from gru_zoo import recipe
from gru_zoo.tasks.translation.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ("new_names", "phrases", "grid")

    title: str
    languages: tuple[str, str]
    data: tuple[str, ...]  # sets whose train splits are joined
    tests: tuple[tuple[str, str], ...]
    epochs: int
    repeats: int = 1  # number of times that the captions occur in an epoch, beside a larger set
    new_names: bool = False  # whether pairs with names occur once more, with invented names
    config: Config = Config()  # of this size a preset has 10 MiB
    tokens: int = 1_500  # target sub-words a step
    learning_rate: float = 1e-3
    warmup: float = 0.05
    label_smoothing: float = 0.1
    # Inverse temperature of the sampled segmentations. At 0.3 texts get an eighth longer, at 0.1
    # they would be twice as long. 0 does not sample.
    sampling: float = 0.3
    average: int = 3
    patience: int = 8
    max_length: int = 80  # sub-words; the longest caption has 44 words
    held_out: float = 0.02  # share of the pairs, where there is no validation split
    phrases: bool = False  # whether the phrase book and single words are learned as well
    taught: str = ""  # file of distil.py, whose pairs are learned beside those of the sets
    grid: int = 32  # steps per standard deviation that weights are rounded to, see round_to_grid
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


# The larger sets have a smaller model, since an epoch of them takes long, and less dropout, since
# they are trained for few epochs of many pairs.
LARGER_SETS: dict[str, Any] = {
    "config": Config(
        vocabulary_size=4_000,
        embedding_dim=192,
        units=192,
        source_dropout=0.15,
        target_dropout=0.1,
        context_dropout=0.2,
        output_dropout=0.2,
    ),
    "sampling": 0.0,
    "learning_rate": 1.5e-3,
    "average": 2,
}
CAPTIONS = (("multi30k", "test_2016_flickr"), ("multi30k", "test_2017_flickr"))
# One model of all directions, see everyday.py.
EVERYDAY = "translation_fr_en"
PRESETS = {
    EVERYDAY: Settings(
        title="everyday sentences",
        languages=("fr", "en"),
        data=(),
        tests=(),
        epochs=12,  # quarters of a pass, see QuarterBatches
        config=Config(
            vocabulary_size=10_000,
            source_dropout=0.1,
            target_dropout=0.1,
            context_dropout=0.1,
            output_dropout=0.1,
        ),
        tokens=2_500,
        learning_rate=1e-3,
        sampling=0.0,
        average=2,
        grid=16,
    ),
    "translation_en_fr": Settings(
        title="English to French: everyday sentences and descriptions of pictures",
        languages=("en", "fr"),
        data=("anki-fra-eng", "multi30k"),
        tests=(
            ("multi30k", "test_2016_flickr"),
            ("multi30k", "test_2017_flickr"),
            ("anki-fra-eng", "test"),
        ),
        epochs=6,
        repeats=3,
        new_names=True,
        phrases=True,
        grid=16,
        **LARGER_SETS,
    ),
    "translation_es_en": Settings(
        title="Spanish to English: everyday sentences",
        languages=("es", "en"),
        data=("anki-spa-eng",),
        tests=(("anki-spa-eng", "test"),),
        epochs=8,
        phrases=True,
        grid=16,
        **LARGER_SETS,
    ),
    "translation_en_de_captions": Settings(
        title="English to German: descriptions of pictures",
        languages=("en", "de"),
        data=("multi30k",),
        tests=CAPTIONS,
        epochs=28,
        config=Config(source_dropout=0.3),
        patience=4,
    ),
    "own": Settings(
        title="Trained on files of your own",
        languages=("source", "target"),
        data=(),
        tests=(),
        epochs=20,
    ),
}
# A tiny model, to run the recipe in seconds.
SMOKE = {
    "vocabulary_size": 300,
    "embedding_dim": 16,
    "units": 12,
    "epochs": 2,
    "tokens": 2_048,
    "sampling": 0.0,
    "held_out": 0.2,
    "average": 2,
}
