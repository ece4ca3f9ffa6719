"""The recipe of the model of several directions."""

import numpy as np
import pytest

import gru_zoo
from gru_zoo.data.normalize import normalize
from gru_zoo.presets.card import Card
from recipes.translation.corpora import (
    DIRECTIONS,
    MOST_WORDS,
    Pair,
    is_clean,
    phrases,
    suite_sentences,
)
from recipes.translation.lexicon import word_pairs
from recipes.translation.many_ways import QuarterBatches, directed, direction_of
from recipes.translation.mixture import (
    capitalized,
    phrase_pairs,
    renumbered,
    smoke_mixture,
    with_other_marks,
)
from tests.scripts import on_torch, run


@on_torch
def test_one_training_makes_a_preset_of_each_direction(tmp_path):
    arguments = ("--smoke", "--epochs", "1", "--work", str(tmp_path / "work"))
    home = tmp_path / "home"
    output = run(
        *("recipes/translation/train.py", "translation_fr_en"), *arguments, "--save-to", str(home)
    )
    assert output.count("validation bleu by length penalty") == 2
    back, way = (gru_zoo.load(home / f"translation_{name}") for name in ("fr_en", "en_de"))
    assert (back.processor.languages, way.processor.languages) == (("fr", "en"), ("en", "de"))
    assert way.processor.prefix != back.processor.prefix != ()
    assert back.card.title == "French to English: everyday sentences"
    assert isinstance(back.translate("Je vois le chat."), str)
    row = Card.load(home / "translation_en_de").files["model.weights.h5"]
    assert row.preset == "translation_fr_en"
    assert not (home / "translation_en_de" / "model.weights.h5").exists()
    for one, other in zip(way.model.get_weights(), back.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_direction_stands_before_a_source():
    source = directed("Tabs\tstay.", ("en", "de"))
    assert source == "en-de\tTabs\tstay."
    assert direction_of(source) == (("en", "de"), "Tabs\tstay.")


def test_four_epochs_have_every_pair_once():
    ids = [np.arange(1, 3 + i % 7) for i in range(103)]
    batches = QuarterBatches(ids, ids, tokens=40)
    seen, orders = [], []
    for epoch in range(8):
        batches.epoch = epoch
        seen.append(sum(len(batches[i][1]) for i in range(len(batches))))
        orders.append([batches[i][1].tolist() for i in range(len(batches))])
    assert sum(seen[:4]) == sum(seen[4:]) == len(ids)
    assert max(seen) < 2 * min(seen)
    assert orders[0] != orders[4]
    assert len(QuarterBatches(ids, ids, tokens=40, shuffle=False)) == sum(map(len, orders[:4]))


def test_the_smoke_mixture_holds_out_other_pairs():
    made = smoke_mixture()
    assert len(made.sources) == len(made.targets) > 40
    assert not set(made.sources) & set(made.held_out[0])
    assert {direction_of(source)[0] for source in made.sources} < set(DIRECTIONS)


@pytest.mark.parametrize(
    ("source", "target", "clean"),
    [
        ("Hi.", "Guten Tag zusammen.", True),  # short ones differ
        ("12:30", "12.30", False),
        ("This one has a translation.", "Non.", False),
        ("so " * (MOST_WORDS + 1), "si " * (MOST_WORDS + 1), False),
    ],
)
def test_pairs_are_cleaned(source, target, clean):
    assert is_clean(Pair(source, target)) is clean


def test_words_that_translate_each_other_are_found():
    nouns = {"dog": "Hund", "cat": "Katze", "book": "Buch", "house": "Haus"}
    verbs = {"sees": "sieht", "wants": "will", "has": "hat", "loves": "liebt"}
    pairs = [
        Pair(f"She {verb} the {noun}.", f"Sie {wort} das {ding}.")
        for noun, ding in nouns.items()
        for verb, wort in verbs.items()
    ]
    found = dict(word_pairs([*pairs, *[Pair("Tom sees Tom.", "Tom sieht Tom.")] * 9]))
    assert "Tom" not in found
    assert {noun: found[noun] for noun in nouns} == nouns
    assert {verb: found[verb] for verb in verbs} == verbs


def test_numbers_on_both_sides_become_the_same_other_number():
    pairs = [Pair("Room 214 is free.", "La chambre 214 est libre."), Pair("At 10:30.", "À 10h30.")]
    (pair,) = renumbered(pairs, np.random.default_rng(0))
    numbers = [next(word for word in text.split() if word.isdigit()) for text in pair]
    assert numbers[0] == numbers[1] != "214" and len(numbers[0]) == 3


def test_greetings_are_seen_with_every_mark():
    found = set(with_other_marks(Pair("Hello!", "¡Hola!"), ("en", "es")))
    assert found >= {
        ("Hello.", "Hola."),
        ("Hello!", "¡Hola!"),
        ("Hello", "Hola"),
        ("hello", "hola"),
    }
    assert ("Good morning !", "Buenos días!") not in found
    assert set(with_other_marks(Pair("Good day.", "Bonjour."), ("en", "fr"))) == {
        ("Good day.", "Bonjour."),
        ("Good day!", "Bonjour !"),
    }
    assert not list(with_other_marks(Pair("How are you?", "Ça va ?"), ("en", "fr")))


def test_the_phrase_book_has_every_language_and_no_sentence_of_the_suite():
    rows = phrases()
    assert len(rows) > 1_800
    assert all(len(texts) == 4 and all(map(all, texts.values())) for _, texts in rows)
    sentences = {
        normalize(text)
        for kind, texts in rows
        if kind in ("sentence", "greeting")
        for alternatives in texts.values()
        for text in alternatives
        if " " in text
    }
    assert len(sentences) > 2_000 and len(sentences & suite_sentences()) <= 3


@pytest.mark.parametrize("way", DIRECTIONS)
def test_phrases_of_a_direction(way):
    pairs = phrase_pairs(way)
    assert len(set(pairs)) > 2_500
    hello = {"en": "Hello.", "fr": "Bonjour.", "de": "Hallo.", "es": "Hola."}
    assert Pair(hello[way[0]], hello[way[1]]) in pairs


def test_words_are_seen_with_a_capital_too():
    assert capitalized([Pair("dog", "Hund")]) == [("Dog", "Hund")]
