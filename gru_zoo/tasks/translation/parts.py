"""Sentences of a text as in training data, and how their translations take their places."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from gru_zoo.tasks.translation.stand_ins import with_stand_ins

Restore = Callable[[str], str]

FINAL_MARKS = ".!?…"
PLAIN_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
_CAPITAL_NOUNS = ("de", "lb")  # a noun begins with a capital wherever it stands


class Part(NamedTuple):
    """A sentence of a text, and how its translation takes its place.

    Args:
        before: what stands between the previous sentence and this one, and is kept.
        sentence: the sentence, written as in training data; "" if there is none.
        restore: function from its translation to what stands in the text.
        names: names in whose place known ones are translated.
        other: another way to write the sentence. The more confident translation takes its place.
    """

    before: str
    sentence: str = ""
    restore: Restore = str
    names: tuple[str, ...] = ()
    other: str = ""


class Rules(NamedTuple):
    """What `gru_zoo.tasks.translation.layout.split` keeps.

    Args:
        is_known: whether the model can read a character. A word with other letters or symbols is
            kept, such as a name or an emoji, and so is a sentence of nothing else.
        languages: codes of the languages of the text and of the translations.
        keep_numbers: whether numbers are kept as well, for models that would change them.
        keep_names: whether names of words that the model never saw are kept by stand-ins, see
            `gru_zoo.tasks.translation.stand_ins`.
        words: for each language the words that the model saw, in lower case. Where they are not
            known, there are no stand-ins, and no sentence is told to be in the target language.
    """

    is_known: Callable[[str], bool]
    languages: tuple[str, str]
    keep_numbers: bool = False
    keep_names: bool = True
    words: Mapping[str, Collection[str]] = {}


def as_in_training(before: str, text: str, rules: Rules) -> Part:
    """A part whose sentence begins with a capital, ends with a mark and has usual letters.

    A single word is read as it stands, as in a dictionary, see also `_single_word`.

    Args:
        before: what stands before the part.
        text: the words of the part.
        rules: what is kept.
    """
    source, target = rules.languages
    sentence = text.translate(PLAIN_MARKS)
    steps: list[Restore] = []
    words = re.findall(r"[^\W\d_]+", sentence)
    if sentence.isupper() and (len(words) > 1 or len(words[0]) > 3):
        sentence = _sentence_case(sentence, source)
        steps.append(str.upper)
    elif len(words) > 2 and all(word[0].isupper() for word in words):
        sentence = _sentence_case(sentence, source)
    if len(words) == 1 and sentence[0].isupper() and sentence.strip(".").isalpha():
        return _single_word(before, sentence, steps, rules)
    first = len(sentence) - len(sentence.lstrip("¿¡"))
    if len(words) > 1 and sentence[first].islower():
        sentence = sentence[:first] + sentence[first].upper() + sentence[first + 1 :]
        if target not in _CAPITAL_NOUNS:
            steps.append(lambda found: found[:1].lower() + found[1:])
    if len(words) > 1 and sentence[-1] not in FINAL_MARKS:
        sentence += "."
        steps.append(lambda found: found.removesuffix("."))
    if not (rules.keep_names and rules.words):
        return Part(before, sentence, lambda found: _apply(steps, found))
    known = with_stand_ins(sentence, rules.words[source], source)
    steps.insert(0, known.restore)
    names = tuple(known.names.values())
    return Part(before, known.sentence, lambda found: _apply(steps, found), names)


def _single_word(before: str, text: str, steps: Sequence[Restore], rules: Rules) -> Part:
    """A part of a word with a capital, which is a greeting, a word of a dictionary, or a name.

    A greeting stands as a sentence in training data, other words in lower case, but for German.
    """
    word = text.removesuffix(".")
    source, _ = rules.languages
    unknown = bool(rules.words) and word.lower() not in rules.words[source]
    sentence = word if unknown or source in _CAPITAL_NOUNS else f"{word}."
    every: list[Restore] = [
        lambda found: found[:1].upper() + found[1:].removesuffix("."),
        lambda found: found + text[len(word) :],
        *steps,
    ]
    return Part(before, sentence, lambda found: _apply(every, found), (), word.lower())


def _sentence_case(text: str, language: str) -> str:
    """A text in lower case but for its first letter, and the English pronoun."""
    text = text.lower()
    if language == "en":
        text = re.sub(r"\bi\b", "I", text)
    return text[0].upper() + text[1:]


def _apply(steps: Sequence[Restore], text: str) -> str:
    for step in steps:
        text = step(text)
    return text
