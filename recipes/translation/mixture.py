"""What a pass of the model of several directions consists of."""

import pathlib
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from recipes.translation.corpora import (
    ANKI,
    DIRECTIONS,
    NAMES,
    Direction,
    Pair,
    other_than_english,
    phrases,
    training_pairs,
)
from recipes.translation.lexicon import word_pairs
from recipes.translation.many_ways import directed, direction_of
from recipes.translation.name_augmentation import with_new_names

PHRASE_REPEATS = 4
WORD_REPEATS = 2
RENAMED = 4  # of so many pairs with a name, one is repeated with an invented name
TWICE = 2  # of so many everyday pairs, one is seen twice in a pass
LONG_NUMBER = re.compile(r"(?<![\w.,:-])\d{2,4}(?![\w.,:-]*\d)")
FIXTURE = pathlib.Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "pairs.tsv"


class Mixture(NamedTuple):
    """The pairs of a pass.

    Args:
        sources: sources with their directions, see `directed`.
        targets: the translation of each.
        counts: number of pairs of each set, those that are repeated once.
        held_out: sources and references to validate with; None for those of the sets.
    """

    sources: list[str]
    targets: list[str]
    counts: dict[str, int]
    held_out: tuple[list[str], list[tuple[str, ...]]] | None = None

    def texts(self) -> dict[str, set[str]]:
        """The texts of each language."""
        found: dict[str, set[str]] = {}
        for source, target in zip(self.sources, self.targets, strict=True):
            way, text = direction_of(source)
            found.setdefault(way[0], set()).add(text)
            found.setdefault(way[1], set()).add(target)
        return found

    def add(self, way: Direction, pairs: Iterable[Pair]) -> None:
        """Add pairs of a direction."""
        for source, target in pairs:
            self.sources.append(directed(source, way))
            self.targets.append(target)


def mixture(root: str | None, seed: int) -> Mixture:
    """The pairs of a pass of all directions.

    Args:
        root: folder of the data sets.
        seed: seed of invented names and numbers.
    """
    found = training_pairs(root)
    generator = np.random.default_rng(seed)
    made = Mixture([], [], {})
    for way, sets in found.items():
        for name, pairs in sets.items():
            made.counts[name] = made.counts.get(name, 0) + len(pairs)
            made.add(way, pairs)
        everyday = sets[ANKI[other_than_english(way)]]
        made.add(way, everyday[::TWICE])
        made.add(way, _renamed(everyday, seed)[::RENAMED])
        made.add(way, renumbered(everyday, generator))
        made.add(way, phrase_pairs(way))
    for way in DIRECTIONS:
        pairs = [pair for name, ps in found[way].items() if name != NAMES for pair in ps]
        made.add(way, seen_words(word_pairs(pairs)))
    return made


def smoke_mixture() -> Mixture:
    """A few pairs of two directions from the tests' fixtures, in which German is French."""
    lines = FIXTURE.read_text(encoding="utf-8").splitlines()
    pairs = [Pair(*line.split("\t")) for line in lines]
    back = [Pair(*reversed(pair)) for pair in pairs]
    held, made = Mixture([], [], {}), Mixture([], [], {"fixture": 2 * len(pairs) - 8})
    for way, both in ((("fr", "en"), back), (("en", "de"), pairs)):
        held.add(way, both[:4])
        made.add(way, both[4:])
    return made._replace(held_out=(held.sources, [(text,) for text in held.targets]))


def _renamed(pairs: list[Pair], seed: int) -> list[Pair]:
    """Copies of the pairs with names, with invented names."""
    sources, targets = with_new_names([p[0] for p in pairs], [p[1] for p in pairs], seed)
    return list(map(Pair, sources[len(pairs) :], targets[len(pairs) :]))


def renumbered(pairs: Iterable[Pair], generator: np.random.Generator) -> list[Pair]:
    """Copies of the pairs with the same number on both sides, with another number."""
    made = []
    for pair in pairs:
        numbers = [LONG_NUMBER.findall(text) for text in pair]
        if len(numbers[0]) == 1 and numbers[0] == numbers[1]:
            size = len(numbers[0][0])
            new = str(generator.integers(10 ** (size - 1), 10**size))
            made.append(Pair(*(LONG_NUMBER.sub(new, text) for text in pair)))
    return made


def seen_words(pairs: list[Pair]) -> list[Pair]:
    """Pairs of single words, each as often as it is seen in a pass."""
    return pairs * WORD_REPEATS + capitalized(pairs)


def capitalized(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs with a capital at the start of both sides, as people type words."""
    return [Pair(*(text[0].upper() + text[1:] for text in pair)) for pair in pairs]


def phrase_pairs(way: Direction) -> list[Pair]:
    """Pairs of the phrase book in one direction, each as often as it is seen in a pass.

    Each alternative of the source is translated by the usual text of the target; the usual text
    of the source is also translated by the alternatives, once each.
    """
    made: list[Pair] = []
    for kind, texts in phrases():
        first, second = texts[way[0]], texts[way[1]]
        pairs = [Pair(text, second[0]) for text in first for _ in range(PHRASE_REPEATS)]
        pairs += [Pair(first[0], text) for text in second[1:]]
        made += pairs
        if kind == "greeting":
            made += [p for pair in set(pairs) for p in with_other_marks(pair, way)]
        elif kind in ("word", "noun"):
            made += capitalized(set(pairs))
    return made


def with_other_marks(pair: Pair, way: Direction) -> Iterator[Pair]:
    """A greeting with a full stop for an exclamation mark, the reverse, and without a mark."""
    bare = [text.lstrip("¡").rstrip(" .!") for text in pair]
    if pair[0].endswith("?") or len(re.findall(r"[.!?]", pair[0])) != 1:
        return
    yield Pair(*(text + "." for text in bare))
    yield Pair(*(_exclaimed(text, code) for text, code in zip(bare, way, strict=True)))
    if " " not in bare[0]:
        yield Pair(*bare)
        yield Pair(bare[0].lower(), bare[1][0].lower() + bare[1][1:])


def _exclaimed(text: str, language: str) -> str:
    return {"fr": f"{text} !", "es": f"¡{text}!"}.get(language, f"{text}!")
