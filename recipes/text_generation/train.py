"""Train a text generation preset, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/text_generation/train.py text_generation_shakespeare \\
        --work DIR --data-dir DATA

or train on a text file of your own:

    python recipes/text_generation/train.py own --text my.txt --unit char \\
        --work DIR --save-to FOLDER

A killed training goes on with --resume.
"""

import argparse
import dataclasses
import pathlib
import time

import keras
from card_texts import TEXTS
from fit_pointer import with_pointer

from gru_zoo import data, recipe, registry
from gru_zoo.data import plain_text, tiny_shakespeare, wikitext2
from gru_zoo.presets.card import Card, DataRow
from gru_zoo.tasks.text_generation.model import Config
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.task import TextGeneration
from gru_zoo.text.character_tokenizer import CharacterTokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = {"tiny-shakespeare": tiny_shakespeare.SOURCE, "wikitext-2": wikitext2.SOURCE}


@dataclasses.dataclass
class Settings:
    """Settings of one preset's training."""

    title: str
    data: str  # the set whose train split is read
    test: str  # the split that is measured at the end
    unit: str = "char"
    vocabulary_size: int = 8_000  # of sub-words
    # Share of the training text, cut from its end, that chooses the epochs; 0 takes the split
    # "valid" instead.
    held_out: float = 0.05
    embedding_dim: int = 128
    units: int = 512
    depth: int = 2
    input_dropout: float = 0.1
    hidden_dropout: float = 0.4
    output_dropout: float = 0.1
    recurrent_weight_dropout: float = 0.25
    zoneout: float = 0.0
    # Places that the finished model learns to point at on the text held out, none by default.
    memory: int = 0
    key_dim: int = 64
    nearest: int = 3  # of the places
    pointing_epochs: int = 10
    epochs: int = 14
    rows: int = 64
    window: int = 60
    learning_rate: float = 3e-3
    warmup: float = 0.05
    weight_decay: float = 1e-2
    average: int = 3
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


PRESETS = {
    "text_generation_shakespeare": Settings(
        title="Plays after Shakespeare, character by character",
        data="tiny-shakespeare",
        test="last_10_percent",
        memory=1_000,
    ),
    "text_generation_wikitext": Settings(
        title="Articles of Wikipedia, sub-word by sub-word",
        data="wikitext-2",
        test="test",
        unit="subword",
        held_out=0.0,
        # Small enough for some twenty minutes an epoch on one CPU core.
        vocabulary_size=5_000,
        embedding_dim=256,
        units=384,
        input_dropout=0.05,
        hidden_dropout=0.15,
        output_dropout=0.15,
        recurrent_weight_dropout=0.1,
        memory=2_000,
        nearest=10,  # with 3 it repeats itself more often
        pointing_epochs=4,
        epochs=5,
        rows=40,
        window=40,
        average=2,
    ),
    "own": Settings(title="Trained on a text of your own", data="own text", test=""),
}
# A model of no use, in seconds, to see the recipe run.
SMOKE = {
    "vocabulary_size": 330,  # 256 bytes, marks and every character
    "embedding_dim": 8,
    "units": 12,
    "memory": 20,
    "key_dim": 4,
    "pointing_epochs": 1,
    "epochs": 2,
    "rows": 4,
    "window": 12,
    "held_out": 0.2,
    "average": 2,
}


def texts_of(knobs: Settings, args: argparse.Namespace) -> tuple[str, str]:
    """Training text and the text that chooses the epochs."""
    if args.text:
        train = plain_text.own(args.text)
    elif args.smoke:
        train = plain_text.own(ROOT / "tests" / "fixtures" / "scene.txt")
    else:
        (train,) = data.load(knobs.data, "train", args.data_dir)
        if not knobs.held_out:
            (valid,) = data.load(knobs.data, "valid", args.data_dir)
            return train, valid
    cut = len(train) - round(knobs.held_out * len(train))
    return train[:cut], train[cut:]


def processor_of(
    work: pathlib.Path, text: str, knobs: Settings, resume: bool
) -> LanguageModelProcessor:
    """The vocabulary of the training text; that of sub-words is kept in `work`."""
    if knobs.unit == "char":
        return LanguageModelProcessor(CharacterTokenizer.train(text))
    lines = [line.replace("<unk>", " ") for line in text.split("\n") if line.strip()]
    options = {"case_sensitive": True, "character_coverage": 1.0, "normalize": False}
    size = knobs.vocabulary_size
    return LanguageModelProcessor(recipe.fitted_tokenizer(work, lines, size, resume, **options))


def start(preset: str, knobs: Settings, processor: LanguageModelProcessor) -> TextGeneration:
    """The untrained task."""
    fields = {field.name for field in dataclasses.fields(Config)}
    config = {k: v for k, v in dataclasses.asdict(knobs).items() if k in fields}
    config |= {"vocabulary_size": processor.tokenizer.vocabulary_size, "memory": 0}
    card = Card(
        name=preset,
        task="text_generation",
        title=knobs.title,
        config=config,
        **TEXTS[preset],
    )
    return TextGeneration(registry.build("text_generation", **config), processor, card)


def rows_of(
    task: TextGeneration, knobs: Settings, train: str, held_out: str
) -> tuple[DataRow, ...]:
    """What the card says of the data: a pointer also learns from the text held out."""
    count = len(task.processor.encode(train))
    behind = len(task.processor.encode(held_out)) if knobs.memory else 0
    if knobs.held_out:
        return recipe.data_rows({knobs.data: count + behind}, SOURCES)
    (row,) = recipe.data_rows({knobs.data: count}, SOURCES)
    valid = dataclasses.replace(row, split="valid, the pointer alone", examples=behind)
    return (row, valid) if behind else (row,)


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    recipe.add_start_from(parser)
    parser.add_argument("--text", type=pathlib.Path, help="own: the text, UTF-8")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.text):
        parser.error("--text goes with the preset 'own', and only there")
    if args.unit not in (None, "char", "subword"):
        parser.error(f"--unit is 'char' or 'subword'. Received: {args.unit!r}")
    return args


def main() -> None:
    args = arguments()
    began = time.perf_counter()
    knobs = recipe.begin(args, PRESETS, SMOKE)

    train, held_out = texts_of(knobs, args)
    work = args.work / args.preset
    earlier = recipe.earlier(args.start_from) if args.start_from else None
    processor = earlier.processor if earlier else processor_of(work, train, knobs, args.resume)
    task = start(args.preset, knobs, processor)
    if earlier:
        recipe.go_on_from(task, earlier)
    print(f"{len(train)} characters to train on, {len(held_out)} held out")
    if knobs.epochs:
        task.fit(
            train,
            validation=held_out,
            epochs=knobs.epochs,
            rows=knobs.rows,
            window=knobs.window,
            learning_rate=knobs.learning_rate,
            warmup=knobs.warmup,
            weight_decay=knobs.weight_decay,
            average=knobs.average,
            seed=knobs.seed,
            directory=work,
            resume=args.resume,
        )
    keras.mixed_precision.set_global_policy("float32")
    if knobs.memory:
        pointer = {name: getattr(knobs, name) for name in ("memory", "key_dim", "nearest")}
        task = with_pointer(task, held_out, pointer, knobs.pointing_epochs, knobs.seed)
    rows = rows_of(task, knobs, train, held_out)
    recipe.complete(task, "text_generation", args, PRESETS, knobs, rows, began)

    def validate(shipped):
        found = shipped.evaluate([held_out], [held_out])
        print("held out:", ", ".join(f"{metric.name} {metric.value:.4f}" for metric in found))

    tests = [(knobs.data, knobs.test)] if knobs.test and not args.untested else []
    recipe.ship(task, args.save_to / args.preset, tests, args.data_dir, validate)


if __name__ == "__main__":
    main()
