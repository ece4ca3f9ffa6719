"""Settings of the summarization presets."""

import dataclasses

from gru_zoo import recipe
from gru_zoo.tasks.summarization.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    title: str
    data: tuple[str, ...]  # sets whose train splits are joined, and whose dev splits validate
    tests: tuple[tuple[str, str], ...]
    lead: int  # words of the baseline that takes the beginning of the text
    epochs: int
    casing: str
    novel_words: bool = False  # whether a summary may have words that its text lacks
    general: bool = False  # whether to train on `prepare.general_examples`
    config: Config = Config()  # of this size a preset has 10 MiB
    tokens: int = 12_000  # source sub-words a step: 75 texts
    learning_rate: float = 1e-3
    warmup: float = 0.05
    label_smoothing: float = 0.1
    # Weight of the loss that penalizes repeated attention. Summaries of a line hardly repeat it,
    # and the search blocks the rest.
    coverage: float = 0.0
    average: int = 3
    patience: int = 4
    max_length: int = 159  # sub-words of a text, about 110 words; with its end 160, a padded length
    longest: int = 48  # maximum number of sub-words of a summary
    held_out: float = 0.05  # share of the pairs, where there is no validation split
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


PRESETS = {
    "summarization_titles": Settings(
        title="Titles of computer science papers from their abstracts",
        data=("arxiv-cs-titles",),
        tests=(("arxiv-cs-titles", "test"),),
        lead=10,  # titles have 10.2 words
        epochs=5,
        casing="title",
    ),
    "summarization_headlines": Settings(
        title="Headlines of news releases from their first paragraphs",
        data=("congress-press-headlines",),
        tests=(
            ("congress-press-headlines", "test"),
            ("congress-press-headlines", "test_senate"),
            ("congress-press-headlines", "test_congress"),
        ),
        lead=20,  # headlines have 11.3 words; with 20 the baseline scores higher than with 10
        epochs=4,
        casing="sentence",
    ),
    "own": Settings(
        title="Trained on a table of your own",
        data=(),
        tests=(),
        lead=10,
        epochs=20,
        casing="sentence",
        novel_words=True,  # the lists of function words and inflections are English
    ),
}
# A tiny model, to run the recipe in seconds.
SMOKE = {
    "vocabulary_size": 330,
    "embedding_dim": 16,
    "units": 12,
    "epochs": 2,
    "tokens": 2_048,
    "longest": 8,
    "held_out": 0.2,
    "average": 2,
}
