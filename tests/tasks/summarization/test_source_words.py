import pytest

from gru_zoo.tasks.summarization.source_words import (
    FUNCTION_WORDS,
    Inflections,
    source_words,
    stem,
    words_outside,
)

INFLECTIONS = Inflections("announces announce says wins bridges sen roberts robert opens".split())
TEXT = (
    "Senator Robert Alder announced on Monday that a Mars-like bridge opened. He said it costs "
    "$2.4 million (see https://example.org/a?b=1, or ask help@example.org). 🎉🎉 It won."
)


@pytest.mark.parametrize(
    "forms",
    [
        "stop stops stopped stopping",
        "carry carries carried carrying",
        "close closes closed closing",
        "win wins won winning",
        "say says said saying",
        "bridge bridges",
    ],
)
def test_forms_of_a_word_have_one_stem(forms):
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("pair", ["wing win", "class clas", "red re", "press pres", "bus bu"])
def test_words_that_look_like_forms_are_none(pair):
    one, other = pair.split()
    assert stem(one) != stem(other)


def test_words_of_the_text_their_inflections_and_short_titles():
    words = source_words(TEXT, INFLECTIONS)
    assert {"Robert", "Alder", "Mars-like", "Mars", "like", "bridge", "2.4", "million"} <= set(
        words
    )
    assert {"announces", "announce", "says", "wins", "bridges", "opens", "sen"} <= set(words)
    assert "roberts" not in words and "robert" not in words  # another name, and a name as it is


def test_addresses_numbers_and_emoji_are_whole():
    words = set(source_words(TEXT, INFLECTIONS))
    assert {"https://example.org/a?b=1", "help@example.org", "🎉🎉", "$2.4"} <= words
    assert not {"https", "example", "example.org", "help", "org", "2", "4", "🎉"} & words


def test_words_in_capitals_are_inflected_since_none_is_known_for_a_name():
    words = source_words("THE MAYOR ANNOUNCED IT.", INFLECTIONS)
    assert "announces" in words and "MAYOR" in words


def test_words_outside_the_text():
    assert words_outside("Alder announces the city's bridges", TEXT, INFLECTIONS) == ["city"]
    assert words_outside("Sen. Alder's bridge won", TEXT, INFLECTIONS) == []
    assert not {"not", "no", "without", "his", "her"} & FUNCTION_WORDS


@pytest.mark.parametrize("text", ["", " \n", "...", "( )"])
def test_no_words(text):
    assert not source_words(text, INFLECTIONS)
