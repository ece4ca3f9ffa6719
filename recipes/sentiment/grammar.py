"""Sentences made of words and frames, whose label follows from how they are made.

The frames are in grammar.txt. They are about everyday things. Neither they nor their nouns are
those of a test suite that the preset is measured on.
"""

import pathlib
import random
import re

from recipes.sentiment import everyday

FILE = pathlib.Path(__file__).with_name("grammar.txt")
LABELS = {"neg": "negative", "neu": "neutral", "pos": "positive"}
_SLOT = re.compile(r"\{(\w+)\}")
_WEIGHT = re.compile(r"(?:(\d+)\* )?(.*)")
_VOWEL = re.compile(r"\b([Aa]) (?=[aeiouAEIOU])")


class Grammar:
    """Slots and the ways to fill them.

    Args:
        text: content of grammar.txt.
    """

    def __init__(self, text: str):
        self.slots: dict[str, list[str]] = {
            "happy_emoji": list(everyday.POSITIVE),
            "sad_emoji": list(everyday.NEGATIVE),
            "plain_emoji": list(everyday.PLAIN),
        }
        ways: list[str] = []
        for line in text.split("\n"):
            if line.startswith("["):
                ways = self.slots.setdefault(line.strip("[]"), [])
            elif line and not line.startswith("#"):
                weight, way = _WEIGHT.fullmatch(line).groups()  # type: ignore[union-attr]
                ways += (way.split("|") if "|" in way else [way]) * int(weight or 1)

    def sentence(self, slot: str, generator: random.Random) -> str:
        """One sentence, drawn at random."""
        text = f"{{{slot}}}"
        while _SLOT.search(text):
            text = _SLOT.sub(lambda match: generator.choice(self.slots[match[1]]), text)
        text = re.sub(r" ([.,])", r"\1", re.sub(r"\s+", " ", text).strip())
        text = _VOWEL.sub(r"\1n ", text)
        return text[:1].upper() + text[1:] if generator.random() < 0.8 else text


def sentences(count: int, seed: int) -> list[tuple[str, str]]:
    """Distinct sentences with their labels, as many of each label.

    Args:
        count: number of sentences of each label.
        seed: seed of the draw.
    """
    grammar = Grammar(FILE.read_text(encoding="utf-8"))
    generator = random.Random(seed)
    made = []
    for slot, label in LABELS.items():
        texts: dict[str, None] = {}
        while len(texts) < count:
            texts[grammar.sentence(slot, generator)] = None
        made += [(text, label) for text in texts]
    return made
