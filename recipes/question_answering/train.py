"""Train a preset for question answering, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/question_answering/train.py question_answering_stories \\
        --work DIR --data-dir DATA

After a kill, --resume continues the training.
"""

import dataclasses
import pathlib
import sys
from typing import Any

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras

from gru_zoo import recipe, registry
from gru_zoo.data import babi, extractive_qa
from gru_zoo.presets.card import Card
from gru_zoo.tasks.question_answering.processor import QuestionAnsweringProcessor
from gru_zoo.tasks.question_answering.task import QuestionAnswering
from gru_zoo.tasks.question_answering.training import usual_answers, words_in
from recipes.question_answering import passages
from recipes.question_answering import prepare as stories
from recipes.question_answering.card_texts import TEXTS
from recipes.question_answering.prepare import Prepared, smoke_examples
from recipes.question_answering.settings import PRESETS, SMOKE, Settings


def start(preset: str, settings: Settings, prepared: Prepared) -> QuestionAnswering:
    """The untrained task, with the words and answers of the training rows."""
    if prepared.exchanges is None:
        processor: Any = passages.processor(prepared, settings)
        known = {"vocabulary_size": processor.vocabulary_size}
    else:
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
    of_passages = settings.config.kind == "passages"
    if args.smoke:
        prepared = smoke_examples(settings)
    else:
        prepared = (passages if of_passages else stories).examples(settings, args.data_dir)
    task = start(args.preset, settings, prepared)
    print(
        f"{len(prepared.rows):,} questions, {len(prepared.validation):,} to validate, "
        f"{task.model.count_params():,} weights"
    )
    if of_passages and not args.smoke:
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
    name, source, tests = "babi", babi.SOURCE, (settings.test,)
    if of_passages:
        name, source, tests = passages.SET, extractive_qa.SOURCE, passages.TESTS
    run.complete(task, recipe.data_rows({name: len(prepared.rows)}, {name: source}))
    run.ship(task, [(name, split) for split in tests])


if __name__ == "__main__":
    main()
