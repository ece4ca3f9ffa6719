"""Words of a kind in the stories of bAbI, which may take each other's place.

The table is knowledge from outside the training data: it says that a story about Mary and a milk
would be as true of Sandra and an apple. It reads neither answers nor test stories. The paper's
program made the stories by such choices.
"""

from collections.abc import Iterable

from gru_zoo.tasks.question_answering.exchange import Exchange, Group
from gru_zoo.tasks.question_answering.reading import words_of
from gru_zoo.tasks.question_answering.training import Row

MEN = "bill daniel fred jeff john"
WOMEN = "julie mary sandra"
OTHERS = (  # names that no pronoun refers to
    "antoine bernhard brian emily gertrude greg jason jessica julius lily sumit winona yann"
)
KINDS = (
    "bathroom bedroom cinema garden hallway kitchen office park school",
    "apple football milk",
    "rectangle sphere square triangle",
    "blue gray green pink red white yellow",
    "chest container suitcase",
    "frog lion rhino swan",
    "left right",  # a mirror image
    "above below",
)
# "sheep" has one form for both numbers, and stays.
WITH_PLURAL = Group((("cat", "cats"), ("mouse", "mice"), ("wolf", "wolves")))
COMPASS = Group(
    (("north", "n"), ("east", "e"), ("south", "s"), ("west", "w")),
    # A map turned by quarters, and its mirror images.
    tuple(tuple((turn + way * i) % 4 for i in range(4)) for turn in range(4) for way in (1, -1)),
)
PLAIN_TASKS = {"qa20": (OTHERS,)}  # rooms and things belong to moods there: who is hungry eats


def _group(names: str) -> Group:
    return Group(tuple((name,) for name in names.split()))


def exchange_of(task: str, rows: Iterable[Row]) -> Exchange:
    """The exchange of a task: the words of each kind that its training stories have.

    Args:
        task: name of the task, such as "qa1".
        rows: its training questions.
    """
    words = frozenset(w for row in rows for w in words_of(f"{row.question} {row.context}"))
    people = (MEN, WOMEN, OTHERS) if {"he", "she"} & words else (f"{MEN} {WOMEN} {OTHERS}",)
    kinds = PLAIN_TASKS.get(task, (*people, *KINDS))
    groups = [_group(kind).among(words) for kind in kinds]
    if task not in PLAIN_TASKS:
        groups.append(WITH_PLURAL.among(words))
        groups += [COMPASS] if "north" in words else []
    return Exchange(tuple(group for group in groups if len(group.members) > 1))
