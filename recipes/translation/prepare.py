"""Read the pairs of sentences, and split them into training and validation data."""

import pathlib

import numpy as np

from gru_zoo import data
from recipes.translation.corpora import Pair
from recipes.translation.distillation_data import read_pairs
from recipes.translation.lexicon import word_pairs
from recipes.translation.mixture import phrase_pairs, seen_words
from recipes.translation.name_augmentation import with_new_names
from recipes.translation.settings import Settings

ROOT = pathlib.Path(__file__).resolve().parents[2]
VALIDATION = {"multi30k": "val", "anki-fra-eng": "valid", "anki-spa-eng": "valid"}

Pairs = tuple[list[str], list[str]]
HeldOut = tuple[list[str], list[tuple[str, ...]]]


def examples(settings: Settings, root: str | None) -> tuple[dict[str, Pairs], HeldOut]:
    """Training pairs by data set, and validation sources and references of all sets."""
    train: dict[str, Pairs] = {}
    held_out: HeldOut = ([], [])
    source, target = settings.languages
    for name in settings.data:
        pairs = [
            (example.texts[source][0], text)
            for example in data.load(name, "train", root)
            for text in example.texts[target]
        ]
        train[name] = tuple(map(list, zip(*pairs, strict=True)))
        for example in data.load(name, VALIDATION[name], root):
            held_out[0].append(example.texts[source][0])
            held_out[1].append(example.texts[target])
    return train, held_out


def smoke_examples(settings: Settings) -> tuple[dict[str, Pairs], HeldOut]:
    """The same of a few pairs from the tests' fixtures."""
    rows = [line.split("\t") for line in lines(ROOT / "tests" / "fixtures" / "pairs.tsv")]
    return own_examples(*map(list, zip(*rows, strict=True)), settings)


def own_examples(
    sources: list[str], targets: list[str], settings: Settings
) -> tuple[dict[str, Pairs], HeldOut]:
    """The same of texts without a validation split."""
    if len(sources) != len(targets):
        raise SystemExit(
            "Expected files with the same number of lines. Received: "
            f"{len(sources)} sources and {len(targets)} targets."
        )
    order = np.random.default_rng(settings.seed).permutation(len(sources))
    count = max(1, round(len(sources) * settings.held_out))
    held, rest = order[:count], order[count:]
    train = {"own files": ([sources[i] for i in rest], [targets[i] for i in rest])}
    return train, ([sources[i] for i in held], [(targets[i],) for i in held])


def lines(path: pathlib.Path) -> list[str]:
    """Lines of a file in UTF-8, with or without a byte order mark."""
    return path.read_text(encoding="utf-8-sig").rstrip("\n").split("\n")


def pairs_of_an_epoch(train: dict[str, Pairs], settings: Settings) -> Pairs:
    """Sources and targets of all sets, with what the settings add to them."""
    sources: list[str] = []
    targets: list[str] = []
    for name, pairs in train.items():
        if settings.new_names:
            pairs = with_new_names(*pairs, settings.seed)
        times = settings.repeats if name == "multi30k" else 1
        sources += pairs[0] * times
        targets += pairs[1] * times
    if settings.phrases:
        known = list(map(Pair, sources, targets))
        more = [*phrase_pairs(settings.languages), *seen_words(word_pairs(known))]
        sources, targets = [*sources, *(p[0] for p in more)], [*targets, *(p[1] for p in more)]
    if settings.taught:
        more = read_pairs(settings.taught, set(zip(sources, targets, strict=True)))
        print(f"{len(more[0])} pairs from '{settings.taught}'")
        sources, targets = sources + more[0], targets + more[1]
    return sources, targets
