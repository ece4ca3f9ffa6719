"""Ordinary input of summarization; see recipes/ordinary.py.

ordinary.tsv has a hundred texts of kinds that no preset was trained on: news, notices, everyday
texts and science. Its second column gives words of which a headline must have one, in any form, to
be about the text.
"""

import pathlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from recipes.ordinary import Case, read
from recipes.perturbations import PERTURBATIONS

if TYPE_CHECKING:
    from gru_zoo.tasks.summarization.task import Summarization

PRESETS = ("summarization_headlines", "summarization_titles")
KINDS = {
    "news": "News: at least 95 % of the content words of the headline stand in the text.",
    "notices": "Notices of schools, clubs and houses: the same.",
    "everyday": "Recipes, mails, reviews, advertisements: the same.",
    "science": "Results of research for everybody: the same.",
    "names": "All of them: no name, number or title of a person that the text lacks.",
    "subject": "All of them: the headline names what the text is about.",
    "end": "All of them: the headline does not end with an article, a preposition or the like.",
    "short": "The first sentence alone: as `names`, and not empty.",
    "spaced": "With more spaces: the same headline.",
    "lines": "A line for each sentence: the same headline.",
    "html": "Between HTML tags: the same headline.",
    "escaped": "With entities: the same headline, with characters in place of entities.",
    "quoted": "In quotation marks: as `names`.",
    "upper": "In capitals: the same headline, in any case.",
    "link": "With a link behind it: the link whole or gone, and as `names`.",
    "emoji": "With emoji before it: the emoji whole or gone, and as `names`.",
    "nothing": "No words: nothing, or the text as it is.",
}
WRITTEN = ("news", "notices", "everyday", "science")
SAME = ("spaced", "lines", "html", "escaped", "upper")
GROUNDED = ("names", "short", "quoted", "link", "emoji")
EMOJI = ("🎉🎉🎉", "❤️", "👍🏽", "👩‍🚀", "😂")
NOTHING = (
    *("", " ", "\n\n", "\t", "...", "?!", "-", "—", "🎉", "🎉🎉🎉", "❤️", "👩‍🚀", "\u200b", "***"),
    *('""', "()", "!!!", "::", "< >", "&nbsp;", "<p></p>", "<br><br>"),
)
# Words that carry no content of their own. Numbers, negations and pronouns of persons carry some.
FUNCTION = frozenset(
    "a an the this that these those and or but nor if when where while because although whether as "
    "than so of to for from with at by in into on onto off out over under up down about above "
    "across after against along among around before behind below beside between beyond during "
    "inside near outside past per since through throughout toward towards until upon via within "
    "is are was were be been being am has have had having do does did will would shall should can "
    "could may might must there here it its they them their who which whose what how why s".split()
)
OPEN = frozenset(
    "a an the of to for from with at by into and or but nor because although whether if than as "
    "is are was were be has have had will would its their his her".split()
)
TITLES = frozenset("sen sens rep reps gov senator senators representative congressman".split())
ENDINGS = ("ies", "ied", "ing", "es", "ed", "s", "d", "e", "y")
SHARE = 0.95


def cases() -> list[Case]:
    """Return the written texts, each under the kinds of all texts too, and variants of them."""
    written = read(pathlib.Path(__file__).with_suffix(".tsv"))
    texts = [case.input for case in written]
    made = [case._replace(kind=kind) for kind in ("names", "subject", "end") for case in written]
    made += [Case("short", sentences(text)[0], "") for text in texts[::4]]
    made += [Case("lines", "\n".join(sentences(text)), text) for text in texts[1::4]]
    for kind in ("spaced", "html", "escaped", "quoted", "upper"):
        made += [Case(kind, PERTURBATIONS[kind](text), text) for text in texts[2::4]]
    made += [Case("link", PERTURBATIONS["with_link"](text), "") for text in texts[3::4]]
    made += [Case("emoji", f"{EMOJI[i % 5]} {text}", "") for i, text in enumerate(texts[::4])]
    return [*written, *made, *(Case("nothing", text, "") for text in NOTHING)]


def sentences(text: str) -> list[str]:
    """Split a text behind the full stops before a capital."""
    return re.split(r"(?<=[a-z0-9]{2}[.?])\s(?=[A-Z])", text)


def judge(task: "Summarization", cases: Sequence[Case]) -> list[bool]:
    """Judge the summaries of cases."""
    texts = dict.fromkeys(case.input for case in cases)
    texts |= dict.fromkeys(case.expected for case in cases if case.kind in SAME)
    found = dict(zip(texts, task.summarize(list(texts)), strict=True))
    return [is_right(case, found) for case in cases]


def is_right(case: Case, found: dict[str, str]) -> bool:
    """Whether the summary of a case is right, by the rule of its kind."""
    kind, text, expected = case
    summary = found[text]
    if kind == "nothing":
        return summary.strip() in ("", text.strip())
    if kind in SAME:
        clean = not re.search(r"&\w+;|&#\d+;|</?\w", summary)
        return clean and bool(summary) and words_of(summary) == words_of(found[expected])
    if not summary:
        return False
    if kind in WRITTEN:
        content = [word for word in words_of(summary) if word not in FUNCTION]
        stems = set(map(stem, words_of(text)))
        return sum(stem(word) in stems for word in content) >= SHARE * len(content)
    if kind == "subject":
        stems = set(map(stem, words_of(summary)))
        return any(stem(word) in stems for word in expected.split("|"))
    if kind == "end":
        return words_of(summary)[-1] not in OPEN
    added = text.split()[-1] if kind == "link" else text.split()[0] if kind == "emoji" else ""
    return not invented(summary, text) and whole_or_gone(added, text, summary)


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, numbers as they are written."""
    return re.findall(r"[^\W\d_]+|\d+(?:[.,]\d+)*", text.lower())


def stem(word: str) -> str:
    """Strip an ending of inflection; a doubled consonant before it becomes one."""
    ending = next((e for e in ENDINGS if word.endswith(e) and len(word) - len(e) >= 3), "")
    word = word.removesuffix(ending)
    return word[:-1] if ending and word[-1:] == word[-2:-1] else word


def invented(summary: str, text: str) -> set[str]:
    """Return names, numbers and titles of persons of a summary that its text lacks.

    A name is a word with a capital that is not the first word of the summary. The first word counts
    if it lacks in the text in every form.
    """
    known = set(words_of(text))
    stems = set(map(stem, known)) | FUNCTION
    words = re.findall(r"[^\W\d_]+|\d+(?:[.,]\d+)*", summary)
    names = {word.lower() for word in words[1:] if word[0].isupper() or word[0].isdigit()}
    first = {word.lower() for word in words[:1] if stem(word.lower()) not in stems}
    titles = {word.lower() for word in words if word.lower() in TITLES}
    return ((names - {word for word in names if stem(word) in stems}) | first | titles) - known


def whole_or_gone(added: str, text: str, summary: str) -> bool:
    """Whether a summary has a link or emoji of its text as it is, or nothing of it."""
    if not added or added in summary:
        return True
    pattern = r"\w+|[^\w\s.,:/?=&-]"
    parts = set(re.findall(pattern, added)) - set(re.findall(pattern, text.replace(added, " ")))
    return not parts & set(re.findall(pattern, summary)) and "\ufffd" not in summary
