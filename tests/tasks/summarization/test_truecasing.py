import pytest

from gru_zoo.tasks.summarization.truecasing import truecase

TEXT = (
    "Washington - Sen. Mary Alder today said that the U.S. Senate passed it. The senate of Vermont "
    "agreed with Alder. We present SpikeTrack, an mRNA-based model: the best model on ImageNet-1k "
    "for COVID-19. \"McDonald's agreed,\" Alder said of Alder's bill. Today, it is law."
)


@pytest.mark.parametrize(
    "summary, expected",
    [
        ("sen. alder and the u.s. senate agree", "Sen. Alder and the U.S. Senate agree"),
        ("vermont's alder: today's bill", "Vermont's Alder: today's bill"),
        ("bill is the law in washington", "Bill is the law in Washington"),
        ("it is law today", "It is law today"),
        ("covid-19 in vermont", "COVID-19 in Vermont"),
        ("mcdonald's agreed", "McDonald's agreed"),
        ("élan of alder", "Élan of Alder"),
        ("", ""),
        ("...", "..."),
    ],
)
def test_sentences_have_the_capitals_of_their_text(summary, expected):
    assert truecase(summary, TEXT, "sentence") == expected


@pytest.mark.parametrize(
    "summary, expected",
    [
        ("spiketrack: a model for the senate", "SpikeTrack: A Model for the Senate"),
        ("mrna-based learning with imagenet-1k", "mRNA-Based Learning with ImageNet-1k"),
        ("state-of-the-art spiketrack-based models", "State-of-the-Art SpikeTrack-Based Models"),
        ("why do models fail? on mrna", "Why Do Models Fail? On mRNA"),
        ("how new is it, and what now", "How New Is It, and What Now"),
    ],
)
def test_titles_have_capitals_but_for_small_words(summary, expected):
    assert truecase(summary, TEXT, "title") == expected


def test_a_text_in_capitals_shows_no_forms():
    assert truecase("rain in rome", "IT WILL RAIN IN ROME.", "sentence") == "Rain in rome"
    assert truecase("rain in rome", "IT WILL RAIN IN ROME.", "title") == "Rain in Rome"


def test_kept_is_kept():
    assert truecase("as IT is", TEXT, "kept") == "as IT is"


def test_an_unknown_style():
    with pytest.raises(ValueError, match="among kept, sentence, title. Received: style='upper'"):
        truecase("a", "a", "upper")
