"""What of a text is translated, and what stays around it: lines, marks, links, other scripts.

A model reads one sentence at a time, written as in its training data. A text has more: lines with
list marks, brackets, tags, links, emoji, capitals. `split` takes a text apart, and `Layout.fill`
puts the translations into its place.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from gru_zoo.tasks.translation.parts import (
    FINAL_MARKS,
    PLAIN_MARKS,
    Part,
    Rules,
    as_in_training,
)
from gru_zoo.tasks.translation.stand_ins import PEOPLE
from gru_zoo.tasks.translation.words import is_written_in
from gru_zoo.text.sentences import SENTENCE_ENDS

# What stands before the words of a line: indentation, list marks, headings, quoted mail.
_LINE_START = re.compile(r"\s*(?:(?:[-*+•–—>]|#{1,6}|\(?\d{1,3}[.)])\s+)*")
_PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "“": "”", "„": "“", "‘": "’", "«": "»"}
_PAIRS |= {"*": "*", "_": "_", "~": "~"}  # of Markdown
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
_WORDS = re.compile(rf"[¿¡]?[^\W_](?:.*[^\W_])?[{re.escape(FINAL_MARKS)}]*", re.DOTALL)
_WORD_OR_SYMBOL = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")


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
        mark = re.search(rf"[{re.escape(FINAL_MARKS)}]*$", text)
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
            yield as_in_training(sentence[position : found.start()], core, rules)
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
        if any(not rules.is_known(c) for c in word[0].translate(PLAIN_MARKS) if ord(c) > 127)
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


def digits(text: str) -> str:
    """The digits of a text, which a translation must not change."""
    return "".join(filter(str.isdecimal, text))
