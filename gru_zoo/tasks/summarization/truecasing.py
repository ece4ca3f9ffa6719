"""Truecasing: restore the capital letters of lower-cased summaries from their texts.

A summary takes most of its words from its text, which shows their capitals. A trained truecaser
would need a model for each domain, and would not know the names of a new text.
"""

import collections
import re
import unicodedata

STYLES = ("kept", "sentence", "title")

# Lower case in titles.
_SMALL = frozenset(
    "a an and as at but by for from in into nor of off on onto or over per than the to under up "
    "via vs with without".split()
)
# Words that are never names: they are capitalized at the start of a sentence only.
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
    """Return the style if it is one of `STYLES`.

    Raises:
        ValueError: it is not.
    """
    if style not in STYLES:
        raise ValueError(f"Expected a style among {', '.join(STYLES)}. Received: style={style!r}.")
    return style


def truecase(summary: str, text: str, style: str) -> str:
    """Restore the capital letters of a summary.

    Each word is written as it is most often written in the text. Its forms at the start of a
    sentence count only if the text has no others. A text in capitals alone shows no forms.

    Args:
        summary: a summary in lower case.
        text: the summarized text.
        style: "kept" changes nothing; "sentence" capitalizes the first word; "title" capitalizes
            all words except short function words such as "of".

    Raises:
        ValueError: the style is not one of `STYLES`.
    """
    if check_style(style) == "kept":
        return summary
    forms = {} if text == text.upper() else _forms(text)
    words, first = [], True
    for chunk in summary.split(" "):
        word = chunk.strip(_OUTER)
        new = _truecased(word, forms, style, first)
        words.append(chunk.replace(word, new, 1) if word else chunk)
        first = style == "title" and chunk.endswith((":", "?", "!"))
    return " ".join(words)


def _truecased(word: str, forms: dict[str, str], style: str, first: bool) -> str:
    """Restore the capitals of a word, or of each of its parts if the text has them alone.

    Args:
        word: a word without surrounding spaces and marks.
        forms: see `_forms`.
        style: "sentence" or "title".
        first: whether it begins a sentence or a part of a title.
    """
    key = _key(word)
    if key in forms:
        new = forms[key]
    else:
        new = _PART.sub(lambda part: forms.get(_key(part[0]), part[0]), word)
    if style == "title" and (first or key not in _SMALL):
        head, *rest = new.split("-")
        return "-".join([_capital(head), *(p if p in _SMALL else _capital(p) for p in rest)])
    return _capital(new) if first else new


def _capital(word: str) -> str:
    """Capitalize a word in lower case. A name such as "iPhone" stays as it is."""
    return word[:1].upper() + word[1:] if word == word.lower() else word


def _forms(text: str) -> dict[str, str]:
    """Map the `_key` of each word of a text to the form in which the text writes it."""
    inside: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    at_start: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    start = True
    for chunk in text.split():
        word = chunk.strip(_OUTER)
        for form in {word, *_PART.findall(word)} - {""}:
            # The part after a hyphen does not begin a sentence.
            counts = at_start if start and word.startswith(form) else inside
            counts[_key(form)][form] += 1
        start = bool(_SENTENCE_END.search(chunk)) and not _ABBREVIATION.fullmatch(chunk)
    forms = {}
    for key in at_start.keys() | inside.keys():
        found = inside.get(key) or at_start[key]
        forms[key] = max(found, key=found.__getitem__)  # the first one on a tie
        if key in _COMMON and forms[key] == forms[key].capitalize():
            forms[key] = key
    return forms


def _key(word: str) -> str:
    """Normalize a word so that its forms compare equal."""
    return unicodedata.normalize("NFKC", word).casefold()
