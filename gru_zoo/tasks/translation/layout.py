"""What of a text is translated, and what stays around it: lines, marks, links, other scripts.

A model reads one sentence at a time, written as in its training data. A text has more: lines with
list marks, brackets, tags, links, emoji, capitals. `split` takes a text apart, and `Layout.fill`
puts the translations into its place.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from gru_zoo.tasks.translation.stand_ins import PEOPLE, with_stand_ins
from gru_zoo.tasks.translation.words import is_written_in
from gru_zoo.text.sentences import SENTENCE_ENDS

Restore = Callable[[str], str]

# What stands before the words of a line: indentation, list marks, headings, quoted mail.
_LINE_START = re.compile(r"\s*(?:(?:[-*+•–—>]|#{1,6}|\(?\d{1,3}[.)])\s+)*")
_PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "“": "”", "„": "“", "‘": "’", "«": "»"}
_PAIRS |= {"*": "*", "_": "_", "~": "~"}  # of Markdown
_FINAL_MARKS = ".!?…"
_TAG = r"</?[A-Za-z][^<>]*>"
# What is nobody's language. A word with a digit behind letters is a code ("hunter22"), one with
# letters behind digits is not ("5pm", "2nd").
_KEPT = re.compile(
    rf"""
    {_TAG} | `[^`]+`                                                # tags, code
    | (?:https?://|www\.) [^\s<>"]* [^\s<>"'.,;:!?)\]}}…]            # links
    | (?<![\w@.-]) (?:[\w-]+\.)+ (?:com|org|net|edu|gov|info|io|eu|uk|de|fr|es) \b (?:/[^\s<>"]*\w)?
    | (?<![\w.+-]) [\w.+-]+ @ [\w-]+ (?:\.[\w-]+)+                  # mail addresses
    | (?<!\w) [@\#] \w+                                             # handles, hashtags
    | (?<!\w) (?:[A-Za-z]:\\ | ~?/ | \.{{1,2}}/) [\w./\\~-]* [\w/\\]  # paths
    | (?<![\w.-]) [\w-]+ \. [A-Za-z][A-Za-z0-9]{{1,3}} (?!\w|\.\w)    # names of files
    | (?<![\w.]) v?\d+ (?:\.\d+){{2,}} (?!\w)                       # versions, numbers of machines
    | (?<!\w) \w* (?:[^\W\d_]{{2}}\d | [^\W\d_]\d+[^\W\d_]) [\w-]*  # codes
    | (?<![\w-]) [A-Z]{{1,3}}-?\d{{2,}} (?:-\w+)* (?!\w)
    | (?<!\w) [A-Za-z]*_\w+ (?:\(\))?                              # identifiers
    | (?<!\w) (?:\w+\+)+ \w+ (?!\w) | (?<!\S) --?[A-Za-z][\w-]* (?!\w)  # keys, options
    | (?<!\w) \w* [a-z][A-Z] \w* (?!\w)                             # names with a capital inside
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"[$€£]?\d(?:[\d.,:/ ]*\d)?%?")
# From the first word of a text to its last one, with the mark that ends a sentence.
_WORDS = re.compile(rf"[¿¡]?[^\W_](?:.*[^\W_])?[{re.escape(_FINAL_MARKS)}]*", re.DOTALL)
_WORD_OR_SYMBOL = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
_CAPITAL_NOUNS = ("de", "lb")  # a noun begins with a capital wherever it stands
_PLAIN_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


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


class Layout:
    """A text as sentences to translate and what stays around them.

    Args:
        parts: the sentences in their order.
    """

    def __init__(self, parts: Sequence[Part]):
        self.parts = list(parts)

    @property
    def sentences(self) -> list[str]:
        """The sentences to translate."""
        return [part.sentence for part in self.parts if part.sentence]

    @property
    def others(self) -> list[str]:
        """Another way to write each of the sentences, "" where there is none."""
        return [part.other for part in self.parts if part.sentence]

    @property
    def names(self) -> list[str]:
        """Names in whose place known ones are translated."""
        return [name for part in self.parts for name in part.names]

    def fill(self, translations: Sequence[str]) -> str:
        """The text with a translation in the place of each sentence.

        Where a translation is empty, the space before it goes as well.
        """
        rest, text, dropped = iter(translations), "", False
        for part in self.parts:
            text += part.before.lstrip(" ") if dropped else part.before
            dropped = dropped and not part.before
            if part.sentence:
                restored = part.restore(next(rest))
                dropped = not restored and text[-1:] in ("", " ")
                text += restored
        return text.rstrip(" ")


class Rules(NamedTuple):
    """What `split` keeps.

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


def split(text: str, rules: Rules) -> Layout:
    r"""Take a text apart.

    Args:
        text: any text.
        rules: what is kept.

    Example:

        >>> text = "- See (you) at https://example.org.\n- BYE BYE!"
        >>> layout = split(text, Rules(str.isascii, ("en", "de")))
        >>> layout.sentences
        ['See (you) at.', 'Bye bye!']
        >>> layout.fill(["Siehe (dich) bei.", "Tschüss tschüss!"])
        '- Siehe (dich) bei https://example.org.\n- TSCHÜSS TSCHÜSS!'
    """
    parts: list[Part] = []
    for line in re.split(r"(\n)", text.strip()):
        start = _LINE_START.match(line)
        mark = start[0] if start else ""
        parts += [Part(mark), *_marked(line[len(mark) :], rules)]
    return Layout(parts)


def _marked(text: str, rules: Rules) -> Iterator[Part]:
    """Parts of a line without the marks around it, then of each of its sentences likewise."""
    before, core, behind = _without_marks(text)
    yield Part(before)
    position = 0
    for end in [*SENTENCE_ENDS.finditer(core), None]:
        stop = end.start() if end else len(core)
        first, sentence, last = _without_marks(core[position:stop])
        yield Part(first)
        yield from _around_kept(sentence, rules)
        yield Part(last + (end[0] if end else ""))
        position = end.end() if end else stop
    yield Part(behind)


def _without_marks(text: str) -> tuple[str, str, str]:
    """A text as marks in pairs and tags before it, the rest, and those behind it."""
    before = behind = ""
    while True:
        inner = text.strip()
        if not inner:
            return before + text, "", behind
        head, tail = len(text) - len(text.lstrip()), len(text.rstrip())
        before, behind = before + text[:head], text[tail:] + behind
        text = inner
        opening, closing = re.match(_TAG, text), re.search(rf"{_TAG}$", text)
        mark = re.search(rf"[{re.escape(_FINAL_MARKS)}]*$", text)
        ending = mark[0] if mark else ""
        body = text[: len(text) - len(ending)]
        if opening and opening.end() < len(text):
            before, text = before + opening[0], text[opening.end() :]
        elif closing and closing.start() > 0:
            behind, text = closing[0] + behind, text[: closing.start()]
        elif len(body) > 2 and _PAIRS.get(body[0]) == body[-1] and body[-1] not in body[1:-1]:
            # A final mark behind the closing one stays behind it.
            before, behind, text = before + body[0], body[-1] + ending + behind, body[1:-1]
        else:
            return before, text, behind


def _around_kept(sentence: str, rules: Rules) -> Iterator[Part]:
    """Parts of a sentence between what is kept; a sentence in the target language is kept whole."""
    if rules.words and is_written_in(sentence, *(rules.words[code] for code in rules.languages)):
        yield Part(sentence)
        return
    position = 0
    for start, stop in [*_kept_spans(sentence, rules), (len(sentence), len(sentence))]:
        found = _WORDS.search(sentence, position, start)
        if found and any(map(str.isalpha, found[0])):
            core = found[0]
            yield _as_in_training(sentence[position : found.start()], core, rules)
            position = found.end()
        yield Part(sentence[position:stop])
        position = stop


def _kept_spans(sentence: str, rules: Rules) -> list[tuple[int, int]]:
    """Where a sentence has what is kept: start and end of each, in order, without overlaps."""
    spans = [found.span() for found in _KEPT.finditer(sentence)]
    if rules.keep_numbers:
        spans += [found.span() for found in _NUMBER.finditer(sentence)]
    unknown = [
        word
        for word in _WORD_OR_SYMBOL.finditer(sentence)
        if any(not rules.is_known(c) for c in word[0].translate(_PLAIN_MARKS) if ord(c) > 127)
    ]
    names = [word for word in unknown if _is_latin_name(word[0])]
    if rules.keep_names and rules.words and " " in sentence and len(names) <= len(PEOPLE):
        unknown = [word for word in unknown if word not in names]  # they get a stand-in
    spans += [word.span() for word in unknown]
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged


def _is_latin_name(word: str) -> bool:
    letters = filter(str.isalpha, word)
    return word[0].isupper() and all("LATIN" in unicodedata.name(c, "") for c in letters)


def _as_in_training(before: str, text: str, rules: Rules) -> Part:
    """A part whose sentence begins with a capital, ends with a mark and has usual letters.

    A single word is read as it stands, as in a dictionary, see also `_single_word`.
    """
    source, target = rules.languages
    sentence = text.translate(_PLAIN_MARKS)
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
    if len(words) > 1 and sentence[-1] not in _FINAL_MARKS:
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


def digits(text: str) -> str:
    """The digits of a text, which a translation must not change."""
    return "".join(filter(str.isdecimal, text))


def _apply(steps: Sequence[Restore], text: str) -> str:
    for step in steps:
        text = step(text)
    return text
