"""Keep names that a model never saw: a name that it knows is translated in their place.

A model spells a name that it never saw, and loses letters. It has seen "Tom" in thousands of
sentences, so it translates the sentence about Tom, and the name takes its place again.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from gru_zoo.tasks.translation.words import WORD

# Spelled alike in all languages of the presets.
PEOPLE = ("Tom", "John")
PLACES = ("Boston",)
_BEFORE_PLACES = {
    "en": ("in", "from", "to", "near", "at"),
    "fr": ("à", "vers"),
    "de": ("in", "nach", "aus"),
    "es": ("en", "desde", "hacia"),
}
_BETWEEN = re.compile(r" |['’]")  # of two words of one name
_LONGEST = 12  # letters; longer unseen words of German are compounds, which have a translation


class StandIns(NamedTuple):
    """A sentence with known names in the place of unknown ones.

    Args:
        sentence: the sentence.
        names: the name in whose place each stand-in stands.
    """

    sentence: str
    names: dict[str, str]

    def restore(self, translation: str) -> str:
        """Put the names into a translation. A stand-in that occurs more than once stays."""
        for known, name in self.names.items():
            pattern = re.compile(rf"\b{known}(?=s?\b)")
            if len(pattern.findall(translation)) == 1:
                translation = pattern.sub(name, translation)  # a name has no backslash
        return translation


def with_stand_ins(sentence: str, known: Collection[str], language: str) -> StandIns:
    """Replace names of unknown words by names that every model knows.

    A single word stays as it is, and so do names for which there is no stand-in left.

    Args:
        sentence: a sentence, written as in training data.
        known: words that the model saw, in lower case.
        language: code of the language of the sentence.

    Example:

        >>> with_stand_ins("Where does Xiuying live?", {"where", "does", "live"}, "en")
        StandIns(sentence='Where does Tom live?', names={'Tom': 'Xiuying'})
    """
    words = list(WORD.finditer(sentence))
    if len(words) < 2:
        return StandIns(sentence, {})
    free = {kind: [name for name in kind if name not in sentence] for kind in (PEOPLE, PLACES)}
    names: dict[str, str] = {}
    parts, position = [], 0
    for start, stop in _runs(sentence, words, known, language):
        before = WORD.findall(sentence[:start])
        places = bool(before) and before[-1].lower() in _BEFORE_PLACES.get(language, ())
        kind = PLACES if places and free[PLACES] else PEOPLE
        if free[kind]:
            stand_in = free[kind].pop(0)
            names[stand_in] = sentence[start:stop]
            parts += [sentence[position:start], stand_in]
            position = stop
    return StandIns("".join(parts) + sentence[position:], names)


def _runs(
    sentence: str, words: list[re.Match], known: Collection[str], language: str
) -> list[tuple[int, int]]:
    """Where a sentence has names of unknown words: start and end of each."""
    runs: list[tuple[int, int]] = []
    for word in words:
        unknown = word[0][0].isupper() and word[0].lower() not in known
        if language == "de" and len(word[0]) > _LONGEST:
            unknown = False
        if not unknown:
            continue
        if runs and _BETWEEN.fullmatch(sentence, runs[-1][1], word.start()):
            runs[-1] = runs[-1][0], word.end()
        else:
            runs.append(word.span())
    return runs
