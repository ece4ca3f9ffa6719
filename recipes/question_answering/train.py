"""Train a preset for question answering, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/question_answering/train.py question_answering_stories \\
        --work DIR --data-dir DATA

After a kill, --resume continues the training.
"""

import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras

from gru_zoo import recipe, registry
from gru_zoo.presets.card import Card, DataRow
from gru_zoo.tasks.question_answering.task import QuestionAnswering
from recipes.question_answering import passages
from recipes.question_answering.card_texts import TEXTS
from recipes.question_answering.prepare import PARTS, smoke_examples
from recipes.question_answering.settings import PRESETS, SMOKE, Settings
from recipes.question_answering.stories import Prepared


def start(preset: str, settings: Settings, prepared: Prepared) -> QuestionAnswering:
    """The untrained task, whose processor has the words of the training rows."""
    processor, known = PARTS[settings.config.kind].processor_of(prepared, settings)
    config = dataclasses.asdict(dataclasses.replace(settings.config, **known))
    card = Card(
        name=preset,
        task="question_answering",
        title=settings.title,
        config=config,
        **TEXTS[preset],
    )
    return QuestionAnswering(registry.build("question_answering", **config), processor, card)


def main() -> None:
    args = recipe.parse(recipe.parser(__doc__.splitlines()[0], PRESETS, Settings))
    run = recipe.begin("question_answering", args, PRESETS, SMOKE)
    settings = run.settings
    part = PARTS[settings.config.kind]
    prepared = smoke_examples(settings) if args.smoke else part.examples(settings, args.data_dir)
    task = start(args.preset, settings, prepared)
    print(
        f"{len(prepared.rows):,} questions, {len(prepared.validation):,} to validate, "
        f"{task.model.count_params():,} weights"
    )
    if part is passages and not args.smoke:
        print(f"{passages.start_from_vectors(task):,} words have vectors")
    task.fit(
        prepared.rows,
        validation=prepared.validation,
        exchanges=prepared.exchanges,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        average=settings.average,
        seed=settings.seed,
        directory=run.work,
        resume=args.resume,
        verbose=2,
    )
    keras.mixed_precision.set_global_policy("float32")
    print(f"validation: loss {min(task.history['val_loss']):.4f}")
    name = part.SOURCE.name
    rows: list[DataRow] = []
    for split, count in prepared.counts.items():
        rows += recipe.data_rows({name: count}, {name: part.SOURCE}, split)
    run.complete(task, rows)
    run.ship(task, [(name, split) for split in part.tests(settings)])


if __name__ == "__main__":
    main()
