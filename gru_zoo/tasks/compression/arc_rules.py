"""Arcs that break a sentence: rules of English that hold at any length.

A path of few words, as a ratio may ask for, has to take arcs that the model finds improbable. Those
that leave a verb without its object, a clause without its verb, or a statement without its negation
are found here, and lose `PENALTY` of their score.
"""

import re
from collections.abc import Sequence

import numpy as np

from gru_zoo.tasks.compression.words import Word

PENALTY = 3.0  # of an arc for each rule that it breaks, in nats; chosen on validation

_DETERMINERS = frozenset("a an the my your his her its our their".split())
_MODALS = frozenset(
    "will would shall should can could may might must cannot won't wouldn't shouldn't can't "
    "couldn't mustn't do does did don't doesn't didn't".split()
)
_AUXILIARIES = _MODALS | frozenset(
    "am is are was were be been being has have had isn't aren't wasn't weren't hasn't haven't "
    "hadn't".split()
)
_PREPOSITIONS = frozenset(
    "of to for from with without at by into onto upon between among against during until toward "
    "towards than as about".split()
)
_CONJUNCTIONS = frozenset("and or but nor because although though while whether if unless".split())
_PARTICLES = frozenset("out up off down away back".split())
_NUMBERS = frozenset("one two three four five six seven eight nine ten eleven twelve".split())
_OBJECT_PRONOUNS = frozenset("him them me us".split())
_SUBJECT_PRONOUNS = frozenset("i he she we they it you there".split())
_NEGATIONS = frozenset("not never no nobody nothing neither nor cannot without hardly".split())
_NEGATED = re.compile(r".+n't")

# A clause does not end behind these words.
_OPEN = _DETERMINERS | _AUXILIARIES | _PREPOSITIONS | _CONJUNCTIONS | {"that", "every"}
# With one of these behind it, a word has an object.
_OBJECTS = _DETERMINERS | _NUMBERS | _OBJECT_PRONOUNS | {"it", "no", "any"}
# The clause behind one of these needs a subject of its own.
_BEFORE_CLAUSES = _CONJUNCTIONS | frozenset(
    "say says said tell tells told announce announces announced add adds added believe believes "
    "believed think thinks thought know knows knew hope hopes hoped explain explains explained "
    "report reports reported confirm confirms confirmed admit admits admitted insist insists "
    "insisted reveal reveals revealed warn warns warned promise promises promised claim claims "
    "claimed write writes wrote hear heard feel feels felt that when".split()
)
_CLAUSE_MARKS = frozenset(".,!?;:…")


def broken_rules(words: Sequence[Word]) -> np.ndarray:
    """Count the rules that each arc breaks.

    The arc from a word to the next one breaks none, so the path over all words is whole.

    Args:
        words: the n words of a text.

    Returns:
        Float64, shape `(n + 2, n + 2)`, with the nodes of `gru_zoo.tasks.compression.path_crf`.
    """
    names = ["", *map(_name, words), ""]
    nodes = len(names)
    ends = np.array([not name or name in _CLAUSE_MARKS for name in names])
    determiners = np.array([name in _DETERMINERS for name in names])
    need_subject = np.array([name in _BEFORE_CLAUSES for name in names])
    need_subject[0] = True
    broken = np.zeros((nodes, nodes))
    for i in range(1, nodes - 2):
        before, word, after = names[i - 1 : i + 2]
        if ends[i]:
            continue
        negative = word in _NEGATIONS or _NEGATED.fullmatch(word)
        if _leaves_open(word, after):
            broken[i] += ends
        if word in _MODALS or negative:
            broken[i] += determiners
        if after in _OBJECT_PRONOUNS or after in _PARTICLES:
            broken[i] += 1
        if word in _SUBJECT_PRONOUNS and after not in _SUBJECT_PRONOUNS:
            broken[need_subject, i + 1] += 1
        if word in _CONJUNCTIONS and after in _SUBJECT_PRONOUNS:
            broken[1:, i + 1] += 1
        if word in _DETERMINERS:
            broken[:, i + 1] += 1
        if word in _OBJECT_PRONOUNS:
            broken[:, i] += 1
        if negative:
            broken[:, i + 1] += 1
            broken[i - 1, i + 1 : i + 4] += 1
        if word in ("not", "never") and before in _AUXILIARIES | _OBJECT_PRONOUNS:
            broken[:, i] += 1
    return np.triu(broken, 2)


def _name(word: Word) -> str:
    """The word in lower case; abbreviations such as "US" and "IT" stay as they are."""
    text = word.text.replace("’", "'")
    return text if len(text) > 1 and text.isupper() else text.lower()


def _leaves_open(word: str, after: str) -> bool:
    """Whether a clause that ends behind a word lacks what follows the word in the text."""
    has_object = after in _OBJECTS and word not in _OBJECTS
    return (
        word in _OPEN or after in _AUXILIARIES or has_object or (word in _NUMBERS and after == "of")
    )
