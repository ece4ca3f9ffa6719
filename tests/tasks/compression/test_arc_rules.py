import numpy as np
import pytest

from gru_zoo.tasks.compression.arc_rules import broken_rules
from gru_zoo.tasks.compression.words import words_of


def is_broken(text, kept):
    """Whether keeping some words, given as a string, breaks a rule."""
    words, rest = words_of(text), kept.split()
    nodes = [0]
    for i, word in enumerate(words, start=1):
        if rest and word.text == rest[0]:
            nodes.append(i)
            rest.pop(0)
    assert not rest
    nodes.append(len(words) + 1)
    counts = broken_rules(words)
    return any(counts[i, j] for i, j in zip(nodes, nodes[1:], strict=False))


@pytest.mark.parametrize(
    "text, broken, whole",
    [
        ("She bought a red hat .", "She bought .", "She bought a hat ."),
        ("He gave the price of it .", "He gave the .", "He gave the price ."),
        ("They close two of the pools .", "They close two .", "They close two of the pools ."),
        ("The price is far too high .", "The price .", "The price is high ."),
        ("The doctor told him to go .", "The doctor told to go .", "told him to go ."),
        ("The fire broke out early .", "The fire broke .", "The fire broke out ."),
        ("He said today it will rain .", "He said will rain .", "He said it will rain ."),
        ("It rained if you ask me .", "It rained you ask me .", "It rained if you ask me ."),
        ("Tom did not really pay .", "Tom did pay .", "Tom did not pay ."),
        ("We cannot accept the offer .", "We cannot the offer .", "We cannot accept the offer ."),
        ("No proof was found here .", "proof was found .", "No proof was found ."),
        ("She isn’t at home now .", "She at home .", "She isn’t at home ."),
        ("He can hardly sleep there .", "He can sleep .", "He can hardly sleep ."),
    ],
)
def test_broken_and_whole(text, broken, whole):
    assert is_broken(text, broken)
    assert not is_broken(text, whole)
    assert not is_broken(text, text)


def test_names_of_countries_are_no_pronouns():
    assert not is_broken("The firm bound for US ports left .", "The firm bound for ports left .")
    assert is_broken("The man asked us to leave .", "The man asked to leave .")


@pytest.mark.parametrize("text", ["", "Rain", "a", "not", "the ."])
def test_neighbors_never_break(text):
    counts = broken_rules(words_of(text))
    assert counts.shape == (len(words_of(text)) + 2,) * 2
    assert not np.diagonal(counts, 1).any()
