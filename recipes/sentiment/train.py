"""Train a sentiment preset, measure it on its test splits, and save it.

    KERAS_BACKEND=torch python recipes/sentiment/train.py sentiment_reviews \\
        --work DIR --data-dir DATA

`sentiment_reviews` starts from the encoder that pretrain.py made, `sentiment_stars` from the preset
`sentiment_reviews`. After a kill, --resume continues the training.
"""

import argparse
import collections
import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras
import numpy as np

import gru_zoo
from gru_zoo import recipe, registry
from gru_zoo.data import imdb, sst
from gru_zoo.presets.card import Card, DataRow
from gru_zoo.tasks.sentiment.model import Config
from gru_zoo.tasks.sentiment.processor import SentimentProcessor
from gru_zoo.tasks.sentiment.task import Sentiment
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.sentiment import bigrams
from recipes.sentiment.calibration import calibrate
from recipes.sentiment.card_texts import texts_of
from recipes.sentiment.fine_tuning import fine_tune
from recipes.sentiment.prepare import Examples, examples, smoke_examples
from recipes.sentiment.prepare_general import all_reviews, general_examples
from recipes.sentiment.settings import PRESETS, PRETRAINED, SMOKE, Settings
from recipes.sentiment.soft_labels import SoftLabels, join, read
from recipes.sentiment.sources import general_rows
from recipes.sentiment.unintelligible import unintelligible

UNINTELLIGIBLE = 1_200  # texts of a run of `sentiment_general`

# What the card says of the sentences that a teacher labels, see train_teacher.py.
BY_TEACHER = {
    "imdb": "unsupervised, sentences of them, as a teacher labels them",
    "sst": "train, sentences whose phrases were exchanged, as a teacher labels them",
}


def start(
    preset: str, settings: Settings, pretrained: pathlib.Path, earlier: list[str] | None
) -> Sentiment:
    """The task to train: from earlier presets if there are any, else from the pretrained layers."""
    if preset == "sentiment_stars" and not earlier:
        earlier = ["sentiment_reviews"]
    if earlier:
        if gru_zoo.card(earlier[0]).labels != settings.labels:
            return recipe.load_earlier(earlier, labels=list(settings.labels))
        task = recipe.load_earlier(earlier)
        if (
            settings.buckets != task.config.buckets
        ):  # a run without the bag comes before one with it
            config = dataclasses.replace(task.config, buckets=settings.buckets)
            card = task.card.replace(config=dataclasses.asdict(config))
            larger = Sentiment(registry.build("sentiment", **card.config), task.processor, card)
            recipe.copy_earlier_weights(larger, task)
            task = larger
        if task.config.buckets:
            bag = task.model.get_layer("bigrams")  # fitted again after the network
            bag.set_weights([np.zeros_like(kernel) for kernel in bag.get_weights()])
        return task
    processor = SentimentProcessor(
        SubwordTokenizer((pretrained / "tokenizer.model").read_bytes()),
        settings.max_length,
        settings.posts,
    )
    with np.load(pretrained / "encoder.npz", allow_pickle=False) as encoder:
        vocabulary_size, embedding_dim = encoder["embedding/0"].shape
        units = encoder["forward/1"].shape[0]
    config = Config(
        vocabulary_size=vocabulary_size,
        embedding_dim=embedding_dim,
        units=units,
        classes=len(settings.labels),
        buckets=settings.buckets,
    )
    model = registry.build("sentiment", **dataclasses.asdict(config))
    recipe.set_pretrained_layers(model, pretrained / "encoder.npz")
    card = Card(
        name=preset,
        task="sentiment",
        title=settings.title,
        config=dataclasses.asdict(config),
        labels=settings.labels,
        **texts_of(preset, settings.max_length),
    )
    return Sentiment(model, processor, card)


def add_bigrams(task: Sentiment, reviews: Examples, held_out: Examples) -> None:
    """Fit the bag of bigrams by itself: trained jointly, it would memorize the texts.

    It learns from reviews alone: with sentences among them it is worse on reviews. A neutral class
    gets no weight, so the bag only moves between negative and positive.
    """

    def encoded(part):
        texts, labels = task.examples([e for e in part if e.label != "neutral"])
        return task.processor.encode(texts), np.array(labels) == "positive"

    layer = task.model.get_layer("bigrams")
    kernel = bigrams.fit(layer, encoded(reviews), encoded(held_out))
    columns = [task.labels.index("negative"), task.labels.index("positive")]
    layer.set_weights([kernel @ np.eye(len(task.labels), dtype="float32")[columns]])


def in_float32(task: Sentiment) -> Sentiment:
    """The same task, computing in float32 whatever it was trained in."""
    keras.mixed_precision.set_global_policy("float32")
    model = task.build(task.config)
    model.set_weights(task.model.get_weights())
    return Sentiment(model, task.processor, task.card)


def data_rows(
    preset: str,
    counts: dict[str, int],
    soft_labels: SoftLabels | None,
    earlier: list[str] | None,
) -> tuple[DataRow, ...]:
    """What the card says of the training data, that of the weights it started from included."""
    if preset == "sentiment_general":
        return general_rows(counts)
    sources = {"imdb": imdb.SOURCE, "sst": sst.SOURCE}
    rows = recipe.data_rows(counts, sources)
    for name, count in collections.Counter(soft_labels.sets if soft_labels else ()).items():
        licence, homepage = sources[name].licence, sources[name].homepage
        rows = (*rows, DataRow(name, BY_TEACHER[name], count, licence, homepage))
    if preset == "sentiment_stars":
        before = gru_zoo.card(earlier[0] if earlier else "sentiment_reviews").data
        return tuple(dict.fromkeys((*before, *rows)))
    texts = imdb.PRETRAINING_COUNTS["unsupervised"]
    licence, homepage = imdb.SOURCE.licence, imdb.SOURCE.homepage
    return (*rows, DataRow("imdb", "unsupervised", texts, licence, homepage))


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    parser.add_argument(
        "--pretrained", type=pathlib.Path, default=PRETRAINED, help="folder of pretrain.py"
    )
    recipe.add_start_from(parser)
    return recipe.parse(parser)


def main() -> None:
    args = arguments()
    run = recipe.begin("sentiment", args, PRESETS, SMOKE)
    settings = run.settings

    if args.smoke:
        train, held_out = {"sst": smoke_examples()}, smoke_examples()
    elif args.preset == "sentiment_general":
        train, held_out = general_examples(settings, args.data_dir)
    else:
        train, held_out = examples(settings, args.data_dir)
    task = start(args.preset, settings, args.pretrained, args.start_from)
    task.processor.max_length = settings.max_length  # an earlier preset may have another
    soft_labels = read(settings.taught, task.labels) if settings.taught else None
    if args.preset == "sentiment_general":
        parts = [unintelligible(UNINTELLIGIBLE, settings.seed)]
        soft_labels = join(parts if soft_labels is None else [soft_labels, *parts])
    counts = {name: len(part) for name, part in train.items()}
    by_teacher = {"a teacher": len(soft_labels.texts)} if soft_labels else {}
    print(recipe.describe_counts(counts | by_teacher, len(held_out), "texts"))

    history = {}
    if settings.epochs:
        history = fine_tune(task, settings, train, held_out, run.work, args.resume, soft_labels)
    task = in_float32(task)
    task.history = history
    if settings.buckets:
        reviews = train.get("imdb") or train["sst"]  # --smoke has sentences alone
        if args.preset == "sentiment_general" and not args.smoke:
            reviews = all_reviews(settings, args.data_dir)
        add_bigrams(task, reviews, held_out)
    print("scales:", calibrate(task, held_out))
    rows = task.evaluate(*task.examples(held_out))
    print("validation:", {row.name: round(row.value, 4) for row in rows})

    task.card = task.card.replace(
        name=args.preset,
        title=settings.title,
        labels=settings.labels,
        **texts_of(args.preset, settings.max_length),
    )
    run.complete(task, data_rows(args.preset, counts, soft_labels, args.start_from))
    run.ship(task, settings.tests)


if __name__ == "__main__":
    main()
