"""Read the questions, and hold out stories to validate on."""

import itertools
from typing import NamedTuple

from gru_zoo import data
from gru_zoo.data.examples import AnsweredQuestion
from gru_zoo.tasks.question_answering.exchange import Exchange
from gru_zoo.tasks.question_answering.training import Row
from gru_zoo.training.validation import split
from recipes.question_answering.kinds import exchange_of
from recipes.question_answering.settings import Settings


class Prepared(NamedTuple):
    """Rows to train on, the exchange of each, and rows held out."""

    rows: list[Row]
    exchanges: list[Exchange] | None  # none in passages
    validation: list[Row]


def examples(settings: Settings, root: str | None) -> Prepared:
    """The training split of the set, without a share of the stories of every task."""
    return prepared(data.load("babi", settings.train, root), settings)


def prepared(questions: list[AnsweredQuestion], settings: Settings) -> Prepared:
    """Hold out stories of every task, and choose which words are exchanged in the others."""
    result, exchanges = Prepared([], None, []), []
    for task, of_task in itertools.groupby(questions, key=lambda question: question.origin):
        asked = list(of_task)
        groups = list(dict.fromkeys(question.group for question in asked))
        _, out = split(len(groups), settings.validation, settings.seed, "stories")
        held_out = {groups[i] for i in out}
        rows = [Row(q.question, q.context, q.answers[0]) for q in asked]
        kept = [row for row, q in zip(rows, asked, strict=True) if q.group not in held_out]
        exchange = exchange_of(task, kept) if settings.exchange else Exchange()
        result.rows.extend(kept)
        exchanges.extend([exchange] * len(kept))
        result.validation.extend(
            row for row, q in zip(rows, asked, strict=True) if q.group in held_out
        )
    return result._replace(exchanges=exchanges)


def smoke_examples(settings: Settings) -> Prepared:
    """A few stories made by a rule, which serve as passages as well."""
    people, rooms = ("Mary", "John", "Sandra"), ("kitchen", "garden", "office")
    questions = []
    for number in range(24):
        who, where = people[number % 3], rooms[number % 5 % 3]
        other = people[(number + 1) % 3]
        context = f"{who} went to the {where}. {other} went to the {rooms[number % 2]}."
        task = f"qa{1 + number // 12}"
        questions.append(
            AnsweredQuestion(
                f"Where is {who}?", context, (where,), origin=task, group=f"{task}/{number}"
            )
        )
    made = prepared(questions, settings)
    return made._replace(exchanges=None) if settings.config.kind == "passages" else made
