"""Ordinary input of translation; see recipes/ordinary.py.

The second column of ordinary.tsv gives, for each direction such as `en-fr`, what a translation must
be or contain; `en` stands for every direction from English. Alternatives stand between `|`, `&`
joins what must all be there, and directions are separated by `;`.
"""

import pathlib
import random
import re
import string
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from recipes.ordinary import Case, read
from recipes.perturbations import PERTURBATIONS

if TYPE_CHECKING:
    from gru_zoo.tasks.translation.task import Translation

PRESETS = (
    "translation_en_fr",
    "translation_en_de",
    "translation_en_es",
    "translation_fr_en",
    "translation_de_en",
    "translation_es_en",
)
KINDS = {
    "greetings": "Greetings and set phrases: one of the accepted translations.",
    "words": "Single words: one of the accepted translations, with or without an article.",
    "rare words": "Sentences with words that are less common: these are translated.",
    "sentences": "Short everyday sentences: one of the accepted translations.",
    "questions": "Questions: still a question, with the words that carry the meaning.",
    "negation": "Negations of every form: still negated.",
    "names": "Names of people: kept letter by letter.",
    "places": "Places without another name in the language: kept letter by letter.",
    "brands": "Brands, apps and titles: kept letter by letter.",
    "links": "Links, addresses, handles, paths and codes: kept letter by letter.",
    "numbers": "Numbers, prices, dates and times: the value is kept, in any form of the language.",
    "abbreviations": "Sentences with abbreviations: what stands around these comes back.",
    "several": "Several sentences: as many come back, with a word of each.",
    "lines": "Lists of several lines: as many lines come back, each with its mark.",
    "upper": "In capitals: the translation of the plain sentence, but for case and marks.",
    "title": "With a capital for each word: the same translation.",
    "lower": "In lower case without a final mark: the same translation.",
    "quoted": "In quotation marks: the same translation.",
    "bracketed": "In brackets: the same translation.",
    "html": "Between HTML tags: the same translation.",
    "spaced": "With more spaces: the same translation.",
    "emoji": "An emoji behind it: the same translation and the emoji.",
    "nothing": "No words, or another script: nothing, or the text as it is.",
    "other language": "Already in the target language: the text as it is.",
    "random": "Random letters, digits and marks: no loop, and at most three times as long.",
}
WHOLE = ("greetings", "words", "sentences")
PLAIN = "sentences"  # the kind of which variants are made
SAME = ("upper", "title", "lower", "quoted", "bracketed", "html", "spaced", "emoji")
EMOJI = ("😊", "🎉", "👍", "😂", "❤️")
LIST_MARKS = ("- {}", "{n}. {}", "{}", "* {}")
RANDOM = 40

ARTICLES = re.compile(
    r"^(?:(?:le|la|les|un|une|du|des|de la|der|die|das|ein|eine|el|los|las|una|unos|unas"
    r"|the|a|an|to) |(?:de )?l')(?=\w)"
)
# Of English; French and German words do not end so.
CONTRACTIONS = {"n't": " not", "'m": " am", "'re": " are", "'ll": " will", "'ve": " have"}
CONTRACTION = re.compile(r"(?<=\w)(?:n't|'m|'re|'ll|'ve)(?!\w)")
LOOP = re.compile(r"(?<!\S)(\S+(?: \S+){0,4})(?: \1){2}(?!\S)")
# A final mark, and what may close a quotation behind it.
SENTENCE_END = re.compile(r"[.!?…]+[\"'”»)]*(?=\s|$)")
LINE_MARK = re.compile(r"\s*(?:[-*•]|\d+[.)])?\s*")
QUOTES = str.maketrans("’‘“”«»", '\'\'""""')

Expected = dict[str, list[list[str]]]


def cases() -> list[Case]:
    """Return the written cases, and those made from them."""
    written = [
        case._replace(expected=requirements(case.expected))
        for case in read(pathlib.Path(__file__).with_suffix(".tsv"))
    ]
    made = []
    for source in dict.fromkeys(map(source_of, written)):
        plain_ones = [c.input for c in written if c.kind == PLAIN and source_of(c) == source]
        made += variants(plain_ones, source)
    return [*written, *made, *(Case("random", text, {"": []}) for text in random_texts())]


def variants(sentences: Sequence[str], source: str) -> list[Case]:
    """Make cases of plain sentences in one language: perturbed ones, and lists of two or three."""
    made = []
    for i, text in enumerate(sentences):
        changed = {kind: PERTURBATIONS[kind](text) for kind in SAME if kind != "emoji"}
        changed["emoji"] = f"{text} {EMOJI[i % len(EMOJI)]}"
        made += [Case(kind, variant, {source: [[text]]}) for kind, variant in changed.items()]
        mark = LIST_MARKS[i % len(LIST_MARKS)]
        rows = [sentences[(i + k) % len(sentences)] for k in (0, 4, 8)[: 2 + i % 2]]
        lines = [mark.format(row, n=n) for n, row in enumerate(rows, start=1)]
        made.append(Case("lines", "\n".join(lines), {source: []}))
    return made


def requirements(column: str) -> Expected:
    """Parse the second column of ordinary.tsv: by direction, groups of alternatives."""
    directions = [part.partition(":") for part in column.split(" ; ")] if column else [("", "", "")]
    return {
        direction.strip(): [
            [alternative.strip() for alternative in group.split(" | ")]
            for group in groups.split(" & ")
        ]
        for direction, _, groups in directions
    }


def source_of(case: Case) -> str:
    """Return the language of a case."""
    return next(iter(case.expected)).split("-")[0]


def random_texts() -> list[str]:
    """Make texts of random letters, words, digits and marks, the same on every run."""
    rng = random.Random(1)
    alphabets = (string.ascii_lowercase + " ", string.printable.strip() + " ", "ha!? ", "01234 .,")
    return [
        "".join(rng.choices(alphabets[i % len(alphabets)], k=rng.randint(5, 60)))
        for i in range(RANDOM)
    ]


def judge(task: "Translation", cases: Sequence[Case]) -> list[bool | None]:
    """Judge the translations of those cases whose direction is that of the preset."""
    source, target = task.processor.languages
    keys = (f"{source}-{target}", source, "")
    meant = [next((key for key in keys if key in case.expected), None) for case in cases]
    needed = [c for c, key in zip(cases, meant, strict=True) if key is not None]
    texts = dict.fromkeys(case.input for case in needed)
    texts |= dict.fromkeys(c.expected[source][0][0] for c in needed if c.kind in SAME)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* texts are returned as they are")
        found = dict(zip(texts, task.translate(list(texts)), strict=True))
    return [
        None if key is None else is_right(case, case.expected[key], found)
        for case, key in zip(cases, meant, strict=True)
    ]


def is_right(case: Case, expected: list[list[str]], found: dict[str, str]) -> bool:
    """Whether the translation of a case is right, by the rule of its kind.

    Args:
        case: the case.
        expected: its requirements in the direction of the preset.
        found: the translation of each text.
    """
    text = found[case.input] or ""
    if case.kind in SAME:
        emoji = case.input.split()[-1] if case.kind == "emoji" else ""
        return emoji in text and bool(text) and words(text) == words(found[expected[0][0]])
    rules: dict[str, Callable[[], bool]] = {
        "nothing": lambda: text.strip() in ("", case.input.strip()),
        "other language": lambda: plain(text) == plain(case.input),
        "random": lambda: not LOOP.search(text) and len(text) <= 3 * len(case.input),
        "lines": lambda: marks_of_lines(text) == marks_of_lines(case.input),
    }
    if case.kind in rules:
        return rules[case.kind]()
    if case.kind in WHOLE:
        return without_article(text) in map(without_article, expected[0])
    if case.kind == "questions" and not plain(text).endswith("?"):
        return False
    ends = len(SENTENCE_END.findall(case.input))
    if case.kind == "several" and len(SENTENCE_END.findall(text)) != ends:
        return False
    kept = case.kind in ("names", "places", "brands", "links")
    form = unicodedata.normalize("NFC", text) if kept else plain(text)
    alternatives = [[a if kept else plain(a) for a in group] for group in expected]
    return all(any(contains(form, a) for a in group) for group in alternatives)


def plain(text: str) -> str:
    """Normalize case, quotation marks, spaces and contractions, and leave out commas of sentences.

    A mark at the end is left out too, but for a question mark.
    """
    text = unicodedata.normalize("NFC", text).translate(QUOTES).lower().replace("œ", "oe")
    text = CONTRACTION.sub(lambda found: CONTRACTIONS[found[0]], text)
    text = re.sub(r"\s+", " ", re.sub(r",(?!\d)", "", text))
    return re.sub(r" (?=[?!:;.])", "", text).strip().lstrip("¡¿").rstrip(".!… ")


def without_article(text: str) -> str:
    """Normalize a text, and leave out an article before it."""
    return ARTICLES.sub("", plain(text))


def words(text: str) -> list[str]:
    """Return the words of a text without tags, in lower case."""
    return re.findall(r"\w+", re.sub(r"<[^>]*>", " ", text).lower())


def contains(text: str, part: str) -> bool:
    """Whether a part stands in a text between other characters than letters and digits."""
    before = r"(?<!\w)" if part[0].isalnum() else ""
    behind = r"(?!\w)" if part[-1].isalnum() else ""
    return bool(re.search(before + re.escape(part) + behind, text))


def marks_of_lines(text: str) -> list[str]:
    """Return the mark before each line that is not empty."""
    lines = [line for line in text.split("\n") if line.strip()]
    return [mark[0].strip() for line in lines if (mark := LINE_MARK.match(line))]
