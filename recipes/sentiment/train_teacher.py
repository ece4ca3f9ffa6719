"""Let a pretrained transformer learn five degrees, and write down what it says of more sentences.

    KERAS_BACKEND=torch python recipes/sentiment/train_teacher.py --work DIR --to runs/taught.csv \\
        --data-dir DATA

writes a table for `train.py --taught runs/taught.csv` to learn from: sentences of unlabelled
reviews, sentences made of those of the treebank (`phrase_augmentation.py`), and how probable each
degree is (Tang et al. 2019, Distilling Task-Specific Knowledge from BERT into Simple Neural
Networks).
"""

import argparse
import dataclasses
import pathlib
import random

import keras
from card_texts import texts_of
from keras import layers, ops
from phrase_augmentation import exchanged
from soft_labels import SoftLabels, table
from train import PRESETS, examples, finetune, smoke_examples

from gru_zoo import recipe
from gru_zoo.data import imdb, sst
from gru_zoo.files import write_atomically
from gru_zoo.layers import MaskedPooling
from gru_zoo.presets.card import Card
from gru_zoo.recipe.teacher import MPNET, check_usable, pretrained
from gru_zoo.tasks.sentiment.processor import SentimentProcessor
from gru_zoo.tasks.sentiment.task import Sentiment
from gru_zoo.text.sentences import SENTENCE_ENDS
from gru_zoo.text.special_tokens import PAD

STARS = PRESETS["sentiment_stars"]
WORDS = range(4, 41)  # of a sentence of a review


@dataclasses.dataclass
class Settings:
    """Settings of the teacher."""

    teacher: str = MPNET  # a name on the hub, or a folder
    dropout: float = 0.2
    min_phrase_words: int = 60  # so that it learns from whole sentences alone
    batch_size: int = 32
    learning_rate: float = 4e-5
    epochs: int = 3
    of_reviews: int = 40_000  # sentences of unlabelled reviews
    a_sentence: int = 6  # new sentences of each one in the treebank, at most
    seed: int = 1


def untrained(settings: Settings) -> Sentiment:
    """The transformer under a layer of its own."""
    pieces, encoder = pretrained(settings.teacher)
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    mask = ops.not_equal(token_ids, PAD)
    pooled = MaskedPooling(name="pooling")(encoder(token_ids), mask=mask)
    x = layers.Dropout(settings.dropout, name="dropout")(pooled)
    probabilities = layers.Softmax(name="probabilities")(
        layers.Dense(len(STARS.labels), name="logits")(x)
    )
    model = keras.Model(token_ids, probabilities, name="teacher")
    card = Card(
        name="teacher",
        task="sentiment",
        title="A teacher",
        config={"classes": len(STARS.labels)},
        labels=STARS.labels,
        **texts_of("sentiment_stars", STARS.max_length),
    )
    return Sentiment(model, SentimentProcessor(pieces, STARS.max_length), card)


def of_reviews(count: int, seed: int, root: str | None) -> list[str]:
    """First and last sentences of unlabelled reviews, where opinions stand, drawn at random."""
    found: dict[str, None] = {}
    for review in imdb.unlabelled_texts(root):
        sentences = [part.strip() for part in SENTENCE_ENDS.split(review)]
        found |= {s: None for s in (sentences[0], sentences[-1]) if len(s.split()) in WORDS}
    return random.Random(seed).sample(list(found), min(count, len(found)))


def to_teach(settings: Settings, root: str | None) -> dict[str, str]:
    """Sentences to label, and the data set that each comes from."""
    reviews = of_reviews(settings.of_reviews, settings.seed, root)
    made = exchanged(sst.load_trees("train", root), settings.a_sentence, settings.seed)
    return dict.fromkeys(made, "sst") | dict.fromkeys(reviews, "imdb")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    parser.add_argument("--to", type=pathlib.Path, required=True, help="file to write")
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    parser.add_argument("--resume", action="store_true", help="go on after the last epoch")
    parser.add_argument("--smoke", action="store_true", help="run in seconds on a few examples")
    recipe.add_options(parser, Settings)
    args = parser.parse_args()
    check_usable(parser)
    args.to.parent.mkdir(parents=True, exist_ok=True)  # not only once all is labelled
    settings = recipe.with_options(Settings(), args)
    recipe.set_seed(settings.seed)
    recipe.tune_malloc()

    knobs = dataclasses.replace(
        STARS,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        min_phrase_words=settings.min_phrase_words,
        seed=settings.seed,
        policy="float32",  # the encoder computes in bfloat16 whatever this is
    )
    if args.smoke:
        train, held_out = {"sst": smoke_examples()}, smoke_examples()
        sets = {e.text: "sst" for e in held_out}
    else:
        train, held_out = examples(knobs, args.data_dir)
        sets = to_teach(settings, args.data_dir)
        for example in held_out:
            sets.pop(example.text, None)
    teacher = untrained(settings)
    finetune(teacher, knobs, train, held_out, args.work, args.resume)
    rows = teacher.evaluate(*teacher.examples(held_out))
    print("validation:", {row.name: round(row.value, 4) for row in rows})
    taught = SoftLabels([*sets], [*sets.values()], teacher.probabilities([*sets], verbose=True))
    write_atomically(args.to, table(taught, STARS.labels))
    print(f"{len(sets)} sentences in '{args.to}'")


if __name__ == "__main__":
    main()
