"""Add pairs with invented names, from which a model learns to copy a name that it never saw.

In everyday sentences for learners almost everybody is called Tom. A model that was trained on them
alone translates other names as words.
"""

import re

import numpy as np

# Names that both languages spell alike, and endings of the names that replace them: the French side
# shows whether a name is that of a man, a woman or a town.
_NAMES = {
    "Tom": ("o", "n", "k", "s", "er", "im", "ut"),
    "John": ("o", "n", "k", "s", "er", "im", "ut"),
    "Jackson": ("o", "n", "k", "s", "er", "im", "ut"),
    "Mary": ("a", "ia", "ine", "ka", "elle"),
    "Alice": ("a", "ia", "ine", "ka", "elle"),
    "Boston": ("o", "burg", "ton", "ville", "ia"),
    "Tokyo": ("o", "burg", "ton", "ville", "ia"),
    "Kyoto": ("o", "burg", "ton", "ville", "ia"),
    "Osaka": ("o", "burg", "ton", "ville", "ia"),
}
_CONSONANTS = "b br c ch d f g gr j k kw l l m m n n nd p r r s s sh st t t th v w x z".split()
_VOWELS = "a a a a a e e e e i i i i o o o o u u u y ai ei ia ie io ou".split()
_BEFORE_VOWELS = "(?:[Dd]e|[Qq]ue|[Jj]usque|[Ll]orsque|[Pp]uisque)"  # elided before a vowel


def with_new_names(
    sources: list[str], targets: list[str], seed: int
) -> tuple[list[str], list[str]]:
    """All pairs, followed by copies, with invented names, of those that have a name on both sides.

    An invented name has two to four random syllables. It begins with a consonant where French would
    elide a vowel before it.

    Args:
        sources: source sentences.
        targets: target of each source.
        seed: seed of the names.

    Returns:
        Sources and targets.
    """
    generator = np.random.default_rng(seed)
    more: tuple[list[str], list[str]] = ([], [])
    for source, target in zip(sources, targets, strict=True):
        pair = source, target
        for name in _NAMES:
            word = re.compile(rf"\b{name}\b")
            if word.search(source) and word.search(target):
                consonant = re.search(rf"\b{_BEFORE_VOWELS} {name}\b", target) is not None
                new = _new_name(generator, _NAMES[name], consonant)
                pair = tuple(word.sub(new, side) for side in pair)
        if pair != (source, target):
            for side, text in zip(more, pair, strict=True):
                side.append(text)
    return sources + more[0], targets + more[1]


def _new_name(generator: np.random.Generator, endings: tuple[str, ...], consonant: bool) -> str:
    name = str(generator.choice(_CONSONANTS)) if consonant or generator.random() < 0.8 else ""
    for _ in range(generator.integers(1, 4)):
        name += str(generator.choice(_VOWELS)) + str(generator.choice(_CONSONANTS))
    return (name + str(generator.choice(endings))).capitalize()
