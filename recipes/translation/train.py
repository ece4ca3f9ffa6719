"""Train a translation preset, measure it on its test splits, and save it.

    KERAS_BACKEND=torch python recipes/translation/train.py translation_en_de \\
        --work DIR --data-dir DATA

or train on parallel files of your own, line i of one the translation of line i of the other:

    python recipes/translation/train.py own --source src.txt --target tgt.txt \\
        --languages en fr --work DIR --save-to FOLDER

A killed training goes on with --resume.
"""

import argparse
import dataclasses
import pathlib
import time
from typing import Any

import keras
import numpy as np
from card_texts import TEXTS
from distil import taught_pairs
from name_augmentation import with_new_names
from net2net import grow

from gru_zoo import data, recipe, registry
from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.data import anki, multi30k
from gru_zoo.presets.card import Card
from gru_zoo.tasks.translation.model import Config
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = {
    "multi30k": multi30k.SOURCE,
    "anki-fra-eng": anki.SOURCES["fra"],
    "anki-spa-eng": anki.SOURCES["spa"],
}
VALIDATION = {"multi30k": "val", "anki-fra-eng": "valid", "anki-spa-eng": "valid"}


@dataclasses.dataclass
class Settings:
    """Settings of one preset's training."""

    title: str
    languages: tuple[str, str]
    data: tuple[str, ...]  # sets whose train splits are joined
    tests: tuple[tuple[str, str], ...]
    epochs: int
    repeats: int = 1  # how often the captions stand in an epoch, beside a larger set
    new_names: bool = False  # whether pairs with names stand there once more, with others
    vocabulary_size: int = 6_000  # with these three a preset has 10 MiB
    embedding_dim: int = 240
    units: int = 256
    source_dropout: float = 0.4
    target_dropout: float = 0.2
    context_dropout: float = 0.5
    output_dropout: float = 0.5
    tokens: int = 1_500  # target sub-words a step
    learning_rate: float = 1e-3
    warmup: float = 0.05
    label_smoothing: float = 0.1
    # Texts get an eighth longer; at 0.1 they would be twice as long. 0 cuts them the same always.
    sampling: float = 0.3
    average: int = 3
    patience: int = 8
    max_length: int = 80  # sub-words; the longest caption has 44 words
    held_out: float = 0.02  # share of the pairs, where there is no validation split
    taught: str = ""  # a file of distil.py, whose pairs stand beside those of the sets
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


# For the larger sets: a smaller model, since an epoch of them takes long, and less dropout, since
# there are few epochs of many pairs.
LARGER_SETS: dict[str, Any] = {
    "vocabulary_size": 4_000,
    "embedding_dim": 192,
    "units": 192,
    "source_dropout": 0.15,
    "target_dropout": 0.1,
    "context_dropout": 0.2,
    "output_dropout": 0.2,
    "sampling": 0.0,
    "learning_rate": 1.5e-3,
    "average": 2,
}
PRESETS = {
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
        **LARGER_SETS,
    ),
    "translation_es_en": Settings(
        title="Spanish to English: everyday sentences",
        languages=("es", "en"),
        data=("anki-spa-eng",),
        tests=(("anki-spa-eng", "test"),),
        epochs=8,
        **LARGER_SETS,
    ),
    "translation_en_de": Settings(
        title="English to German: descriptions of pictures",
        languages=("en", "de"),
        data=("multi30k",),
        tests=(("multi30k", "test_2016_flickr"), ("multi30k", "test_2017_flickr")),
        epochs=28,
        source_dropout=0.3,
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
# A model of no use, in seconds, to see the recipe run.
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

Pairs = tuple[list[str], list[str]]
HeldOut = tuple[list[str], list[tuple[str, ...]]]


def examples(knobs: Settings, root: str | None) -> tuple[dict[str, Pairs], HeldOut]:
    """Training pairs by data set, and validation sources and references of all sets."""
    train: dict[str, Pairs] = {}
    held_out: HeldOut = ([], [])
    source, target = knobs.languages
    for name in knobs.data:
        pairs = [
            (example.texts[source][0], text)
            for example in data.load(name, "train", root)
            for text in example.texts[target]
        ]
        train[name] = tuple(map(list, zip(*pairs, strict=True)))
        for example in data.load(name, VALIDATION[name], root):
            held_out[0].append(example.texts[source][0])
            held_out[1].append(example.texts[target])
    return train, held_out


def of_an_epoch(train: dict[str, Pairs], knobs: Settings) -> Pairs:
    """Sources and targets of all sets, and what `Settings` asks for beside them."""
    sources: list[str] = []
    targets: list[str] = []
    for name, pairs in train.items():
        if knobs.new_names:
            pairs = with_new_names(*pairs, knobs.seed)
        times = knobs.repeats if name == "multi30k" else 1
        sources += pairs[0] * times
        targets += pairs[1] * times
    if knobs.taught:
        taught = taught_pairs(knobs.taught, set(zip(sources, targets, strict=True)))
        print(f"{len(taught[0])} pairs from '{knobs.taught}'")
        sources, targets = sources + taught[0], targets + taught[1]
    return sources, targets


def own_examples(sources: list[str], targets: list[str], knobs: Settings):
    """The same of texts without a validation split."""
    if len(sources) != len(targets):
        raise SystemExit(
            "Expected files of as many lines. Received: "
            f"{len(sources)} sources and {len(targets)} targets."
        )
    order = np.random.default_rng(knobs.seed).permutation(len(sources))
    count = max(1, round(len(sources) * knobs.held_out))
    held, rest = order[:count], order[count:]
    train = {"own files": ([sources[i] for i in rest], [targets[i] for i in rest])}
    return train, ([sources[i] for i in held], [(targets[i],) for i in held])


def lines(path: pathlib.Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").rstrip("\n").split("\n")


def start(preset: str, knobs: Settings, tokenizer: SubwordTokenizer) -> Translation:
    """The untrained task."""
    fields = {field.name for field in dataclasses.fields(Config)}
    config = {k: v for k, v in dataclasses.asdict(knobs).items() if k in fields}
    config["vocabulary_size"] = tokenizer.vocabulary_size
    card = Card(
        name=preset,
        task="translation",
        title=knobs.title,
        config=config,
        **TEXTS[preset],
    )
    processor = Seq2SeqProcessor(tokenizer, knobs.languages, knobs.max_length)
    return Translation(registry.build("translation", **config), processor, card)


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    recipe.add_start_from(parser)
    parser.add_argument("--source", type=pathlib.Path, help="own: sentences, one a line")
    parser.add_argument("--target", type=pathlib.Path, help="own: their translations")
    parser.add_argument("--languages", nargs=2, help="own: codes of both languages, as en fr")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.source and args.target and args.languages):
        parser.error("--source, --target and --languages go with the preset 'own', and only there")
    return args


def main() -> None:
    args = arguments()
    began = time.perf_counter()
    knobs = recipe.begin(args, PRESETS, SMOKE)
    knobs.languages = tuple(knobs.languages)

    if args.preset == "own":
        train, held_out = own_examples(lines(args.source), lines(args.target), knobs)
    elif args.smoke:
        rows = [line.split("\t") for line in lines(ROOT / "tests" / "fixtures" / "pairs.tsv")]
        train, held_out = own_examples(*map(list, zip(*rows, strict=True)), knobs)
    else:
        train, held_out = examples(knobs, args.data_dir)
    work = args.work / args.preset
    texts = [text for sides in train.values() for side in sides for text in dict.fromkeys(side)]
    options = {"case_sensitive": True, "character_coverage": 1.0}
    earlier = recipe.earlier(args.start_from) if args.start_from else None
    if earlier and earlier.processor.languages == knobs.languages:
        tokenizer = earlier.processor.tokenizer
    else:
        size = knobs.vocabulary_size
        tokenizer = recipe.fitted_tokenizer(work, texts, size, args.resume, **options)
    task = start(args.preset, knobs, tokenizer)
    if earlier:
        grow(task, earlier)
    counts = {name: len(sources) for name, (sources, _) in train.items()}
    print(recipe.counted(counts, len(held_out[0]), "pairs"))
    if knobs.epochs:
        task.fit(
            *of_an_epoch(train, knobs),
            validation=held_out,
            epochs=knobs.epochs,
            tokens=knobs.tokens,
            learning_rate=knobs.learning_rate,
            warmup=knobs.warmup,
            label_smoothing=knobs.label_smoothing,
            sampling=knobs.sampling or None,
            average=knobs.average,
            patience=knobs.patience,
            seed=knobs.seed,
            directory=work,
            resume=args.resume,
        )
    keras.mixed_precision.set_global_policy("float32")
    rows = recipe.data_rows(counts, SOURCES)
    if earlier:  # whose data its weights have seen as well
        rows = tuple(dict.fromkeys((*earlier.card.data, *rows)))
    recipe.complete(task, "translation", args, PRESETS, knobs, rows, began)
    recipe.ship(
        task,
        args.save_to / args.preset,
        () if args.untested else knobs.tests,
        args.data_dir,
        validate=lambda shipped: recipe.tune_length_penalty(shipped, shipped.translate, held_out),
    )


if __name__ == "__main__":
    main()
