"""Ordinary input of compression; see recipes/ordinary.py.

The second column of ordinary.tsv gives, for a negation, the negation and the negated word; for an
object, the verb and its object; otherwise what must be kept, or be kept whole or not at all.
"""

import html
import pathlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from recipes.ordinary import Case, read
from recipes.perturbations import PERTURBATIONS

if TYPE_CHECKING:
    from gru_zoo.tasks.compression.task import Compression

PRESETS = ("summarization_compression",)
KINDS = {
    "negation": "Statements with a negation: what is negated does not stay without it.",
    "object": "A verb and its object, at half of the words: the verb does not stay alone.",
    "number": "Sentences about a number, at six tenths of the words: the number is kept.",
    "question": "Questions: still a question.",
    "address": "Addresses of the web and of mail: whole or gone, at any length.",
    "short": "A word or three, or none: as it is; without words, nothing is fine too.",
    "end": "Half of the words: the last word is not an article, a preposition or the like.",
    "ratio": "A share of three, five or seven tenths: right to 15 % of the words.",
    "link": "A link behind the sentence: the same sentence, and the link whole or gone.",
    "emoji": "An emoji behind the sentence: the same sentence.",
    "html": "Between HTML tags: the same result without the tags.",
    "escaped": "With entities: the same result, with characters in place of entities.",
    "quoted": "In quotation marks: the same words.",
    "spaced": "With more spaces: the same words.",
    "lines": "Broken into two lines: the same words.",
}
WRITTEN = ("negation", "object", "number")  # statements, of which variants are made
SAME = ("html", "escaped", "quoted", "spaced", "lines")
RATIOS = {"object": 0.5, "number": 0.6, "end": 0.5}
EMOJI = ("😊", "🎉", "👍", "😂", "❤️")
OPEN = frozenset(
    "a an the my your his her its our their this of to for from with without at by into and or but "
    "nor because although while if unless that is are was were be has have had do does did will "
    "would can could cannot may might must than as no very".split()
)


def cases() -> list[Case]:
    """Return the written cases, and those made from them."""
    written = read(pathlib.Path(__file__).with_suffix(".tsv"))
    plain = [case.input for case in written if case.kind in WRITTEN]
    made = [Case("end", text, "") for text in plain]
    made += [Case("ratio", text, (3, 5, 7)[i % 3] / 10) for i, text in enumerate(plain)]
    made += [Case("link", PERTURBATIONS["with_link"](text), text) for text in plain[::2]]
    made += [
        Case("emoji", f"{text} {EMOJI[i % len(EMOJI)]}", text) for i, text in enumerate(plain[1::2])
    ]
    for kind in ("html", "escaped", "quoted", "spaced"):
        made += [Case(kind, PERTURBATIONS[kind](text), text) for text in plain[::2]]
    for text in plain[1::2]:
        words = text.split()
        made.append(Case("lines", f"{' '.join(words[:5])}\n{' '.join(words[5:])}", text))
    return [*written, *made]


def judge(task: "Compression", cases: Sequence[Case]) -> list[bool]:
    """Judge the compressions of cases, each at the length of its kind."""
    lengths: dict[float | None, dict[str, str]] = {}
    for case in cases:
        for ratio in ratios(case):
            texts = (case.input, case.expected) if isinstance(case.expected, str) else (case.input,)
            lengths.setdefault(ratio, {}).update(dict.fromkeys(texts, ""))
    for ratio, texts in lengths.items():
        lengths[ratio] = dict(zip(texts, task.compress(list(texts), ratio=ratio), strict=True))
    return [all(is_right(case, r, lengths[r]) for r in ratios(case)) for case in cases]


def ratios(case: Case) -> tuple[float | None, ...]:
    """Return the lengths at which a case is judged; None is the model's own."""
    if case.kind == "ratio":
        return (case.expected,)
    if case.kind in ("address", "negation"):
        return (None, 0.3, 0.6)
    return (RATIOS.get(case.kind),)


def is_right(case: Case, ratio: float | None, found: dict[str, str]) -> bool:
    """Whether a compression is right, by the rule of its kind.

    Args:
        case: the case.
        ratio: the length.
        found: the compression of each text at this length.
    """
    text, expected = found[case.input], case.expected
    words = words_of(text)
    if case.kind == "negation":
        negation, negated = expected.split()
        return negated not in words or negation in words
    if case.kind == "object":
        verb, noun = expected.split()
        return bool(words) and (verb not in words or noun in words)
    if case.kind == "number":
        return expected in text
    if case.kind == "question":
        return text.endswith("?") and len(words) > 1
    if case.kind == "address":
        return bool(words) and whole_or_gone(expected, case.input, text)
    if case.kind == "short":
        return text == case.input or not (words_of(case.input) or words_of(text))
    if case.kind == "end":
        return bool(words) and words[-1] not in OPEN
    if case.kind == "ratio":
        share = len(words) / len(words_of(case.input))
        return abs(share - ratio) <= 0.15 + 1 / len(words_of(case.input))
    if case.kind == "link":
        link = case.input.split()[-1]
        text, kept = text.replace(link, " "), whole_or_gone(link, case.input, text)
        return kept and words_of(text) == words_of(found[expected])
    plain = re.sub(r"[\"“”'\s]+", "" if case.kind == "html" else " ", text)
    clean = text == html.unescape(text) and not re.search(r"</?\w", text)
    return bool(plain) and clean and words == words_of(found[expected])


def words_of(text: str) -> list[str]:
    """Return the words of a text, in lower case; a mark inside a word belongs to it."""
    return re.findall(r"\w+(?:[.,'’]\w+)*", text.lower())


def whole_or_gone(address: str, source: str, text: str) -> bool:
    """Whether a text has an address of its source letter by letter, or nothing of it.

    Parts that the rest of the source has as words do not count.
    """
    if address in text:
        return True
    rest = words_of(source.replace(address, " "))
    parts = set(re.findall(r"\w+", address.lower())) - set(rest)
    return not parts & set(re.findall(r"\w+", text.lower()))
