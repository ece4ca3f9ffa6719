"""Train a music preset, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/music/train.py music_chorales --work DIR --data-dir DATA

or train on a folder of MIDI files of your own:

    python recipes/music/train.py own --midi-dir my_midis --work DIR --save-to FOLDER

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
from gru_zoo.data.polyphonic_music import SOURCES
from gru_zoo.presets.card import Card
from gru_zoo.tasks.music.processor import MusicProcessor, Piece
from gru_zoo.tasks.music.task import Music
from recipes.music.card_texts import TEXTS
from recipes.music.prepare import examples, own_examples, smoke_examples
from recipes.music.settings import PRESETS, SMOKE, Settings


def start(preset: str, settings: Settings, pieces: list[Piece]) -> Music:
    """The untrained task, whose processor has room for the largest chord of the pieces."""
    config = dataclasses.asdict(settings.config)
    title, texts = settings.title, TEXTS[preset]
    card = Card(name=preset, task="music", title=title, config=config, **texts)
    max_notes = max(len(step) for piece in pieces for step in piece)
    processor = MusicProcessor(max_notes + 1, settings.steps_per_beat, voices=settings.voices)
    return Music(registry.build("music", **config), processor, card)


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    parser.add_argument("--midi-dir", type=pathlib.Path, help="own: folder of MIDI files")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.midi_dir):
        parser.error("--midi-dir is for the preset 'own' alone, which needs it")
    return args


def main() -> None:
    args = arguments()
    run = recipe.begin("music", args, PRESETS, SMOKE)
    settings = run.settings

    if args.preset == "own":
        train, held_out = own_examples(args.midi_dir, settings)
    elif args.smoke:
        train, held_out = smoke_examples(settings)
    else:
        train, held_out = examples(settings, args.data_dir)
    task = start(args.preset, settings, train + held_out)
    print(f"{len(train)} pieces, {sum(map(len, train)):,} steps; {len(held_out)} to validate")
    task.fit(
        train,
        validation=held_out,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        part=settings.part,
        slots=settings.slots,
        learning_rate=settings.learning_rate,
        warmup=settings.warmup,
        average=settings.average,
        seed=settings.seed,
        directory=run.work,
        resume=args.resume,
        verbose=2,
    )
    keras.mixed_precision.set_global_policy("float32")

    def validate(shipped):
        (metric,) = shipped.evaluate(held_out)
        print(f"validation: {metric.value:.4f} nats a step")

    run.complete(task, recipe.data_rows({settings.data or "own files": len(train)}, SOURCES))
    run.ship(task, [(settings.data, "test")] if settings.data else [], validate)


if __name__ == "__main__":
    main()
