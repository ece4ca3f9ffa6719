"""Train a preset for action recognition, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/action_recognition/train.py action_recognition_body \\
        --work DIR --data-dir DATA

--leave-out SUBJECT, or --fold NUMBER where the subjects are the labels, keeps a part of the
training data to choose settings by: then the test is not read and nothing is saved. After a kill,
--resume continues the training.
"""

import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras

from gru_zoo import recipe, registry
from gru_zoo.presets.card import Card
from gru_zoo.tasks.action_recognition.task import ActionRecognition
from recipes.action_recognition.card_texts import TEXTS
from recipes.action_recognition.prepare import (
    SETS,
    Examples,
    examples,
    processor_of,
    smoke_examples,
)
from recipes.action_recognition.settings import PRESETS, SMOKE, Settings


def start(preset: str, settings: Settings, recordings: Examples) -> ActionRecognition:
    """The untrained task."""
    labels = SETS[settings.data].LABELS
    config = dataclasses.asdict(dataclasses.replace(settings.config, classes=len(labels)))
    card = Card(
        name=preset,
        task="action_recognition",
        title=settings.title,
        config=config,
        labels=labels,
        **TEXTS[preset],
    )
    model = registry.build("action_recognition", **config)
    return ActionRecognition(model, processor_of(settings, recordings.train), card)


def main() -> None:
    args = recipe.parse(recipe.parser(__doc__.splitlines()[0], PRESETS, Settings))
    run = recipe.begin("action_recognition", args, PRESETS, SMOKE)
    settings = run.settings
    recordings = smoke_examples(settings) if args.smoke else examples(settings, args.data_dir)
    task = start(args.preset, settings, recordings)
    count, held_out = len(recordings.train), recordings.held_out
    print(f"{count} recordings, {len(held_out)} held out, {task.model.count_params():,} weights")
    name = f"{args.preset}-without-{settings.leave_out}{max(settings.fold, 0)}"
    task.fit(
        *task.examples(recordings.train),
        validation=None,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        augmentation=settings.augmentation,
        average=settings.average,
        seed=settings.seed,
        directory=args.work / name if held_out else run.work,
        resume=args.resume,
        verbose=2,
    )
    keras.mixed_precision.set_global_policy("float32")
    if held_out:
        for metric in task.evaluate(*task.examples(held_out)):
            print(f"held out: {metric.name} {metric.value:.4f} ({metric.signature})")
        return
    sources = {name: module.SOURCE for name, module in SETS.items()}
    run.complete(task, recipe.data_rows({settings.data: count}, sources))
    run.ship(task, [(settings.data, "test")])


if __name__ == "__main__":
    main()
