"""Suite of ordinary input of text generation: what people type on a keyboard.

The sentences of `ordinary.tsv` are written for this purpose. Alternatives are separated by `|`.
"""

import pathlib
from collections.abc import Callable, Sequence

from gru_zoo.tasks.text_generation.task import TextGeneration
from recipes.ordinary import Case, read

PRESETS = (
    "text_generation_everyday",
    "text_generation_shakespeare",
    "text_generation_wikitext",
)
KINDS = {
    "next word": "The beginning of an everyday sentence; a usual next word is among three.",
    "next word, lower case": "The same, typed without capitals.",
    "half-typed word": "A sentence that ends within a word; the word is among three.",
    "half-typed word, capitals": "The same, typed in capitals.",
    "space after the word": "A beginning; a space after its last word changes no suggestion.",
    "curly apostrophes and spaces": "A beginning with curly apostrophes and double spaces; the "
    "same suggestions.",
    "learned name": "A name was learned; its first letters, later, bring it up among three.",
    "learned phrase": "A name was learned in its surroundings; these bring it up among three.",
    "forgotten name": "A name was learned and forgotten; its first letters do not bring it up.",
    "no loop": "A beginning to write on from at a temperature of 0.7; of the last forty words at "
    "least seventeen differ.",
}
_LENGTH = 200  # tokens of a text that is written on


def cases() -> list[Case]:
    """The written inputs, and variants of them."""
    written = read(pathlib.Path(__file__).with_name("ordinary.tsv"))
    result = list(written)
    for case in written:
        if case.kind == "next word":
            result.append(Case("next word, lower case", case.input.lower(), case.expected))
            result.append(Case("space after the word", case.input + " ", case.input))
            uneven = case.input.replace("'", "’").replace(" ", "  ")
            if uneven != case.input:
                result.append(Case("curly apostrophes and spaces", uneven, case.input))
        elif case.kind == "half-typed word":
            result.append(Case("half-typed word, capitals", case.input.upper(), case.expected))
        elif case.kind == "learned name":
            result.append(Case("forgotten name", tuple(case.input.split("\n")), case.expected))
    return result


def judge(task: TextGeneration, cases: Sequence[Case]) -> list[bool]:
    """Whether the task is right, for each case."""
    return [_JUDGES[case.kind](task, case) for case in cases]


def _suggested(task: TextGeneration, case: Case) -> bool:
    expected = case.expected.lower().split("|")
    return any(word in expected for word in _words(task, case.input))


def _same(task: TextGeneration, case: Case) -> bool:
    return _words(task, case.input) == _words(task, case.expected)


def _learned(task: TextGeneration, case: Case) -> bool:
    message, text = case.input.split("\n")
    task.learn(message)
    try:
        return case.expected.lower() in _words(task, text)
    finally:
        task.forget()


def _forgotten(task: TextGeneration, case: Case) -> bool:
    message, text = case.input
    task.learn(message)
    task.forget()
    return case.expected.lower() not in _words(task, text)


def _varied(task: TextGeneration, case: Case) -> bool:
    text = task.generate(case.input, length=_LENGTH, temperature=0.7, seed=1)
    last = str(text).split()[-40:]
    return len(last) < 40 or len(set(last)) > 16


def _words(task: TextGeneration, text: str) -> list[str]:
    return [suggestion.word.lower() for suggestion in task.suggest(text)]


_JUDGES: dict[str, Callable[[TextGeneration, Case], bool]] = {
    "next word": _suggested,
    "next word, lower case": _suggested,
    "half-typed word": _suggested,
    "half-typed word, capitals": _suggested,
    "space after the word": _same,
    "curly apostrophes and spaces": _same,
    "learned name": _learned,
    "learned phrase": _learned,
    "forgotten name": _forgotten,
    "no loop": _varied,
}
