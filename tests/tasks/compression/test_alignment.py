import random
import time
import unicodedata

import pytest

from gru_zoo.tasks.compression.alignment import _matched_positions, align
from gru_zoo.tasks.compression.words import join, words_of


def test_composed_and_decomposed_letters_are_the_same():
    text = "Beyoncé's café, in Málaga, is l'śluza (L'ÉTÉ)."
    shorter = "Beyoncé's café is l'śluza."
    composed = align(words_of(text), shorter)
    assert not composed.missing and "café" in [word.text for word in words_of(text)]
    text = unicodedata.normalize("NFD", text)
    words = words_of(text)
    assert [unicodedata.normalize("NFC", word.text) for word in words[:3]] == [
        *("Beyoncé", "'s", "café")
    ]
    assert [word.is_mark for word in words[:4]] == [False, False, False, True]
    for form in ("NFC", "NFD"):
        found = align(words, unicodedata.normalize(form, shorter))
        assert not found.missing and found.kept.tolist() == composed.kept.tolist()
    assert join(text, words, found.kept) == unicodedata.normalize("NFD", shorter)


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("On Friday, the museum (in Turin) opened.", "The museum opened."),
        ("Gomez's first dog, a pug, left.", "Gomez's dog left."),
        ('He said "yes" and left at 9:30.', 'He said "yes".'),
        ("It cost $1.2 million (or so).", "It cost $1.2 million."),
        ("She (a nurse) ran.", "She ran."),
        ("it rained , and rained", "rained"),
        ("Rain, hail and snow fell", "Rain, snow"),
    ],
)
def test_kept_words_are_joined_as_in_the_text(text, shorter):
    words = words_of(text)
    found = align(words, shorter)
    assert found.missing == 0
    assert join(text, words, found.kept) == shorter


def test_as_many_words_as_possible_stand_together():
    words = words_of("The dog saw the cat, and the cat ran.")
    kept = align(words, "The cat ran.").kept
    assert [word.text for word, k in zip(words, kept, strict=True) if k] == [
        *("the", "cat", "ran", ".")
    ]
    assert not kept[:6].any()


def slowly_found(wanted, parts):
    """The rules of `align`, cell by cell."""
    cells = [(i, p) for i, w in enumerate(wanted) for p, part in enumerate(parts) if w == part]
    paths = []
    for i, place in cells:
        earlier = [
            (score + ((j, p) == (i - 1, place - 1)), n)
            for n, (score, (j, p), _) in enumerate(paths)
            if j < i and p < place
        ]
        score, before = max(earlier, default=(0, None))
        paths.append((score + 1_000, (i, place), before))
    found, n = set(), max(range(len(paths)), key=lambda n: (paths[n][0], n), default=None)
    while n is not None:
        _, (_, place), n = paths[n]
        found.add(place)
    return found


@pytest.mark.parametrize("letters", ["a", "ab", "abc", "abcdefgh"])
def test_of_equal_ways_always_the_same_is_found(letters):
    draw = random.Random(letters)
    for _ in range(100):
        wanted, parts = (draw.choices(letters, k=draw.randint(0, 12)) for _ in range(2))
        assert _matched_positions(wanted, parts) == slowly_found(wanted, parts)


def test_long_texts_are_aligned_in_no_time():
    words = words_of("the dog and the cat " * 300)
    began = time.perf_counter()
    assert align(words, "the cat " * 300).missing == 0
    assert time.perf_counter() - began < 20  # it takes a second


def test_words_that_the_text_lacks_are_counted():
    words = words_of("A dog ran.")
    assert align(words, "A cat ran.").missing == 1
    assert align(words, "ran A.").missing == 1
    assert align(words, "").kept.sum() == 0
    assert align([], "A dog").missing == 2


def test_a_part_of_a_word_is_not_the_word():
    words = words_of("A Mars-like place.")
    found = align(words, "A Mars place.")
    assert found.missing == 1 and found.kept.tolist() == [True, False, True, True]
    assert align(words, "A Mars - like place.").missing == 0


def test_a_full_stop_needs_no_match_in_a_text_without_one():
    assert align(words_of("A dog ran fast;"), "A dog ran.").missing == 0
    assert align(words_of('He said: "A dog ran."'), "A dog ran.").kept.sum() == 4
    assert align(words_of("A. Smith ran"), "Smith ran.").kept.tolist() == [False, False, True, True]
