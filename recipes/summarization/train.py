"""Train a summarization preset, measure it on its test splits, and save it.

    KERAS_BACKEND=torch python recipes/summarization/train.py summarization_titles \\
        --work DIR --data-dir DATA

or train on a table of your own, a CSV file with a header:

    python recipes/summarization/train.py own --csv mine.csv --text body --summary headline \\
        --work DIR --save-to FOLDER

--general 1 trains a preset further on several kinds of text. After a kill, --resume continues the
training.
"""

import argparse
import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras

import gru_zoo
from gru_zoo import data, metrics, recipe, registry
from gru_zoo.data import arxiv_cs_titles, congress_press, google_sentence_compression
from gru_zoo.presets.card import Card
from gru_zoo.tasks.summarization.processor import SummarizationProcessor
from gru_zoo.tasks.summarization.task import Summarization
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.summarization.card_texts import TEXTS
from recipes.summarization.prepare import examples, general_examples, own_examples, smoke_examples
from recipes.summarization.settings import PRESETS, SMOKE, Settings

SOURCES = {
    "arxiv-cs-titles": arxiv_cs_titles.SOURCE,
    "congress-press-headlines": congress_press.SOURCE,
    "google-sentence-compression-10k": google_sentence_compression.SOURCE,
}


def start(preset: str, settings: Settings, tokenizer: SubwordTokenizer) -> Summarization:
    """The untrained task."""
    size = tokenizer.vocabulary_size
    config = dataclasses.asdict(dataclasses.replace(settings.config, vocabulary_size=size))
    title, texts = settings.title, TEXTS[preset]
    card = Card(name=preset, task="summarization", title=title, config=config, **texts)
    processor = SummarizationProcessor(
        tokenizer,
        settings.max_length,
        settings.longest,
        casing=settings.casing,
        novel_words=settings.novel_words,
    )
    return Summarization(registry.build("summarization", **config), processor, card)


def print_lead(settings: Settings, root: str | None) -> None:
    """Print the ROUGE of a baseline on the test splits: the first words of each text."""
    for dataset, split in settings.tests:
        rows = data.load(dataset, split, root)
        leads = [" ".join(e.text.split()[: settings.lead]) for e in rows]
        for metric in metrics.rouge(leads, [e.summary for e in rows]):
            name = f"the first {settings.lead} words"
            print(f"| {name} | {dataset} | {split} | {metric.name} | {metric.value:.4f} |")


def print_samples(task: Summarization, settings: Settings, root: str | None) -> None:
    """Print the summaries of the first ten test texts beside those of their authors."""
    rows = data.load(*settings.tests[0], root)[:10]
    for example, summary in zip(rows, task.summarize([e.text for e in rows]), strict=True):
        print(f"| {summary} | {example.summary} |")


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    recipe.add_start_from(parser)
    parser.add_argument("--csv", type=pathlib.Path, help="own: a table with a header")
    parser.add_argument("--text", default="text", help="own: column of the texts")
    parser.add_argument("--summary", default="summary", help="own: column of their summaries")
    args = recipe.parse(parser)
    if args.general and not args.start_from:
        parser.error("--general 1 needs --start-from")
    if (args.preset == "own") != bool(args.csv):
        parser.error("--csv is for the preset 'own' alone, which needs it")
    return args


def main() -> None:
    args = arguments()
    run = recipe.begin("summarization", args, PRESETS, SMOKE)
    settings = run.settings

    earlier = recipe.load_earlier(args.start_from) if args.start_from else None
    if args.preset == "own":
        train, held_out = own_examples(args.csv, args.text, args.summary, settings)
    elif args.smoke:
        train, held_out = smoke_examples(settings)
    elif settings.general:
        train, held_out = general_examples(
            earlier.processor.tokenizer, args.data_dir, settings.seed
        )
    else:
        train, held_out = examples(settings, args.data_dir)
    texts = [text for sides in train.values() for side in sides for text in dict.fromkeys(side)]
    # Lower-cased: a title's "Attention" can be copied from the abstract's "attention".
    if earlier:
        tokenizer = earlier.processor.tokenizer
    else:
        options = {"case_sensitive": settings.casing == "kept"}
        size = settings.config.vocabulary_size
        tokenizer = recipe.fit_tokenizer(run.work, texts, size, args.resume, **options)
    task = start(args.preset, settings, tokenizer)
    if earlier:
        recipe.copy_earlier_weights(task, earlier)
        task.processor.length_penalty = earlier.processor.length_penalty
    counts = {name: len(sources) for name, (sources, _) in train.items()}
    print(recipe.describe_counts(counts, len(held_out[0]), "pairs"))
    if settings.epochs:
        task.fit(
            [text for texts, _ in train.values() for text in texts],
            [text for _, summaries in train.values() for text in summaries],
            validation=(held_out[0], [(text,) for text in held_out[1]]),
            epochs=settings.epochs,
            tokens=settings.tokens,
            learning_rate=settings.learning_rate,
            warmup=settings.warmup,
            label_smoothing=settings.label_smoothing,
            coverage=settings.coverage,
            average=settings.average,
            patience=settings.patience,
            seed=settings.seed,
            directory=run.work,
            resume=args.resume,
        )
    keras.mixed_precision.set_global_policy("float32")

    def validate(shipped):
        if not earlier:
            recipe.tune_length_penalty(shipped, shipped.summarize, held_out)

    rows = recipe.data_rows(counts, SOURCES)
    if earlier:  # its weights have learned from its data
        known = {row.name for row in earlier.card.data}
        rows = (*earlier.card.data, *(row for row in rows if row.name not in known))
    run.complete(task, rows)
    run.ship(task, settings.tests, validate)
    if settings.tests and not args.untested:
        print_lead(settings, args.data_dir)
        print_samples(gru_zoo.load(run.folder), settings, args.data_dir)


if __name__ == "__main__":
    main()
