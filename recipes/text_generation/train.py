"""Train a text generation preset, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/text_generation/train.py text_generation_shakespeare \\
        --work DIR --data-dir DATA

or train on a text file of your own:

    python recipes/text_generation/train.py own --text my.txt --unit char \\
        --work DIR --save-to FOLDER

After a kill, --resume continues the training.
"""

import argparse
import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras

from gru_zoo import recipe, registry
from gru_zoo.data import anki, chat_english, ptb, tiny_shakespeare, wikitext2
from gru_zoo.presets.card import Card, DataRow
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.task import TextGeneration
from recipes.text_generation.card_texts import TEXTS
from recipes.text_generation.fit_pointer import with_pointer
from recipes.text_generation.prepare import (
    BETWEEN,
    documents,
    examples,
    fit_processor,
    own_examples,
    smoke_examples,
)
from recipes.text_generation.sampled import fit_sampled
from recipes.text_generation.settings import PRESETS, SMOKE, Settings

SOURCES = {
    source.name: source
    for source in (
        tiny_shakespeare.SOURCE,
        wikitext2.SOURCE,
        chat_english.SOURCE,
        ptb.SOURCE,
        *anki.SOURCES.values(),
    )
}


def start(preset: str, settings: Settings, processor: LanguageModelProcessor) -> TextGeneration:
    """The untrained task, without a pointer: that is fitted last."""
    size = processor.tokenizer.vocabulary_size
    config = dataclasses.replace(settings.config, vocabulary_size=size, memory=0)
    fields = dataclasses.asdict(config)
    title, texts = settings.title, TEXTS[preset]
    card = Card(name=preset, task="text_generation", title=title, config=fields, **texts)
    return TextGeneration(registry.build("text_generation", **fields), processor, card)


def data_rows(
    task: TextGeneration, settings: Settings, train: str, held_out: str, root: str | None
) -> tuple[DataRow, ...]:
    """What the card says of the training data: a pointer also learns from the text held out."""
    names = settings.data.split("+")
    if len(names) > 1:
        texts = {name: BETWEEN.join(documents(name, "train", root)) for name in names}
    else:
        texts = {settings.data: train}
    counts = {name: len(task.processor.encode(text)) for name, text in texts.items()}
    of_pointer = len(task.processor.encode(held_out)) if settings.config.memory else 0
    if settings.held_out:
        return recipe.data_rows({settings.data: counts[settings.data] + of_pointer}, SOURCES)
    rows = recipe.data_rows(counts, SOURCES)
    valid = dataclasses.replace(
        rows[0], split=f"{settings.valid}, the pointer alone", examples=of_pointer
    )
    return (*rows, valid) if of_pointer else rows


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    recipe.add_start_from(parser)
    parser.add_argument("--text", type=pathlib.Path, help="own: the text file, in UTF-8")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.text):
        parser.error("--text is for the preset 'own' alone, which needs it")
    if args.unit not in (None, "char", "subword", "word"):
        parser.error(f"--unit must be 'char', 'subword' or 'word'. Received: {args.unit!r}")
    return args


def main() -> None:
    args = arguments()
    run = recipe.begin("text_generation", args, PRESETS, SMOKE)
    settings = run.settings

    if args.preset == "own":
        train, held_out = own_examples(args.text, settings)
    elif args.smoke:
        train, held_out = smoke_examples(settings)
    else:
        train, held_out = examples(settings, args.data_dir)
    earlier = recipe.load_earlier(args.start_from) if args.start_from else None
    if earlier:
        processor = earlier.processor
    else:
        processor = fit_processor(run.work, train, settings, args.resume)
    task = start(args.preset, settings, processor)
    if earlier:
        recipe.copy_earlier_weights(task, earlier)
    print(f"{len(train)} characters to train on, {len(held_out)} held out")
    if settings.epochs and settings.samples:
        fit_sampled(task, train, held_out, settings, directory=run.work, resume=args.resume)
    elif settings.epochs:
        task.fit(
            train,
            validation=held_out,
            epochs=settings.epochs,
            rows=settings.rows,
            window=settings.window,
            learning_rate=settings.learning_rate,
            warmup=settings.warmup,
            weight_decay=settings.weight_decay,
            average=settings.average,
            seed=settings.seed,
            directory=run.work,
            resume=args.resume,
        )
    keras.mixed_precision.set_global_policy("float32")
    if settings.config.memory:
        pointer = {
            name: getattr(settings.config, name) for name in ("memory", "key_dim", "nearest")
        }
        task = with_pointer(task, held_out, pointer, settings.pointing_epochs, settings.seed)

    def validate(shipped):
        metrics = shipped.evaluate([held_out], [held_out])
        print("held out:", ", ".join(f"{metric.name} {metric.value:.4f}" for metric in metrics))

    run.complete(task, data_rows(task, settings, train, held_out, args.data_dir))
    run.ship(
        task, [(settings.data.split("+")[0], settings.test)] if settings.test else [], validate
    )


if __name__ == "__main__":
    main()
