"""Train the compression preset, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/compression/train.py summarization_compression \\
        --work DIR --data-dir DATA

It starts from the encoder that recipes/sentiment/pretrain.py made. It learns from the pairs or,
with --lessons DIR, from the soft targets that train_teacher.py wrote. After a kill, --resume
continues the training.
"""

import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras
import numpy as np

from gru_zoo import recipe, registry
from gru_zoo.data import congress_press, google_sentence_compression, imdb
from gru_zoo.presets.card import Card, DataRow
from gru_zoo.tasks.compression.metrics import gold_words, word_metrics
from gru_zoo.tasks.compression.processor import CompressionProcessor
from gru_zoo.tasks.compression.task import Compression
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.compression.card_texts import TEXTS
from recipes.compression.distillation import SoftTargets, distill
from recipes.compression.prepare import Pairs, examples, smoke_examples
from recipes.compression.settings import DATA, PRESETS, PRETRAINED, RELEASES, SMOKE, Settings

BONUSES = tuple(np.round(np.arange(-0.4, 1.21, 0.1), 1).tolist())


def start(preset: str, settings: Settings, smoke: bool) -> Compression:
    """The task to train, untrained but for the pretrained layers."""
    tokenizer = SubwordTokenizer((PRETRAINED / "tokenizer.model").read_bytes())
    size = tokenizer.vocabulary_size
    config = dataclasses.asdict(dataclasses.replace(settings.config, vocabulary_size=size))
    model = registry.build("compression", **config)
    if not smoke:
        recipe.set_pretrained_layers(model, PRETRAINED / "encoder.npz")
    title, texts = settings.title, TEXTS[preset]
    card = Card(name=preset, task="compression", title=title, config=config, **texts)
    return Compression(model, CompressionProcessor(tokenizer), card)


def report(task: Compression, held_out: Pairs) -> None:
    """Print the validation metrics of the task, and of two baselines that read nothing."""

    def line(name, metrics):
        print(f"| {name} | {' | '.join(f'{m.value:.4f}' for m in metrics)} |")

    gold = gold_words(*held_out)
    counts = [len(reference.kept) for reference in gold]
    metrics = task.evaluate(*held_out)
    print(f"| validation | {' | '.join(m.name for m in metrics)} |")
    line("all words", word_metrics([np.ones(n, "bool") for n in counts], gold))
    share = metrics[-1].value
    first = [np.arange(n) < round(share * n) for n in counts]
    line("as many words from the beginning", word_metrics(first, gold))
    line("the model", metrics)


def fit(task: Compression, settings: Settings, train: Pairs, held_out: Pairs, **options) -> int:
    """Train the task; returns the number of sentences that a teacher labelled beside the pairs."""
    names = ("epochs", "batch_size", "learning_rate", "average", "seed")
    options |= {name: getattr(settings, name) for name in names}
    if not settings.lessons:
        task.fit(*train, validation=held_out, **options)
        return 0
    folder, pairs = pathlib.Path(settings.lessons), len(task.usable(*train))
    targets = SoftTargets(folder / "train"), SoftTargets(folder / "dev")
    others = len(targets[0].texts) - pairs
    print(f"a teacher labelled {others} sentences beside those of the pairs")
    distill(task, targets, pairs, held_out, settings.state_weight, **options)
    return others


def data_rows(pairs: int, by_teacher: int) -> tuple[DataRow, ...]:
    """What the card says of the training data, that of the pretrained layers included."""
    reviews = sum(imdb.PRETRAINING_COUNTS.values())
    others = [("imdb", "train and unsupervised, without labels", reviews, imdb.SOURCE)]
    if by_teacher:
        split = "train, without headlines, and sentences made of the pairs"
        others += [(RELEASES, split, by_teacher, congress_press.SOURCE)]
    return (
        *recipe.data_rows({DATA: pairs}, {DATA: google_sentence_compression.SOURCE}),
        *(DataRow(*row, source.licence, source.homepage) for *row, source in others),
    )


def main() -> None:
    args = recipe.parse(recipe.parser(__doc__.splitlines()[0], PRESETS, Settings))
    run = recipe.begin("compression", args, PRESETS, SMOKE)

    train, held_out = (smoke_examples(),) * 2 if args.smoke else examples(args.data_dir)
    task = start(args.preset, run.settings, args.smoke)
    count = task.model.count_params()
    print(f"{len(train[0])} pairs, {len(held_out[0])} to validate, {count:,} weights")
    options = {"directory": run.work, "resume": args.resume, "verbose": 2}
    by_teacher = fit(task, run.settings, train, held_out, **options)
    keras.mixed_precision.set_global_policy("float32")

    def validate(shipped):
        scores = shipped.tune_bonus(*held_out, BONUSES)
        print("validation token F1 by bonus:", {k: round(v, 4) for k, v in scores.items()})
        report(shipped, held_out)

    run.complete(task, data_rows(len(train[0]), by_teacher))
    run.ship(task, [(DATA, "test")], validate)


if __name__ == "__main__":
    main()
