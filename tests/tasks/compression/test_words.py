import re
import sys
import unicodedata

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

from gru_zoo.tasks.compression import words as module
from gru_zoo.tasks.compression.words import join, words_of


def texts_of(text):
    return [word.text for word in words_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gomez's dog", ["Gomez", "'s", "dog"]),
        ("We’ll see.", ["We", "’ll", "see", "."]),
        ("I don't", ["I", "don't"]),
        ("Mars-like, 50,000 at 9:30", ["Mars-like", ",", "50,000", "at", "9:30"]),
        ("$1.2 million", ["$", "1.2", "million"]),
        ('"Hi!"', ['"', "Hi", "!", '"']),
        ("これは本です。", ["これは本です", "。"]),
        ("हिन्दी भाषा है।", ["हिन्दी", "भाषा", "है", "।"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        (
            "The 👨\u200d👩\u200d👧 of 👍🏽, ❤\ufe0f\u200d🔥",
            [*("The", "👨\u200d👩\u200d👧", "of", "👍🏽", ",", "❤\ufe0f\u200d🔥")],
        ),
        ("🇪🇸🇫🇷 🇩", ["🇪🇸", "🇫🇷", "🇩"]),
        ("👨👩", ["👨", "👩"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_words_and_marks(text, expected):
    assert texts_of(text) == expected


def test_every_combining_mark_extends_the_character_before_it():
    marks = filter(lambda c: unicodedata.category(c)[0] == "M", map(chr, range(sys.maxunicode + 1)))
    pattern = re.compile(f"[{module._JOINERS}]")
    assert all(map(pattern.fullmatch, marks))


def test_words_know_where_they_stand():
    text = "  The U.S. (of  A) "
    for word in words_of(text):
        assert text[word.start : word.end] == word.text


def test_words_in_brackets_are_spaced_when_these_are_left_out():
    text = "She (a nurse) ran."
    kept = [True, False, False, True, False, True, False]
    assert join(text, words_of(text), kept) == "She nurse ran"


@hypothesis.given(strategies.text("aB .,'(\"-1é本\n", max_size=30), strategies.data())
def test_joined_text_is_made_of_the_words_in_order(text, data):
    words = words_of(text)
    kept = np.array([data.draw(strategies.booleans()) for _ in words], "bool")
    result = join(text, words, kept)
    wanted = "".join(word.text for word, k in zip(words, kept, strict=True) if k)
    assert result.replace(" ", "").casefold() == wanted.casefold()
    assert result == result.strip()
