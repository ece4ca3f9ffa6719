"""What the preset of stories learns from."""

import itertools
from typing import NamedTuple

from gru_zoo import data
from gru_zoo.data.babi import SOURCE
from gru_zoo.data.examples import AnsweredQuestion
from gru_zoo.tasks.question_answering.exchange import Exchange
from gru_zoo.tasks.question_answering.processor import QuestionAnsweringProcessor
from gru_zoo.tasks.question_answering.training import Row, usual_answers, words_in
from gru_zoo.training.validation import split
from recipes.question_answering.kinds import exchange_of
from recipes.question_answering.settings import Settings


class Prepared(NamedTuple):
    """What a training begins with.

    Args:
        rows: rows to train on.
        exchanges: the exchange of each; None for passages.
        validation: rows held out.
        counts: number of questions to train on, by the split that they come from.
    """

    rows: list[Row]
    exchanges: list[Exchange] | None
    validation: list[Row]
    counts: dict[str, int]


def examples(settings: Settings, root: str | None) -> Prepared:
    """The training split of the set, without a share of the stories of every task."""
    return prepared(data.load(SOURCE.name, settings.train, root), settings)


def tests(settings: Settings) -> tuple[str, ...]:
    """Splits to measure on."""
    return (settings.test,)


def processor_of(
    prepared: Prepared, settings: Settings
) -> tuple[QuestionAnsweringProcessor, dict[str, int]]:
    """The processor with the words and answers of the rows, and the config that follows from it."""
    exchanges = prepared.exchanges or []
    processor = QuestionAnsweringProcessor(
        words_in(prepared.rows, exchanges),
        usual_answers(prepared.rows, exchanges),
        settings.config.sentence_words,
        settings.sentences,
    )
    known = {"vocabulary_size": processor.vocabulary_size, "answers": len(processor.answers)}
    return processor, known


def prepared(questions: list[AnsweredQuestion], settings: Settings) -> Prepared:
    """Hold out stories of every task, and choose which words are exchanged in the others."""
    train: list[Row] = []
    exchanges: list[Exchange] = []
    held: list[Row] = []
    for task, of_task in itertools.groupby(questions, key=lambda question: question.origin):
        asked = list(of_task)
        groups = list(dict.fromkeys(question.group for question in asked))
        _, out = split(len(groups), settings.validation, settings.seed, "stories")
        held_out = {groups[i] for i in out}
        rows = [Row(q.question, q.context, q.answers[0]) for q in asked]
        kept = [row for row, q in zip(rows, asked, strict=True) if q.group not in held_out]
        exchange = exchange_of(task, kept) if settings.exchange else Exchange()
        train.extend(kept)
        exchanges.extend([exchange] * len(kept))
        held.extend(row for row, q in zip(rows, asked, strict=True) if q.group in held_out)
    return Prepared(train, exchanges, held, {"train": len(train)})
