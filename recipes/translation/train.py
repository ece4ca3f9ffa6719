"""Train a translation preset, measure it on its test splits, and save it.

    KERAS_BACKEND=torch python recipes/translation/train.py translation_en_de_captions \\
        --work DIR --data-dir DATA

`translation_fr_en` trains one model of six directions, and saves the presets of four (everyday.py).

Or train on parallel files of your own, line i of one the translation of line i of the other:

    python recipes/translation/train.py own --source src.txt --target tgt.txt \\
        --languages en fr --work DIR --save-to FOLDER

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
from gru_zoo.data import anki, multi30k
from gru_zoo.presets.card import Card
from gru_zoo.presets.weights import round_to_grid
from gru_zoo.tasks.translation.processor import TranslationProcessor
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.tasks.translation.words import known_words
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.translation import everyday
from recipes.translation.card_texts import TEXTS
from recipes.translation.net2net import grow
from recipes.translation.prepare import (
    examples,
    lines,
    own_examples,
    pairs_of_an_epoch,
    smoke_examples,
)
from recipes.translation.settings import EVERYDAY, PRESETS, SMOKE, Settings

SOURCES = {
    "multi30k": multi30k.SOURCE,
    "anki-fra-eng": anki.SOURCES["fra"],
    "anki-spa-eng": anki.SOURCES["spa"],
}


def start(preset: str, settings: Settings, tokenizer: SubwordTokenizer) -> Translation:
    """The untrained task."""
    size = tokenizer.vocabulary_size
    config = dataclasses.asdict(dataclasses.replace(settings.config, vocabulary_size=size))
    title, texts = settings.title, TEXTS[preset]
    card = Card(name=preset, task="translation", title=title, config=config, **texts)
    processor = TranslationProcessor(tokenizer, settings.languages, settings.max_length)
    return Translation(registry.build("translation", **config), processor, card)


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    recipe.add_start_from(parser)
    parser.add_argument("--source", type=pathlib.Path, help="own: file of sentences, one a line")
    parser.add_argument("--target", type=pathlib.Path, help="own: file of their translations")
    parser.add_argument("--languages", nargs=2, help="own: codes of both languages, as en fr")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.source and args.target and args.languages):
        parser.error(
            "--source, --target and --languages are for the preset 'own', which needs them"
        )
    args.languages = tuple(args.languages) if args.languages else None
    return args


def main() -> None:
    args = arguments()
    run = recipe.begin("translation", args, PRESETS, SMOKE)
    settings = run.settings
    if args.preset == EVERYDAY:
        everyday.train(run)
        return

    if args.preset == "own":
        train, held_out = own_examples(lines(args.source), lines(args.target), settings)
    elif args.smoke:
        train, held_out = smoke_examples(settings)
    else:
        train, held_out = examples(settings, args.data_dir)
    texts = [text for sides in train.values() for side in sides for text in dict.fromkeys(side)]
    earlier = recipe.load_earlier(args.start_from) if args.start_from else None
    if earlier and earlier.processor.languages == settings.languages:
        tokenizer = earlier.processor.tokenizer
    else:
        options = {"case_sensitive": True, "character_coverage": 1.0}
        size = settings.config.vocabulary_size
        tokenizer = recipe.fit_tokenizer(run.work, texts, size, args.resume, **options)
    task = start(args.preset, settings, tokenizer)
    if settings.phrases:  # everyday sentences, in which names and other languages occur
        columns = zip(*train.values(), strict=True)
        task.processor.words = {
            language: known_words(dict.fromkeys(text for side in sides for text in side))
            for language, sides in zip(settings.languages, columns, strict=True)
        }
    if earlier:
        grow(task, earlier)
    counts = {name: len(sources) for name, (sources, _) in train.items()}
    print(recipe.describe_counts(counts, len(held_out[0]), "pairs"))
    if settings.epochs:
        task.fit(
            *pairs_of_an_epoch(train, settings),
            validation=held_out,
            epochs=settings.epochs,
            tokens=settings.tokens,
            learning_rate=settings.learning_rate,
            warmup=settings.warmup,
            label_smoothing=settings.label_smoothing,
            sampling=settings.sampling or None,
            average=settings.average,
            patience=settings.patience,
            seed=settings.seed,
            directory=run.work,
            resume=args.resume,
        )
    keras.mixed_precision.set_global_policy("float32")

    def validate(shipped):
        recipe.tune_length_penalty(shipped, shipped.translate, held_out)

    rows = recipe.data_rows(counts, SOURCES)
    if earlier:  # its weights have learned from its data
        rows = tuple(dict.fromkeys((*earlier.card.data, *rows)))
    run.complete(task, rows)
    round_to_grid(task.model, settings.grid)
    run.ship(task, settings.tests, validate)


if __name__ == "__main__":
    main()
