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
from gru_zoo.data import babi
from gru_zoo.presets.card import Card
from gru_zoo.tasks.question_answering.processor import QuestionAnsweringProcessor
from gru_zoo.tasks.question_answering.task import QuestionAnswering
from gru_zoo.tasks.question_answering.training import usual_answers, words_in
from recipes.question_answering.card_texts import TEXTS
from recipes.question_answering.prepare import Prepared, examples, smoke_examples
from recipes.question_answering.settings import PRESETS, SMOKE, Settings


def start(preset: str, settings: Settings, prepared: Prepared) -> QuestionAnswering:
    """The untrained task, with the words and answers of the training stories."""
    processor = QuestionAnsweringProcessor(
        words_in(prepared.rows, prepared.exchanges),
        usual_answers(prepared.rows, prepared.exchanges),
        settings.config.sentence_words,
        settings.sentences,
    )
    known = {"vocabulary_size": processor.vocabulary_size, "answers": len(processor.answers)}
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
    prepared = smoke_examples(settings) if args.smoke else examples(settings, args.data_dir)
    task = start(args.preset, settings, prepared)
    print(
        f"{len(prepared.rows):,} questions, {len(prepared.validation):,} to validate, "
        f"{task.config.answers} answers, {task.model.count_params():,} weights"
    )
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
    print(f"validation: accuracy {max(task.history['val_accuracy']):.4f}")
    rows = {"babi": len(prepared.rows)}
    run.complete(task, recipe.data_rows(rows, {"babi": babi.SOURCE}))
    run.ship(task, [("babi", settings.test)])


if __name__ == "__main__":
    main()
