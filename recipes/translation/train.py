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
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from gru_zoo import recipe
from gru_zoo.tasks.translation.words import known_words
from recipes.translation import everyday
from recipes.translation.prepare import (
    examples,
    lines,
    own_examples,
    pairs_of_an_epoch,
    smoke_examples,
)
from recipes.translation.settings import EVERYDAY, PRESETS, SMOKE, Settings
from recipes.translation.training import fit, start


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
    task, earlier = start(run, texts)
    if settings.phrases:  # everyday sentences, in which names and other languages occur
        columns = zip(*train.values(), strict=True)
        task.processor.words = {
            language: known_words(dict.fromkeys(text for side in sides for text in side))
            for language, sides in zip(settings.languages, columns, strict=True)
        }
    pairs = pairs_of_an_epoch(train, settings) if settings.epochs else ([], [])
    counts = {name: len(sources) for name, (sources, _) in train.items()}
    fit(run, task, earlier, pairs, held_out, counts)

    def validate(shipped):
        recipe.tune_length_penalty(shipped, shipped.translate, held_out)

    run.ship(task, settings.tests, validate)


if __name__ == "__main__":
    main()
