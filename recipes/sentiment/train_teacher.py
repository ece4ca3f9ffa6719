"""Fine-tune a pretrained transformer on five degrees, and label more sentences with it.

    KERAS_BACKEND=torch python recipes/sentiment/train_teacher.py --work DIR --to runs/taught.csv \\
        --data-dir DATA

writes the table from which `train.py --taught runs/taught.csv` learns: sentences of unlabelled
reviews, and sentences made of the treebank's (`phrase_augmentation.py`), with the probability of
each degree (Tang et al. 2019, Distilling Task-Specific Knowledge from BERT into Simple Neural
Networks).
"""

import argparse
import dataclasses
import pathlib
import random
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras
from keras import layers, ops

from gru_zoo import recipe, registry
from gru_zoo.data import imdb, sst
from gru_zoo.files import write_atomically
from gru_zoo.layers import MaskedPooling
from gru_zoo.presets.card import Card
from gru_zoo.recipe.teacher import MPNET, check_usable, pretrained
from gru_zoo.tasks.sentiment.processor import SentimentProcessor
from gru_zoo.tasks.sentiment.task import Sentiment
from gru_zoo.text.sentences import SENTENCE_ENDS
from gru_zoo.text.special_tokens import PAD
from recipes.sentiment.card_texts import texts_of
from recipes.sentiment.fine_tuning import fine_tune
from recipes.sentiment.phrase_augmentation import exchange_phrases
from recipes.sentiment.prepare import examples, smoke_examples
from recipes.sentiment.settings import PRESETS
from recipes.sentiment.soft_labels import SoftLabels, table

STARS = PRESETS["sentiment_stars"]
WORDS = range(4, 41)  # in a sentence of a review that is labelled


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of the teacher."""

    teacher: str = MPNET  # a name on the Hugging Face hub, or a folder
    dropout: float = 0.2
    min_phrase_words: int = 60  # no phrase is as long, so it learns from whole sentences
    batch_size: int = 32
    learning_rate: float = 4e-5
    epochs: int = 3
    of_reviews: int = 40_000  # sentences of unlabelled reviews
    a_sentence: int = 6  # maximum number of new sentences made of one of the treebank
    seed: int = 1


def build_teacher(settings: Settings) -> Sentiment:
    """The untrained teacher: the transformer with a classifier on its mean state."""
    tokenizer, encoder = pretrained(settings.teacher)
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
    return Sentiment(model, SentimentProcessor(tokenizer, STARS.max_length), card)


def review_sentences(count: int, seed: int, root: str | None) -> list[str]:
    """Random first and last sentences of unlabelled reviews, where opinions are."""
    unique: dict[str, None] = {}
    for review in imdb.unlabelled_texts(root):
        sentences = [part.strip() for part in SENTENCE_ENDS.split(review)]
        unique |= {s: None for s in (sentences[0], sentences[-1]) if len(s.split()) in WORDS}
    return random.Random(seed).sample(list(unique), min(count, len(unique)))


def sentences_to_label(settings: Settings, root: str | None) -> dict[str, str]:
    """Data set by sentence that the teacher labels."""
    reviews = review_sentences(settings.of_reviews, settings.seed, root)
    trees = sst.load_trees("train", root)
    made = exchange_phrases(trees, settings.a_sentence, settings.seed)
    return dict.fromkeys(made, "sst") | dict.fromkeys(reviews, "imdb")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    parser.add_argument("--to", type=pathlib.Path, required=True, help="file to write")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--preset", help="label with this preset of five degrees, train nothing")
    parser.add_argument("--resume", action="store_true", help="continue after the last epoch")
    parser.add_argument("--smoke", action="store_true", help="run in seconds on a few examples")
    recipe.add_options(parser, Settings)
    args = parser.parse_args()
    if not args.preset:
        check_usable(parser)
    args.to.parent.mkdir(parents=True, exist_ok=True)  # fails before the training, not after it
    settings = recipe.with_options(Settings(), args)
    recipe.set_up_process(settings.seed)

    training = dataclasses.replace(
        STARS,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        min_phrase_words=settings.min_phrase_words,
        seed=settings.seed,
        policy="float32",  # the encoder computes in bfloat16 under any policy
    )
    if args.smoke:
        train, held_out = {"sst": smoke_examples()}, smoke_examples()
        sets = {e.text: "sst" for e in held_out}
    else:
        train, held_out = examples(training, args.data_dir)
        sets = sentences_to_label(settings, args.data_dir)
        for example in held_out:
            sets.pop(example.text, None)
    if args.preset:
        teacher = registry.load(args.preset)
    else:
        teacher = build_teacher(settings)
        fine_tune(teacher, training, train, held_out, args.work, args.resume)
        rows = teacher.evaluate(*teacher.examples(held_out))
        print("validation:", {row.name: round(row.value, 4) for row in rows})
    probabilities = teacher.probabilities([*sets], verbose=True)
    soft_labels = SoftLabels([*sets], [*sets.values()], probabilities)
    write_atomically(args.to, table(soft_labels, STARS.labels))
    print(f"{len(sets)} sentences in '{args.to}'")


if __name__ == "__main__":
    main()
