"""Pairs of sentences of all directions, from all sets, cleaned.

A sentence that stands in a test or validation split or in the suite of ordinary input, in either
language, is in no training pair of any direction: a model of several directions could else learn it
from a neighbor. Greetings and single words of the suite are not held back, since everybody who
learns a language learns these.
"""

import csv
import pathlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gru_zoo import data
from gru_zoo.data.normalize import normalize
from recipes.ordinary import read

Direction = tuple[str, str]
# Directions of the one model of several. The two others have a model each.
DIRECTIONS: tuple[Direction, ...] = (("fr", "en"), ("en", "de"), ("de", "en"), ("en", "es"))
LANGUAGES = ("en", "fr", "de", "es")
ANKI = {"fr": "anki-fra-eng", "de": "anki-deu-eng", "es": "anki-spa-eng"}
CAPTIONS = "multi30k"
TRAIN = (*ANKI.values(), CAPTIONS, "europarl-enfr", "wmt-news-2008-2013", "l10n-free-programs")
NAMES = "iso-codes-names"
PHRASES = pathlib.Path(__file__).with_name("phrases.tsv")

# Splits whose sentences are in no training pair.
RESERVED = (
    *((name, split) for name in ANKI.values() for split in ("valid", "test")),
    *((CAPTIONS, split) for split in ("val", "test_2016_flickr", "test_2017_flickr")),
    *(("europarl-enfr", split) for split in ("dev", "test")),
    ("wmt-news-2008-2013", "newstest2013"),
    *(("mt-eval", f"tatoeba-en-{language}") for language in ANKI),
    ("mt-eval", "flores200-devtest"),
)
# Longest sentence of each set, in words. Speeches and news are long, and for their time they teach
# little of what people say every day.
MAX_WORDS = {"europarl-enfr": 10, "wmt-news-2008-2013": 16, "l10n-free-programs": 16}
MOST_WORDS = 25
MAX_RATIO = 2.2  # of the lengths in characters, of texts of more than `SHORT` characters
SHORT = 20


class Pair(NamedTuple):
    """A sentence and its translation."""

    source: str
    target: str


def training_pairs(root: str | None) -> dict[Direction, dict[str, list[Pair]]]:
    """Pairs of each direction by the name of their set.

    Args:
        root: folder of the data sets, see `gru_zoo.data.load`.
    """
    reserved = reserved_sentences(root)
    found: dict[Direction, dict[str, list[Pair]]] = {way: {} for way in DIRECTIONS}
    for name in (*TRAIN, NAMES):
        examples = data.load(name, "train", root)
        most = MAX_WORDS.get(name, MOST_WORDS)
        for way in DIRECTIONS:
            if name == CAPTIONS and way[0] != "en":  # they were translated from English
                continue
            pairs = dict.fromkeys(
                pair
                for pair in _pairs(examples, way)
                if is_clean(pair, most) and reserved.isdisjoint(map(normalize, pair))
            )
            if pairs:
                found[way][name] = list(pairs)
    return found


def _pairs(examples: Iterable, way: Direction) -> Iterator[Pair]:
    source, target = way
    for example in examples:
        if source in example.texts and target in example.texts:
            for first in example.texts[source]:
                for second in example.texts[target]:
                    yield Pair(first, second)


def other_than_english(way: Direction) -> str:
    """The other language of a direction."""
    return way[1] if way[0] == "en" else way[0]


def reserved_sentences(root: str | None) -> set[str]:
    """Normalized sentences of `RESERVED`, in all languages, and of the suite."""
    return suite_sentences() | {
        normalize(text)
        for name, split in RESERVED
        for example in data.load(name, split, root)
        for texts in example.texts.values()
        for text in texts
    }


def suite_sentences() -> set[str]:
    """Normalized sentences of the suite of ordinary input, without greetings and single words."""
    cases = read(PHRASES.with_name("ordinary.tsv"))
    return {normalize(c.input) for c in cases if c.kind not in ("greetings", "words")}


def is_clean(pair: Pair, most: int = MOST_WORDS) -> bool:
    """Whether both sides have words, at most `most`, and are about as long as each other."""
    lengths = sorted(map(len, pair))
    if not all(any(map(str.isalpha, text)) for text in pair):
        return False
    if max(len(text.split()) for text in pair) > most:
        return False
    return lengths[1] <= SHORT or lengths[1] <= MAX_RATIO * lengths[0]


def phrases(path: pathlib.Path = PHRASES) -> list[tuple[str, dict[str, tuple[str, ...]]]]:
    """Rows of the phrase book: the kind, and the texts of each language, the usual one first."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        (row.pop("kind"), {code: tuple(text.split(" | ")) for code, text in row.items()})
        for row in rows
    ]
