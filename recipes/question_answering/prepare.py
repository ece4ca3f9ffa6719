"""Read the questions of a preset."""

from gru_zoo.data.examples import AnsweredQuestion
from recipes.question_answering import passages, stories
from recipes.question_answering.settings import Settings
from recipes.question_answering.stories import Prepared

PARTS = {"stories": stories, "passages": passages}  # by `Config.kind`


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
    made = stories.prepared(questions, settings)
    return made._replace(exchanges=None) if settings.config.kind == "passages" else made
