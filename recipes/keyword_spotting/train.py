"""Train a preset for keyword spotting, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/keyword_spotting/train.py speech_commands --work DIR \\
        --data-dir DATA

or train on clips of words of your own, a folder for each word:

    python recipes/keyword_spotting/train.py own --folder my_words --work DIR --save-to FOLDER

After a kill, --resume continues the training.
"""

import argparse
import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras

import gru_zoo
from gru_zoo import recipe, registry
from gru_zoo.audio.sound import Sound
from gru_zoo.presets.card import Card
from gru_zoo.tasks.keyword_spotting.processor import KeywordSpottingProcessor
from gru_zoo.tasks.keyword_spotting.task import KeywordSpotting
from recipes.keyword_spotting.calibration import calibrate
from recipes.keyword_spotting.card_texts import TEXTS
from recipes.keyword_spotting.prepare import (
    SETS,
    Examples,
    examples,
    own_examples,
    smoke_examples,
)
from recipes.keyword_spotting.settings import PRESETS, SMOKE, Settings


def start(preset: str, settings: Settings, clips: Examples) -> KeywordSpotting:
    """The untrained task, its spectrogram normalized by the training clips."""
    config = dataclasses.asdict(dataclasses.replace(settings.config, classes=len(clips.labels)))
    card = Card(
        name=preset,
        task="keyword_spotting",
        title=settings.title,
        config=config,
        labels=clips.labels,
        **TEXTS[preset],
    )
    model = registry.build("keyword_spotting", **config)
    some = clips.train[0][:: max(1, len(clips.train[0]) // 1_000)]
    model.get_layer("log_mel").adapt(some.astype("float32") / 32768)
    processor = KeywordSpottingProcessor(settings.config.rate, 1.0)
    return KeywordSpotting(model, processor, card)


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    parser.add_argument("--folder", type=pathlib.Path, help="own: folder with a folder a word")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.folder):
        parser.error("--folder is for the preset 'own' alone, which needs it")
    if args.leave_out and (args.smoke or args.preset == "own"):
        parser.error("--leave-out is for presets of published sets, which name their speakers")
    return args


def main() -> None:
    args = arguments()
    run = recipe.begin("keyword_spotting", args, PRESETS, SMOKE)
    settings = run.settings

    if args.preset == "own":
        clips = own_examples(args.folder, settings)
    elif args.smoke:
        clips = smoke_examples(settings)
    else:
        clips = examples(settings, args.data_dir, args.work)
    task = start(args.preset, settings, clips)
    count, weights = len(clips.train[0]), task.model.count_params()
    print(f"{count} clips, {len(clips.valid[0])} to validate, {weights:,} weights")
    out = settings.leave_out
    task.fit(
        *clips.train,
        validation=clips.valid,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        augmentation=settings.augmentation,
        noise=clips.noise,
        max_per_class=settings.most,
        teacher=gru_zoo.load(settings.teacher) if settings.teacher else None,
        average=settings.average,
        seed=settings.seed,
        directory=args.work / f"{args.preset}-without-{out}" if out else run.work,
        resume=args.resume,
        verbose=2,
    )
    keras.mixed_precision.set_global_policy("float32")

    def sounds(waves):
        return [Sound(wave, settings.config.rate) for wave in waves]

    def accuracy(measured, waves, labels):
        return measured.evaluate(sounds(waves), labels)[0].value

    if clips.left_out:
        print(f"accuracy on {out}, who was left out: {accuracy(task, *clips.left_out):.4f}")
        return
    waves, labels = clips.valid
    print(f"temperature: {calibrate(task, sounds(waves), labels):.3f}")
    sources = {name: module.SOURCE for name, module in SETS.items()}
    run.complete(task, recipe.data_rows({settings.data or "own clips": count}, sources))

    def validate(shipped):
        print(f"validation: accuracy {accuracy(shipped, *clips.valid):.4f}")

    run.ship(task, [(settings.data, split) for split in settings.tests], validate)


if __name__ == "__main__":
    main()
