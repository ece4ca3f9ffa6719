"""Train a summarization preset, measure it on its test splits, and save it.

    KERAS_BACKEND=torch python recipes/summarization/train.py summarization_titles \\
        --work DIR --data-dir DATA

or train on a table of your own, a CSV file with a header:

    python recipes/summarization/train.py own --csv mine.csv --text body --summary headline \\
        --work DIR --save-to FOLDER

A killed training goes on with --resume.
"""

import argparse
import dataclasses
import pathlib
import time

import keras
from card_texts import TEXTS

import gru_zoo
from gru_zoo import data, metrics, recipe, registry, training
from gru_zoo.data import arxiv_cs_titles, congress_press
from gru_zoo.presets.card import Card
from gru_zoo.tasks.summarization.model import Config
from gru_zoo.tasks.summarization.processor import SummarizationProcessor
from gru_zoo.tasks.summarization.task import Summarization
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = {
    "arxiv-cs-titles": arxiv_cs_titles.SOURCE,
    "congress-press-headlines": congress_press.SOURCE,
}


@dataclasses.dataclass
class Settings:
    """Settings of one preset's training."""

    title: str
    data: tuple[str, ...]  # sets whose train splits are joined, and whose dev splits validate
    tests: tuple[tuple[str, str], ...]
    lead: int  # words of the baseline that takes the beginning of the text
    epochs: int
    casing: str
    vocabulary_size: int = 8_000  # with these three a preset has 10 MiB
    embedding_dim: int = 224
    units: int = 256
    source_dropout: float = 0.2
    target_dropout: float = 0.2
    context_dropout: float = 0.3
    output_dropout: float = 0.3
    tokens: int = 12_000  # source sub-words a step: 75 texts
    learning_rate: float = 1e-3
    warmup: float = 0.05
    label_smoothing: float = 0.1
    # Of looking twice at the same place. Summaries of a line hardly do, and what does slip through
    # is blocked in the search.
    coverage: float = 0.0
    average: int = 3
    patience: int = 4
    max_length: int = 159  # sub-words of a text, about 110 words; with its end 160, a padded length
    longest: int = 48  # sub-words of a summary
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
    ),
}
# A model of no use, in seconds, to see the recipe run.
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

Pairs = tuple[list[str], list[str]]


def examples(knobs: Settings, root: str | None) -> tuple[dict[str, Pairs], Pairs]:
    """Training texts and summaries by data set, and those of validation of all sets."""
    train: dict[str, Pairs] = {}
    held_out: Pairs = ([], [])
    for name in knobs.data:
        found = data.load(name, "train", root)
        train[name] = [e.text for e in found], [e.summary for e in found]
        for example in data.load(name, "dev", root):
            held_out[0].append(example.text)
            held_out[1].append(example.summary)
    return train, held_out


def own_examples(path: pathlib.Path, text: str, summary: str, knobs: Settings):
    """The same of a table without a validation split."""
    columns = recipe.read_columns(path, {"--text": text, "--summary": summary})
    rest, held = training.split(len(columns[0]), knobs.held_out, knobs.seed, "rows")
    train, held_out = ([[c[i] for i in rows] for c in columns] for rows in (rest, held))
    return {"own table": tuple(train)}, tuple(held_out)


def start(preset: str, knobs: Settings, tokenizer: SubwordTokenizer) -> Summarization:
    """The untrained task."""
    fields = {field.name for field in dataclasses.fields(Config)}
    config = {k: v for k, v in dataclasses.asdict(knobs).items() if k in fields}
    config["vocabulary_size"] = tokenizer.vocabulary_size
    card = Card(
        name=preset,
        task="summarization",
        title=knobs.title,
        config=config,
        **TEXTS[preset],
    )
    processor = SummarizationProcessor(
        tokenizer, knobs.max_length, knobs.longest, casing=knobs.casing
    )
    return Summarization(registry.build("summarization", **config), processor, card)


def print_lead(knobs: Settings, root: str | None) -> None:
    """ROUGE on the test splits of the first words of each text."""
    for dataset, split in knobs.tests:
        found = data.load(dataset, split, root)
        leads = [" ".join(e.text.split()[: knobs.lead]) for e in found]
        for metric in metrics.rouge(leads, [e.summary for e in found]):
            name = f"the first {knobs.lead} words"
            print(f"| {name} | {dataset} | {split} | {metric.name} | {metric.value:.4f} |")


def print_samples(task: Summarization, knobs: Settings, root: str | None) -> None:
    """What is written for the first ten test texts, and what their authors wrote."""
    found = data.load(*knobs.tests[0], root)[:10]
    for example, written in zip(found, task.summarize([e.text for e in found]), strict=True):
        print(f"| {written} | {example.summary} |")


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    parser.add_argument("--csv", type=pathlib.Path, help="own: a table with a header")
    parser.add_argument("--text", default="text", help="own: column of the texts")
    parser.add_argument("--summary", default="summary", help="own: column of their summaries")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.csv):
        parser.error("--csv goes with the preset 'own', and only there")
    return args


def main() -> None:
    args = arguments()
    began = time.perf_counter()
    knobs = recipe.begin(args, PRESETS, SMOKE)

    if args.preset == "own":
        train, held_out = own_examples(args.csv, args.text, args.summary, knobs)
    elif args.smoke:
        table = ROOT / "tests" / "fixtures" / "releases.csv"
        train, held_out = own_examples(table, "body", "headline", knobs)
    else:
        train, held_out = examples(knobs, args.data_dir)
    work = args.work / args.preset
    texts = [text for sides in train.values() for side in sides for text in dict.fromkeys(side)]
    # Lower-cased: a title's "Attention" can be copied from the abstract's "attention".
    options = {"case_sensitive": knobs.casing == "kept"}
    size = knobs.vocabulary_size
    tokenizer = recipe.fitted_tokenizer(work, texts, size, args.resume, **options)
    task = start(args.preset, knobs, tokenizer)
    counts = {name: len(sources) for name, (sources, _) in train.items()}
    print(recipe.counted(counts, len(held_out[0]), "pairs"))
    task.fit(
        [text for texts, _ in train.values() for text in texts],
        [text for _, summaries in train.values() for text in summaries],
        validation=(held_out[0], [(text,) for text in held_out[1]]),
        epochs=knobs.epochs,
        tokens=knobs.tokens,
        learning_rate=knobs.learning_rate,
        warmup=knobs.warmup,
        label_smoothing=knobs.label_smoothing,
        coverage=knobs.coverage,
        average=knobs.average,
        patience=knobs.patience,
        seed=knobs.seed,
        directory=work,
        resume=args.resume,
    )
    keras.mixed_precision.set_global_policy("float32")
    rows = recipe.data_rows(counts, SOURCES)
    recipe.complete(task, "summarization", args, PRESETS, knobs, rows, began)
    recipe.ship(
        task,
        args.save_to / args.preset,
        () if args.untested else knobs.tests,
        args.data_dir,
        validate=lambda shipped: recipe.tune_length_penalty(shipped, shipped.summarize, held_out),
    )
    if knobs.tests and not args.untested:
        print_lead(knobs, args.data_dir)
        print_samples(gru_zoo.load(args.save_to / args.preset), knobs, args.data_dir)


if __name__ == "__main__":
    main()
