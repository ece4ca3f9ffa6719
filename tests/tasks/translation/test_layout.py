import pytest

from gru_zoo.tasks.translation.layout import split
from gru_zoo.tasks.translation.parts import Rules
from tests.backends import only_on

pytestmark = only_on("torch", "texts are taken apart alike on every backend")


def known(character):
    return character < "\u0100"  # Latin-1


FRENCH = Rules(known, ("en", "fr"))


def translated(text, rules=FRENCH):
    """The text with each sentence in stars, so that what is kept stands outside them."""
    layout = split(text, rules)
    return layout.fill([f"*{sentence}*" for sentence in layout.sentences])


@pytest.mark.parametrize(
    "text, expected",
    [
        ("The cat sleeps.", "*The cat sleeps.*"),
        ("I am late. Where are you?", "*I am late.* *Where are you?*"),
        (
            "One line.\n\n  - a list\n2. two\n> mail",
            "*One line.*\n\n  - *A list.*\n2. *two*\n> *mail*",
        ),
        ("(He never drinks.)", "(*He never drinks.*)"),
        ("“Come in.”", "“*Come in.*”"),
        ('"Come in".', '"*Come in.*".'),
        ('"I know. Come in."', '"*I know.* *Come in.*"'),
        ("<p>I love <br/></p>", "<p>*I love.* <br/></p>"),
        ("_It works._", "_*It works.*_"),
        ('He said "no" to me.', '*He said "no" to me.*'),
        ("Don’t go.", "*Don't go.*"),
        ("¿Qué es?", "*¿Qué es?*"),
        ("2 dogs play.", "*2 dogs play.*"),
    ],
)
def test_marks_stay_where_they_are(text, expected):
    assert translated(text) == expected


@pytest.mark.parametrize(
    "kept",
    [
        "https://example.org/a?b=1&c=2#d",
        "www.example.net/help",
        "example.org",
        "anna.b@example.co.uk",
        "@anna_k",
        "#summer",
        "/usr/local/bin",
        "C:\\Users\\Anna",
        "~/notes.txt",
        "../data",
        "report_final.pdf",
        "IMG_2041.JPG",
        "2.14.3",
        "192.168.0.12",
        "hunter22",
        "Q7ZP2L",
        "AB-123-CD",
        "get_name()",
        "Ctrl+C",
        "--force",
        "WhatsApp",
        "Nguyễn",
        "Łukasz",
        "🎉",
        "👍🏽",
        "日本",
        "`x = 1`",
    ],
)
def test_what_is_no_language_is_kept(kept):
    assert translated(f"Look at {kept} now.") == f"*Look at.* {kept} *now.*"
    assert translated(f"Look at {kept}.") == f"*Look at.* {kept}."
    assert translated(kept) == kept


@pytest.mark.parametrize(
    "text", ["I like tea and/or milk.", "The 2nd at 5pm.", "Mr O'Brien: well-known!"]
)
def test_ordinary_words_are_not_kept(text):
    assert translated(text) == f"*{text}*"


@pytest.mark.parametrize(
    "text", ["", "42", "...", "これは本です。", "🎉🎉", "— ✂ —", "10:30 / 11:45"]
)
def test_without_words_nothing_is_translated(text):
    assert split(text, FRENCH).sentences == []
    assert translated(text) == text


def test_white_space_around_a_text_goes():
    assert translated(" \n") == "" and translated("  It works. ") == "*It works.*"


def test_letters_are_as_in_training_and_come_back_as_they_were():
    layout = split("THE TRAIN IS LATE. i think so", FRENCH)
    assert layout.sentences == ["The train is late.", "I think so."]
    assert (
        layout.fill(["Le train est en retard.", "Je crois."]) == "LE TRAIN EST EN RETARD. je crois"
    )
    assert split("The Shop Closes And I Go", FRENCH).sentences == ["The shop closes and I go."]
    assert split("Anna Lee", FRENCH).sentences == ["Anna Lee."]
    assert split("cat", FRENCH).sentences == ["cat"]
    german = split("milk for me", Rules(known, ("en", "de")))
    assert german.fill(["Milch für mich."]) == "Milch für mich"  # a noun, perhaps


def test_numbers_are_kept_where_asked():
    rules = Rules(known, ("en", "fr"), keep_numbers=True)
    assert (
        translated("It leaves at 14:45 for €3.50.", rules) == "*It leaves at.* 14:45 *for* €3.50."
    )


def test_an_empty_translation_leaves_no_space():
    layout = split("One two. Three four. Five six.", FRENCH)
    assert layout.fill(["A.", "", "C."]) == "A. C."
    assert layout.fill(["", "", ""]) == ""


def test_long_texts_of_marks_take_no_time():
    for text in (
        "(" * 20_000,
        "<" * 20_000,
        "a." * 20_000,
        "/" * 20_000,
        "_" * 20_000,
        "1." * 20_000,
    ):
        split(text, FRENCH)


@pytest.mark.parametrize(
    ("text", "languages", "sentence", "other", "filled"),
    [
        ("Hello", ("en", "fr"), "Hello.", "hello", "Bonjour"),
        ("Hello.", ("en", "fr"), "Hello.", "hello", "Bonjour."),
        ("HELLO", ("en", "fr"), "Hello.", "hello", "BONJOUR"),
        ("Haus", ("de", "fr"), "Haus", "haus", "Bonjour"),
        ("hello", ("en", "fr"), "hello", "", "bonjour."),
        ("Hello!", ("en", "fr"), "Hello!", "", "bonjour."),
    ],
)
def test_a_single_word_with_a_capital_is_read_in_two_ways(text, languages, sentence, other, filled):
    found = split(text, Rules(str.isascii, languages))
    assert (found.sentences, found.others) == ([sentence], [other])
    assert found.fill(["bonjour."]) == filled


def test_a_single_unknown_word_with_a_capital_may_be_a_name():
    words = {"en": {"hello"}, "fr": {"bonjour"}}
    found = split("Siobhan", Rules(str.isascii, ("en", "fr"), words=words))
    assert (found.sentences, found.others) == (["Siobhan"], ["siobhan"])
