"""Suite of ordinary input for `sentiment`: plain sentences, reviews, posts and mails."""

import html
import pathlib
import random
import sys
from collections.abc import Sequence

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from gru_zoo.tasks.sentiment.task import Sentiment
from recipes.ordinary import Case, read

FILE = pathlib.Path(__file__).with_name("ordinary.tsv")
PRESETS = ("sentiment_general", "sentiment_reviews", "sentiment_stars")
_LABEL = "right: its label"
KINDS = {
    "plain": f"A sentence of praise or blame; {_LABEL}.",
    "praise by negation": f"Praise that says what is not bad; {_LABEL}.",
    "blame by negation": f"Blame that says what is not good; {_LABEL}.",
    "product reviews": f"A short review of a product; {_LABEL}.",
    "service": f"A sentence about a shop, a restaurant or an office; {_LABEL}.",
    "tweets": f"A post; {_LABEL}.",
    'turned by "but"': f"A sentence that turns; {_LABEL}, that of the turn.",
    "emoji": f"Words of no tone with an emoji or emoticon; {_LABEL}, that of the emoji.",
    "neutral facts and questions": f"A sentence of no tone; {_LABEL}.",
    "intensity": "A mild and a strong sentence; right: both labels, the strong one scores higher.",
    "sarcasm": f"Blame in words of praise; {_LABEL}.",
    "long mails": f"A mail of several sentences; {_LABEL}.",
    "HTML": "A text in tags and entities; right: the label of the text alone.",
    "quotation marks": "A text in quotation marks; right: the label of the text alone.",
    "brackets": "A text in brackets; right: the label of the text alone.",
    "link": "A text with a link around it; right: the label of the text alone.",
    "handle": "A text with a handle around it; right: the label of the text alone.",
    "neutral emoji": "A text with an emoji of no tone; right: the label of the text alone.",
    "upper case": "A text in capitals; right: the label of the text alone.",
    "title case": "A Text In Title Case; right: the label of the text alone.",
    "spaces": "A text with spaces and a line end around it; right: the label of the text alone.",
    "typing error": "A text with two letters exchanged; right: the label of the text alone.",
}
_VARIED = ("plain", "praise by negation", "blame by negation", "product reviews", "service")
_EACH = 50  # variants of each kind
_BINARY_NEUTRAL = 1 / 3, 2 / 3  # P(positive) of a preset without a neutral label


def cases() -> list[Case]:
    """Written inputs, and variants of some of them."""
    written = read(FILE)
    generator = random.Random(0)
    sources = [case.input for case in written if case.kind in _VARIED]
    variants = []
    for kind, change in _CHANGES.items():
        for text in generator.sample(sources, _EACH):
            variants.append(Case(kind, change(text, generator), text))
    return written + variants


def judge(task: Sentiment, cases: Sequence[Case]) -> list[bool | None]:
    """Whether the task is right in each case; None for what a preset has no label for."""
    texts = [text for case in cases for text in _texts_of(case)]
    scores = dict(zip(texts, _tones(task, texts), strict=True))
    return [_is_right(task, case, scores) for case in cases]


def _texts_of(case: Case) -> list[str]:
    if case.kind == "intensity":
        return case.input.split(" || ")
    return [case.input, case.expected] if case.kind in _CHANGES else [case.input]


def _tones(task: Sentiment, texts: list[str]) -> list[tuple[float, float, float]]:
    """Probability of negative, neutral and positive; degrees of a side are added up."""
    sides = [("negative" in label) - ("positive" in label) for label in task.labels]
    rows = task.probabilities(texts)
    return [tuple(row[[s == side for s in sides]].sum() for side in (1, 0, -1)) for row in rows]


def _is_right(task: Sentiment, case: Case, scores: dict) -> bool | None:
    texts = _texts_of(case)
    labels = [_label(task, scores[text]) for text in texts]
    if case.kind in _CHANGES:
        return labels[0] == labels[1]
    if case.kind == "intensity":
        side = 0 if case.expected == "negative" else 2
        mild, strong = (scores[text][side] for text in texts)
        return set(labels) == {case.expected} and strong >= mild
    if case.expected == "neutral" and "neutral" not in task.labels:
        low, high = _BINARY_NEUTRAL
        return bool(low <= scores[texts[0]][2] <= high)
    return labels[0] == case.expected


def _label(task: Sentiment, tones: tuple[float, float, float]) -> str:
    return max(zip(tones, ("negative", "neutral", "positive"), strict=True))[1]


def _marked(marks: Sequence[str]):
    def change(text, generator):
        before, after = generator.choice(marks).split(" ")
        return f"{before}{text}{after}"

    return change


def _beside(marks: Sequence[str]):
    def change(text, generator):
        mark = generator.choice(marks)
        return f"{mark} {text}" if generator.random() < 0.5 else f"{text} {mark}"

    return change


def _mistyped(text: str, generator: random.Random) -> str:
    places = [i for i in range(1, len(text) - 2) if text[i : i + 2].isalpha()]
    i = generator.choice(places)
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def _in_html(text: str, generator: random.Random) -> str:
    tag = generator.choice(("p", "b", "div", "em", "span", "li"))
    return f"<{tag}>{html.escape(text)}</{tag}><br />"


_CHANGES = {
    "HTML": _in_html,
    "quotation marks": _marked(('" "', "“ ”", "' '", "„ “")),
    "brackets": _marked(("( )", "[ ]")),
    "link": _beside(("https://example.org/p/83?x=1", "http://bit.ly/3kQz", "www.example.com/a-b")),
    "handle": _beside(("@tina_w", "@Marcus88", "@thebookcorner")),
    "neutral emoji": _beside(("📦", "🏠", "☕", "🚗", "📱", "🕒")),
    "upper case": lambda text, generator: text.upper(),
    "title case": lambda text, generator: text.title(),
    "spaces": lambda text, generator: f"  {text} \n",
    "typing error": _mistyped,
}
