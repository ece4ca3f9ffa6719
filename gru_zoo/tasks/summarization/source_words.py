"""Words that a summary may use: those of its text, their inflections, and function words.

A model that may generate any word of its vocabulary writes the names and phrases of its training
data over texts of other kinds. Its search is therefore restricted to these words, see
`gru_zoo.tasks.summarization.word_graph`. All lists are English.
"""

import collections
import re
from collections.abc import Iterable, Iterator

from gru_zoo.text.subword_tokenizer import SubwordTokenizer

# Function words that do not end a title: articles, prepositions and conjunctions.
OPEN_WORDS = frozenset(
    "a an the about above across after against along amid among around as at before behind below "
    "beside between beyond by despite during for from in into near of onto outside past per since "
    "than through throughout to toward towards under until upon via with within and but or if "
    "when where whether while because although that who whose which how why what their its these "
    "those this is are was were be been being am has have had will".split()
)
# These end a title as particles of verbs, as in "Prices go up", or as pronouns. Words that turn a
# meaning round, such as "not" and "without", are left out: only a text provides them.
FUNCTION_WORDS = OPEN_WORDS | frozenset("on off out over up down it they them there so".split())

# Titles and names are abbreviated in headlines.
ABBREVIATIONS = {
    "senator": ("sen", "sens"),
    "senators": ("sens", "sen"),
    "representative": ("rep", "reps"),
    "representatives": ("reps", "rep"),
    "congressman": ("rep",),
    "congresswoman": ("rep",),
    "governor": ("gov",),
    "general": ("gen",),
    "lieutenant": ("lt",),
    "professor": ("prof",),
    "doctor": ("dr",),
    "saint": ("st",),
    "percent": ("%",),
}
# Past tenses whose present tense, the one of headlines, no ending leads to.
IRREGULAR = {
    past: base
    for base, pasts in {
        "be": "was were been",
        "become": "became",
        "begin": "began begun",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "buy": "bought",
        "catch": "caught",
        "choose": "chose chosen",
        "come": "came",
        "draw": "drew drawn",
        "fall": "fell fallen",
        "feel": "felt",
        "fight": "fought",
        "find": "found",
        "fly": "flew flown",
        "get": "got",
        "give": "gave given",
        "go": "went gone",
        "grow": "grew grown",
        "hear": "heard",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "meet": "met",
        "pay": "paid",
        "rise": "rose risen",
        "run": "ran",
        "say": "said",
        "see": "saw seen",
        "seek": "sought",
        "sell": "sold",
        "send": "sent",
        "shake": "shook shaken",
        "sink": "sank sunk",
        "speak": "spoke spoken",
        "spend": "spent",
        "stand": "stood",
        "steal": "stole stolen",
        "strike": "struck",
        "sweep": "swept",
        "take": "took taken",
        "teach": "taught",
        "tell": "told",
        "think": "thought",
        "throw": "threw thrown",
        "win": "won",
        "write": "wrote written",
    }.items()
    for past in pasts.split()
}
_ADDRESS = re.compile(r"\w+://\S+|www\.\S+|\S+@\S+\.\w+")
_WORD = re.compile(r"\w+(?:[-.,'’&/+]\w+)*")
_SUFFIX = re.compile("['’]s?$")
_PART = re.compile(r"[^\W\d_]{2,}")
_OUTER = "\"'“”‘’„«»()[]{}<>.,:;!?…*"


def stem(word: str) -> str:
    """Strip the ending of an inflected word: plural, third person, past tense, participle.

    Example:
        >>> {stem(word) for word in ("stop", "stops", "stopped", "stopping")}
        {'stop'}
    """
    word = IRREGULAR.get(word, word)
    for ending, replacement in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + replacement
            break
    else:
        if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
            word = word[:-1]
    word = word.removesuffix("e") if len(word) > 3 else word
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls"
    return word[:-1] if doubled else word


class Inflections:
    """Words of a vocabulary by their stem.

    Args:
        words: the vocabulary.
    """

    def __init__(self, words: Iterable[str]):
        self._by_stem: dict[str, list[str]] = collections.defaultdict(list)
        for word in words:
            if word.isalpha() and len(word) > 2:
                self._by_stem[stem(word)].append(word)

    @classmethod
    def of_vocabulary(cls, tokenizer: SubwordTokenizer) -> "Inflections":
        """Those of the sub-words of a tokenizer that are whole words."""
        pieces = tokenizer.pieces(range(tokenizer.vocabulary_size))
        return cls(piece[1:] for piece in pieces if piece.startswith("▁"))

    def of(self, word: str) -> list[str]:
        """The words of the vocabulary with the stem of a word in lower case."""
        return self._by_stem.get(stem(word), [])


def source_words(text: str, inflections: Inflections) -> dict[str, None]:
    """Words that a summary of a text may use besides `FUNCTION_WORDS`, in the case of the text.

    Addresses, numbers and runs of symbols such as emoji are whole. Of other compounds, such as
    "Mars-like", the parts are words too. Names are not inflected: they are words that the text
    capitalizes each time.

    Args:
        text: the text.
        inflections: the vocabulary in which inflections are looked up.

    Returns:
        The words as the keys of a dictionary, in the order of the text.
    """
    words = dict.fromkeys(_words(text))
    shouted = text.upper() == text
    for word in list(words):
        lower = word.lower()
        if shouted or word == lower:
            words |= dict.fromkeys(inflections.of(lower))
        words |= dict.fromkeys(ABBREVIATIONS.get(lower, ()))
    return words


def words_outside(summary: str, text: str, inflections: Inflections) -> list[str]:
    """Words of a summary, in lower case, that a summary of its text may not use."""
    words = {word.lower() for word in source_words(text, inflections)} | FUNCTION_WORDS
    found = (_SUFFIX.sub("", word) for word in _WORD.findall(summary.lower()))
    return [word for word in found if word not in words]


def _words(text: str) -> Iterator[str]:
    """Chunks between spaces, as they are and without surrounding marks, and their words."""
    for chunk in text.split():
        inner = chunk.strip(_OUTER)
        if not inner:
            continue
        yield inner
        if _ADDRESS.search(chunk):
            continue
        yield chunk
        for word in _WORD.findall(inner):
            yield word
            yield from (part for part in _PART.findall(word) if not re.search(r"\d", word))
