"""Texts that say nothing in English; the model should call them neutral without confidence."""

import random
import string

import numpy as np

from recipes.sentiment.soft_labels import SoftLabels

# First and last letter of other scripts.
_SCRIPTS = ("ая", "αω", "את", "بي", "अह", "กฮ", "가힣", "一龥", "ぁゖ", "ァヶ", "აჰ", "աֆ")
_PROBABILITIES = (0.26, 0.48, 0.26)  # negative, neutral, positive


def unintelligible(count: int, seed: int) -> SoftLabels:
    """Empty texts, numbers, marks, other scripts and keys pressed at random.

    Args:
        count: number of texts.
        seed: seed of the draw.
    """
    generator = random.Random(seed)
    makers = (_nothing, _number, _marks, _keys, _foreign, _foreign, _foreign)
    texts = [generator.choice(makers)(generator) for _ in range(count)]
    probabilities = np.tile(np.array(_PROBABILITIES, "float32"), (count, 1))
    return SoftLabels(texts, ["unintelligible"] * count, probabilities)


def _nothing(generator: random.Random) -> str:
    return ""


def _number(generator: random.Random) -> str:
    return " ".join(str(generator.randrange(10**5)) for _ in range(generator.randint(1, 4)))


def _marks(generator: random.Random) -> str:
    return "".join(generator.choices("!?.,;-+*/=%$()[]|~ ", k=generator.randint(1, 12)))


def _keys(generator: random.Random) -> str:
    return _words(string.ascii_lowercase, generator)


def _foreign(generator: random.Random) -> str:
    first, last = generator.choice(_SCRIPTS)
    letters = [chr(code) for code in range(ord(first), ord(last) + 1)]
    return _words(generator.sample(letters, min(60, len(letters))), generator)


def _words(letters, generator: random.Random) -> str:
    sizes = [generator.randint(2, 9) for _ in range(generator.randint(1, 8))]
    return " ".join("".join(generator.choices(letters, k=size)) for size in sizes)
