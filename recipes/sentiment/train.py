"""Train a sentiment preset, measure it on its test splits, and save it.

    KERAS_BACKEND=torch python recipes/sentiment/train.py sentiment_reviews \\
        --work DIR --data-dir DATA

`sentiment_reviews` starts from the encoder that pretrain.py made, `sentiment_stars` from the preset
`sentiment_reviews`. A killed training goes on with --resume.
"""

import argparse
import collections
import csv
import dataclasses
import pathlib
import time

import bigrams
import keras
import numpy as np
from adversarial import Adversarial
from calibration import calibrate
from card_texts import texts_of
from held_out import in_runs
from soft_labels import SoftLabels, read

import gru_zoo
from gru_zoo import data, recipe, registry, training
from gru_zoo.batching.dataset import BucketedBatches
from gru_zoo.data import imdb, sst
from gru_zoo.data._normalise import normalize
from gru_zoo.data.examples import LabelledText
from gru_zoo.presets.card import Card, DataRow
from gru_zoo.tasks.sentiment.model import Config
from gru_zoo.tasks.sentiment.processor import SentimentProcessor
from gru_zoo.tasks.sentiment.task import Sentiment
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRETRAINED = pathlib.Path(__file__).resolve().parent / "pretrained"
# Finer than what prediction pads to: nothing compiles on torch, and padding costs time.
LENGTHS = (8, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 448, 512, 640, 768, 1024)


@dataclasses.dataclass
class Settings:
    """Settings of one preset's training."""

    title: str
    labels: tuple[str, ...]
    tests: tuple[tuple[str, str], ...]
    epochs: int
    batch_size: int
    learning_rate: float
    min_phrase_words: int  # shorter phrases of the treebank are left out
    epsilon: float = 0.0  # of adversarial training, 0 for none
    buckets: int = 0  # of the bag of bigrams beside the network, 0 for none
    max_length: int = 1024  # sub-words; few reviews are longer
    held_out_reviews: int = 0  # of IMDB's train split, which has no validation split of its own
    taught: str = ""  # a file of train_teacher.py, whose sentences stand beside those of the sets
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


PRESETS = {
    "sentiment_reviews": Settings(
        title="Positive or negative, from a sentence to a long review",
        labels=("negative", "positive"),
        tests=(("imdb", "test"), ("sst2", "test")),
        epochs=3,
        batch_size=64,
        learning_rate=1e-3,
        min_phrase_words=8,
        buckets=bigrams.BUCKETS,
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


# What the card says of the sentences that a teacher labels, see train_teacher.py.
BY_TEACHER = {
    "imdb": "unsupervised, sentences of them, as a teacher labels them",
    "sst": "train, sentences whose phrases were exchanged, as a teacher labels them",
}

Examples = list[LabelledText]


def smoke_examples() -> Examples:
    """A few sentences that the tests ship."""
    with open(ROOT / "tests" / "fixtures" / "reviews.csv", newline="", encoding="utf-8") as file:
        return [LabelledText(**row) for row in csv.DictReader(file)]


def examples(knobs: Settings, root: str | None) -> tuple[dict[str, Examples], Examples]:
    """Training examples by data set, and validation examples of all sets."""
    classes = len(knobs.labels)
    sentences = data.load(f"sst{classes}", "train", root)
    seen = {e.text for e in sentences}
    phrases = [
        e
        for e in data.load(f"sst{classes}", "train_phrases", root)
        if len(e.text.split()) >= knobs.min_phrase_words and e.text not in seen
    ]
    train, held_out = {"sst": sentences + phrases}, data.load(f"sst{classes}", "dev", root)
    if knobs.held_out_reviews:
        reviews = data.load("imdb", "train", root)
        test = {normalize(e.text) for e in data.load("imdb", "test", root)}
        held, rest = in_runs(len(reviews), knobs.held_out_reviews, knobs.seed)
        kept, train["imdb"] = (
            [reviews[i] for i in rows if normalize(reviews[i].text) not in test]
            for rows in (held, rest)
        )
        held_out = kept + held_out
    return train, held_out


def start(
    preset: str, knobs: Settings, pretrained: pathlib.Path, earlier: list[str] | None
) -> Sentiment:
    """The task to train: earlier ones if any, else untrained but for the pretrained layers."""
    if preset == "sentiment_stars" and not earlier:
        earlier = ["sentiment_reviews"]
    if earlier:
        if gru_zoo.card(earlier[0]).labels != knobs.labels:
            return recipe.earlier(earlier, labels=list(knobs.labels))
        task = recipe.earlier(earlier)
        if task.config.buckets:
            bag = task.model.get_layer("bigrams")  # fitted anew after the network
            bag.set_weights([np.zeros_like(kernel) for kernel in bag.get_weights()])
        return task
    processor = SentimentProcessor(
        SubwordTokenizer((pretrained / "tokenizer.model").read_bytes()), knobs.max_length
    )
    with np.load(pretrained / "encoder.npz", allow_pickle=False) as encoder:
        vocabulary_size, embedding_dim = encoder["embedding/0"].shape
        config = Config(
            vocabulary_size=vocabulary_size,
            embedding_dim=embedding_dim,
            units=encoder["forward/1"].shape[0],
            classes=len(knobs.labels),
            buckets=knobs.buckets,
        )
        model = registry.build("sentiment", **dataclasses.asdict(config))
        for name in {key.split("/")[0] for key in encoder}:
            layer = model.get_layer(name)
            layer.set_weights([encoder[f"{name}/{i}"] for i in range(len(layer.weights))])
    card = Card(
        name=preset,
        task="sentiment",
        title=knobs.title,
        config=dataclasses.asdict(config),
        labels=knobs.labels,
        **texts_of(preset, knobs.max_length),
    )
    return Sentiment(model, processor, card)


def add_bigrams(task: Sentiment, train: dict[str, Examples], held_out: Examples) -> None:
    """Fit the bag of bigrams by itself: trained jointly, it would learn all texts by heart.

    It learns from reviews alone: with sentences among them it is worse on reviews.
    """

    def encoded(part):
        texts, labels = task.examples(part)
        return task.processor.encode(texts), np.array(labels) == task.labels[1]

    layer = task.model.get_layer("bigrams")
    reviews = train.get("imdb") or train["sst"]  # --smoke has sentences alone
    layer.set_weights([bigrams.fit(layer, encoded(reviews), encoded(held_out))])


def in_float32(task: Sentiment) -> Sentiment:
    """The same task, computing in float32 whatever it was trained in."""
    keras.mixed_precision.set_global_policy("float32")
    model = task.build(task.config)
    model.set_weights(task.model.get_weights())
    return Sentiment(model, task.processor, task.card)


def finetune(
    task, knobs, train, held_out, directory, resume, taught=None
) -> dict[str, list[float]]:
    """Train on the examples and leave the task with the weights of its best epoch."""
    train = [e for part in train.values() for e in part]
    for layer in task.model.layers:
        layer.trainable = layer.name != "bigrams"  # that is fitted apart, see `add_bigrams`

    def batches(part, taught=None, **options):
        texts, labels = task.examples(part)
        targets = task.targets(labels)
        if taught:
            texts, targets = texts + taught.texts, np.concatenate([targets, taught.probabilities])
        # `encode` pads; batches pad better, each to the length it needs.
        sequences, size = task.processor.encode(texts), knobs.batch_size
        return BucketedBatches(sequences, targets, batch_size=size, lengths=LENGTHS, **options)

    train, held_out = batches(train, taught, seed=knobs.seed), batches(held_out, shuffle=False)
    model = Adversarial(task.model, knobs.epsilon) if knobs.epsilon else task.model
    trained = Sentiment(model, task.processor, task.card)
    trained.compile(training.optimizer(knobs.learning_rate, steps=len(train) * knobs.epochs))
    history = training.fit(
        trained.model,
        train,
        held_out,
        epochs=knobs.epochs,
        monitor="val_accuracy",
        mode="max",
        directory=directory,
        resume=resume,
        settings=dataclasses.asdict(knobs),
    )
    return history.history


def describe(
    preset: str,
    knobs: Settings,
    task: Sentiment,
    train: dict,
    taught: SoftLabels | None,
    record: dict,
    earlier: list[str] | None,
) -> Card:
    """The card of the trained task, its numbers still missing."""
    sources = {"imdb": imdb.SOURCE, "sst": sst.SOURCE}
    rows = recipe.data_rows({name: len(part) for name, part in train.items()}, sources)
    for name, count in collections.Counter(taught.sets if taught else ()).items():
        licence, homepage = sources[name].licence, sources[name].homepage
        rows = (*rows, DataRow(name, BY_TEACHER[name], count, licence, homepage))
    if preset == "sentiment_stars":
        before = gru_zoo.card(earlier[0] if earlier else "sentiment_reviews").data
        rows = tuple(dict.fromkeys((*before, *rows)))
    else:
        texts = 49_239  # unlabelled reviews that imdb.pretraining_texts leaves
        licence, homepage = imdb.SOURCE.licence, imdb.SOURCE.homepage
        rows = (*rows, DataRow("imdb", "unsupervised", texts, licence, homepage))
    return task.card.replace(
        name=preset,
        title=knobs.title,
        labels=knobs.labels,
        data=rows,
        metrics=(),
        training=record,
        **texts_of(preset, knobs.max_length),
    )


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    parser.add_argument(
        "--pretrained", type=pathlib.Path, default=PRETRAINED, help="see pretrain.py"
    )
    recipe.add_start_from(parser)
    return recipe.parse(parser)


def main() -> None:
    args = arguments()
    began = time.perf_counter()
    knobs = recipe.begin(args, PRESETS, smoke={})

    if args.smoke:
        train, held_out = {"sst": smoke_examples()}, smoke_examples()
    else:
        train, held_out = examples(knobs, args.data_dir)
    task = start(args.preset, knobs, args.pretrained, args.start_from)
    task.processor.max_length = knobs.max_length  # whatever an earlier one read
    taught = read(knobs.taught, task.labels) if knobs.taught else None
    counts = {name: len(part) for name, part in train.items()}
    if taught:
        counts["a teacher"] = len(taught.texts)
    print(recipe.counted(counts, len(held_out), "texts"))
    directory = args.work / args.preset
    history = {}
    if knobs.epochs:
        history = finetune(task, knobs, train, held_out, directory, args.resume, taught)
    task = in_float32(task)
    task.history = history
    if knobs.buckets:
        add_bigrams(task, train, held_out)
    print("scales:", calibrate(task, held_out))
    rows = task.evaluate(*task.examples(held_out))
    print("validation:", {row.name: round(row.value, 4) for row in rows})

    again = recipe.command("sentiment", args.preset, PRESETS[args.preset], knobs, args.start_from)
    done = recipe.record(again, knobs.seed, knobs.epochs, began, args.resume)
    task.card = describe(args.preset, knobs, task, train, taught, done, args.start_from)
    tests = () if args.untested else knobs.tests
    recipe.ship(task, args.save_to / args.preset, tests, args.data_dir)


if __name__ == "__main__":
    main()
