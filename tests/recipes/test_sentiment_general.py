"""The parts of the recipe that make the texts of `sentiment_general`."""

import random

import numpy as np
import pytest

from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.sentiment import checklist, everyday, grammar, perturbation, unintelligible
from recipes.sentiment.prepare import smoke_examples
from recipes.sentiment.vocabulary import extend, extended_table, new_words
from tests.backends import only_on
from tests.paths import ROOT

pytestmark = only_on("torch", "texts are the same on every backend")


def test_sentences_are_distinct_and_balanced():
    made = grammar.sentences(200, seed=1)
    assert made == grammar.sentences(200, seed=1) != grammar.sentences(200, seed=2)
    texts = [text for text, _ in made]
    assert len(set(texts)) == 600 and not any(mark in text for text in texts for mark in "{}|")
    labels = [label for _, label in made]
    assert [labels.count(name) for name in ("negative", "neutral", "positive")] == [200] * 3


def test_a_grammar_fills_slots_and_weighs_ways():
    made = grammar.Grammar("# note\n[pos]\n9* {a} {b}\n{b}\n[a]\nA\n[b]\napple|pear\n")
    generator = random.Random(0)
    texts = [made.sentence("pos", generator) for _ in range(300)]
    assert set(texts) == {"An apple", "A pear", "Apple", "Pear", "apple", "pear"}
    assert texts.count("An apple") > 10 * texts.count("apple")


def test_no_sentence_of_the_suite_is_made():
    lines = (ROOT / "recipes" / "sentiment" / "ordinary.tsv").read_text(encoding="utf-8")
    written = {line.split("\t")[2].lower() for line in lines.splitlines()[1:]}
    made = {text.lower() for text, _ in grammar.sentences(4_000, seed=1)}
    assert not written & made - {"💔"}  # an emoji alone is what it is


@pytest.mark.parametrize(
    ("change", "text", "changed"),
    [
        (perturbation.contract, "It is fine. I do not mind.", "it's fine. I don't mind."),
        (perturbation.punctuate, "Fine!", "Fine"),
    ],
)
def test_changes(change, text, changed):
    assert changed in {change(text, random.Random(seed)) for seed in range(30)}


def test_every_change_keeps_some_text():
    for change in perturbation.CHANGES:
        for text in ("", "a", "We saw two films in London on Monday."):
            assert isinstance(change(text, random.Random(1)), str)
    assert perturbation.add_link("Hi", random.Random(1)).count("https://t.co/") == 1
    swapped = perturbation.misspell("abcdef", random.Random(1))
    assert swapped != "abcdef" and sorted(swapped) == list("abcdef")


def test_unintelligible_texts_are_neutral_without_confidence():
    made = unintelligible.unintelligible(200, seed=1)
    assert "" in made.texts and len(made.texts) == 200
    assert any(not text.isascii() for text in made.texts)
    np.testing.assert_allclose(made.probabilities.sum(axis=1), 1, rtol=1e-6)
    assert (made.probabilities.argmax(axis=1) == 1).all() and made.probabilities.max() < 0.5


def test_the_vocabulary_grows_by_words_and_emoji():
    texts = [example.text for example in smoke_examples()]
    tokenizer = SubwordTokenizer.train(texts, vocabulary_size=320)
    posts = ["our zebra likes jazz"] * 40
    words = new_words(tokenizer, posts, size=3)
    assert {word for word, _ in words} <= {"our", "zebra", "likes", "jazz"} and len(words) == 3
    larger = SubwordTokenizer(extend(tokenizer.model, [("😀", -3.0), ("zebra", -4.0)]))
    assert larger.vocabulary_size == 322 and "zebra" in larger and "zebra" not in tokenizer
    (ids,) = larger.encode(["good 😀 zebra"])
    assert ids[-2:] == [320, 321] and ids[:-2] == tokenizer.encode(["good"])[0]
    table = np.arange(640, dtype="float32").reshape(320, 2)
    new = extended_table(table, tokenizer, ["😀", "zebra"])
    spelled = [tokenizer.encode([name])[0] for name in ("grinning face", "zebra")]
    np.testing.assert_allclose(new[320:], [table[ids].mean(axis=0) for ids in spelled])


def test_emoji_are_single_characters_of_one_tone():
    assert all(len(symbol) == 1 for symbol in everyday.EMOJI)
    assert not set(everyday.POSITIVE) & set(everyday.NEGATIVE)
    assert not set(everyday.PLAIN) & set(everyday.POSITIVE + everyday.NEGATIVE)


@pytest.mark.parametrize(
    ("rule", "scores", "failed"),
    [
        ("label_in_ok", [[0.1, 0.2, 0.7]], False),
        ("label_in_ok", [[0.7, 0.2, 0.1]], True),
        ("same_label_or_conf_within_0.1", [[0.5, 0.3, 0.2], [0.42, 0.44, 0.14]], False),
        ("same_label_or_conf_within_0.1", [[0.6, 0.3, 0.1], [0.3, 0.6, 0.1]], True),
        ("conf_not_down", [[0.1, 0.1, 0.8], [0.1, 0.25, 0.65]], True),
        ("conf_not_down", [[0.1, 0.1, 0.8], [0.1, 0.15, 0.75]], False),
        ("conf_not_up", [[0.1, 0.8, 0.1], [0.0, 1.0, 0.0]], None),
        ("posneg_not_down", [[0.2, 0.4, 0.4], [0.3, 0.4, 0.3]], True),
        ("posneg_not_up", [[0.2, 0.4, 0.4], [0.3, 0.4, 0.3]], False),
    ],
)
def test_rules_of_checklist(rule, scores, failed):
    assert checklist.fails(rule, np.array(scores), ["neu", "pos"]) is failed
