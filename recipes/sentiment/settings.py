"""Settings of the sentiment presets."""

import dataclasses
import pathlib

from gru_zoo import recipe

PRETRAINED = pathlib.Path(__file__).resolve().parent / "pretrained"  # see pretrain.py
BUCKETS = 2**20  # of the bag of bigrams; with fewer, collisions lower the validation accuracy


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training.

    The sizes of the network are those of the pretrained encoder.
    """

    title: str
    labels: tuple[str, ...]
    tests: tuple[tuple[str, str], ...]
    epochs: int
    batch_size: int
    learning_rate: float
    min_phrase_words: int  # shorter phrases of the treebank are left out
    epsilon: float = 0.0  # of adversarial training, 0 for none
    buckets: int = 0  # of the bag of bigrams beside the network, 0 for none
    posts: bool = False  # whether the vocabulary has links, handles and emoji
    max_length: int = 1024  # sub-words; few reviews are longer
    held_out_reviews: int = 0  # of IMDB's train split, which has no validation split of its own
    share: float = 1.0  # of the texts of `sentiment_general` that a run draws
    taught: str = ""  # file of train_teacher.py, whose soft labels are learned as well
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


PRESETS = {
    "sentiment_general": Settings(
        title="Negative, neutral or positive, of any English text",
        labels=("negative", "neutral", "positive"),
        tests=(
            ("semeval-twitter-sentiment", "test"),
            ("fdu-mtl-product-reviews", "test"),
            ("dynasent-dev", "r1.dev"),
            ("dynasent-dev", "r2.dev"),
            ("contrast-sets-imdb", "test"),
            ("imdb", "test"),
            ("sst2", "test"),
        ),
        epochs=1,
        batch_size=128,
        learning_rate=1e-3,
        min_phrase_words=2,
        buckets=BUCKETS,
        held_out_reviews=1_000,
        posts=True,
    ),
    "sentiment_reviews": Settings(
        title="Positive or negative, from a sentence to a long review",
        labels=("negative", "positive"),
        tests=(("imdb", "test"), ("sst2", "test")),
        epochs=3,
        batch_size=64,
        learning_rate=1e-3,
        min_phrase_words=8,
        buckets=BUCKETS,
        held_out_reviews=2_000,
    ),
    "sentiment_stars": Settings(
        title="Five degrees, from very negative to very positive, of a sentence",
        labels=("very negative", "negative", "neutral", "positive", "very positive"),
        tests=(("sst5", "test"),),
        epochs=3,
        batch_size=64,
        learning_rate=3e-4,
        min_phrase_words=2,
        max_length=512,
    ),
}
SMOKE: dict[str, object] = {}  # the sizes come with the encoder that --pretrained names
