"""Capitals for texts written in lower case, after the text that they summarise."""

import collections
import re
import unicodedata

STYLES = ("kept", "sentence", "title")

# Written small in titles.
_SMALL = frozenset(
    "a an and as at but by for from in into nor of off on onto or over per than the to under up "
    "via vs with without".split()
)
# These too a text writes with a capital only where a sentence begins.
_COMMON = _SMALL | frozenset(
    "about after all also are be been before can has have how however if is it its more new no not "
    "now our out so such that their then there these this those today was we were what when where "
    "which while who why will you your".split()
)
_OUTER = "\"'“”‘’„«»()[]{}<>.,:;!?…*"
_SENTENCE_END = re.compile(r"[.!?:…][\"'”’)\]]*$")
_ABBREVIATION = re.compile(r"\W*[A-Z][A-Za-z]{0,3}\.|.*\.[A-Za-z]\.")  # Sen., U.S.
_PART = re.compile(r"[^\W_]{2,}")


def check_style(style: str) -> str:
    """The style; ValueError unless it is one of `STYLES`."""
    if style not in STYLES:
        raise ValueError(f"Expected a style among {', '.join(STYLES)}. Received: style={style!r}.")
    return style


def truecase(summary: str, text: str, style: str) -> str:
    """A lower-cased summary with the capitals that its words have in the text.

    Of a word that the text writes in several ways the most frequent one counts, that at the start
    of a sentence only where there is no other.

    Args:
        summary: written in lower case.
        text: what it is of.
        style: "kept" changes nothing; "sentence" begins with a capital; "title" gives one to every
            word but small ones such as "of".

    Raises:
        ValueError: unknown style.
    """
    if check_style(style) == "kept":
        return summary
    written = _forms(text)
    words, first = [], True
    for chunk in summary.split(" "):
        word = chunk.strip(_OUTER)
        new = _recased(word, written, style, first)
        words.append(chunk.replace(word, new, 1) if word else chunk)
        first = style == "title" and chunk.endswith((":", "?", "!"))
    return " ".join(words)


def _recased(word: str, written: dict[str, str], style: str, first: bool) -> str:
    """A word between spaces: as the text has it, else its parts between hyphens and the like."""
    key = _key(word)
    if key in written:
        new = written[key]
    else:
        new = _PART.sub(lambda part: written.get(_key(part[0]), part[0]), word)
    if style == "title" and (first or key not in _SMALL):
        head, *rest = new.split("-")
        return "-".join([_capital(head), *(p if p in _SMALL else _capital(p) for p in rest)])
    return _capital(new) if first else new


def _capital(word: str) -> str:
    """With a capital in front, unless it has some: a name such as "iPhone" stays as it is."""
    return word[:1].upper() + word[1:] if word == word.lower() else word


def _forms(text: str) -> dict[str, str]:
    """How a text writes its words, by their lower-cased form."""
    inside: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    at_start: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    start = True
    for chunk in text.split():
        word = chunk.strip(_OUTER)
        for form in {word, *_PART.findall(word)} - {""}:
            # What stands behind a hyphen begins no sentence.
            counts = at_start if start and word.startswith(form) else inside
            counts[_key(form)][form] += 1
        start = bool(_SENTENCE_END.search(chunk)) and not _ABBREVIATION.fullmatch(chunk)
    forms = {}
    for key in at_start.keys() | inside.keys():
        found = inside.get(key) or at_start[key]
        forms[key] = max(found, key=found.__getitem__)  # the first of equals
        if key in _COMMON and forms[key] == forms[key].capitalize():
            forms[key] = key
    return forms


def _key(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
