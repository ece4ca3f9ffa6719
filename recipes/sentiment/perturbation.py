"""Changes of a text that leave its sentiment as it is, such as links and typing errors."""

import random
import re
from collections.abc import Callable

from recipes.sentiment import everyday

_CONTRACTIONS = (
    ("do not", "don't"),
    ("does not", "doesn't"),
    ("did not", "didn't"),
    ("is not", "isn't"),
    ("are not", "aren't"),
    ("was not", "wasn't"),
    ("have not", "haven't"),
    ("would not", "wouldn't"),
    ("could not", "couldn't"),
    ("should not", "shouldn't"),
    ("can not", "can't"),
    ("cannot", "can't"),
    ("will not", "won't"),
    ("I am", "I'm"),
    ("I have", "I've"),
    ("I will", "I'll"),
    ("it is", "it's"),
    ("that is", "that's"),
    ("we are", "we're"),
    ("they are", "they're"),
    ("you are", "you're"),
    ("what is", "what's"),
)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_SWAPPED = (  # words that may stand for each other
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ("January", "March", "May", "June", "August", "October", "December"),
    ("London", "Paris", "Chicago", "Boston", "Dallas", "Denver", "Seattle", "Toronto", "Sydney"),
    ("John", "Mary", "Ahmed", "Maria", "Wei", "Priya", "Jamal", "Emma", "Omar", "Chloe"),
    ("two", "three", "four", "five", "six", "seven"),
    ("this", "that"),
    ("the", "a", "this", "my", "our"),
    ("at", "in", "on", "by"),
    ("he", "she", "they"),
)
_NUMBER = re.compile(r"\d")
_WORD = re.compile(r"\w+")


def _word(generator: random.Random, length: int) -> str:
    return "".join(generator.choices(_ALPHABET, k=length))


def _around(text: str, mark: str, generator: random.Random) -> str:
    return f"{mark} {text}" if generator.random() < 0.5 else f"{text} {mark}"


def add_link(text: str, generator: random.Random) -> str:
    """The text with a link before or behind it."""
    return _around(text, f"https://t.co/{_word(generator, 8)}", generator)


def add_handle(text: str, generator: random.Random) -> str:
    """The text with a handle before or behind it."""
    return _around(text, f"@{_word(generator, 6)}", generator)


def add_emoji(text: str, generator: random.Random) -> str:
    """The text with an emoji of no tone behind it."""
    return f"{text} {generator.choice(everyday.PLAIN)}"


def misspell(text: str, generator: random.Random) -> str:
    """The text with two neighboring characters exchanged, once or twice."""
    for _ in range(generator.choice((1, 1, 2))):
        if len(text) > 3:
            i = generator.randrange(len(text) - 1)
            text = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    return text


def punctuate(text: str, generator: random.Random) -> str:
    """The text with another mark at its end, or none."""
    return text.rstrip(".!?, ") + generator.choice(("", ".", ".", " .", "..."))


def contract(text: str, generator: random.Random) -> str:
    """The text with its contractions written out, or made."""
    pairs = _CONTRACTIONS if generator.random() < 0.5 else [(b, a) for a, b in _CONTRACTIONS]
    for before, after in pairs:
        text = re.sub(rf"\b{before}\b", after, text, flags=re.IGNORECASE)
    return text


def exchange_words(text: str, generator: random.Random) -> str:
    """The text with other names, days, places, numbers and function words."""
    text = _NUMBER.sub(lambda _: str(generator.randint(1, 9)), text)
    for words in _SWAPPED:
        if generator.random() < 0.7:
            pattern = rf"\b(?:{'|'.join(words)})\b"
            text = re.sub(pattern, lambda _, words=words: generator.choice(words), text)
    return text


CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    add_link,
    add_handle,
    add_emoji,
    misspell,
    misspell,
    misspell,
    punctuate,
    contract,
    exchange_words,
    exchange_words,
)


def perturb(text: str, generator: random.Random) -> str:
    """The text after one or two changes."""
    for change in generator.sample(CHANGES, generator.choice((1, 1, 2))):
        text = change(text, generator)
    return text
