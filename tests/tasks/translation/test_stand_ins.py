import pytest

from gru_zoo.tasks.translation.layout import split
from gru_zoo.tasks.translation.parts import Rules
from gru_zoo.tasks.translation.stand_ins import StandIns, with_stand_ins

KNOWN = set("where does live i in and have a boat my name is mr waiting outside boston o".split())
KNOWN |= set("did you see mrs yesterday car red the wo wohnt".split())


@pytest.mark.parametrize(
    ("text", "sentence", "names"),
    [
        ("Where does Xiuying live?", "Where does Tom live?", {"Tom": "Xiuying"}),
        (
            "My name is Xiuying and I live in Kraków.",
            "My name is Tom and I live in Boston.",
            {"Tom": "Xiuying", "Boston": "Kraków"},
        ),
        ("Ingrid and Torvald have a boat.", "Tom and John have a boat.", None),
        ("Sven's car is red.", "Tom's car is red.", {"Tom": "Sven"}),
        ("Is Zhang Wei outside?", "Is Tom outside?", {"Tom": "Zhang Wei"}),
        ("Is Tom in Kraków?", "Is John in Boston?", {"John": "Tom", "Boston": "Kraków"}),
        ("Where does the car live?", "Where does the car live?", {}),
        ("Xiuying", "Xiuying", {}),  # a single word is looked up as it stands
    ],
)
def test_unknown_names_get_stand_ins(text, sentence, names):
    found = with_stand_ins(text, KNOWN, "en")
    assert found.sentence == sentence and found.restore(found.sentence) == text
    assert names is None or found.names == names


def test_names_without_a_stand_in_stay():
    found = with_stand_ins("Ann and Bob and Carl and Dora have a boat.", KNOWN, "en")
    assert found.sentence == "Tom and John and Carl and Dora have a boat."


def test_a_long_german_noun_is_no_name():
    text = "Wo wohnt Xiuying in Donaudampfschiffahrt?"
    assert with_stand_ins(text, KNOWN, "de").names == {"Tom": "Xiuying"}


@pytest.mark.parametrize(
    ("translation", "restored"),
    [
        ("Toms Auto ist rot.", "Svens Auto ist rot."),
        ("La voiture de Tom est rouge.", "La voiture de Sven est rouge."),
        ("Tom voit Tom.", "Tom voit Tom."),  # not to be told which one
        ("Tomates", "Tomates"),
    ],
)
def test_names_take_their_place_in_the_translation(translation, restored):
    assert StandIns("", {"Tom": "Sven"}).restore(translation) == restored


def layout(text: str, **options):
    words = {"en": KNOWN, "fr": set("le chat dort sur la table où est".split())}
    return split(text, Rules(str.isascii, ("en", "fr"), words=words, **options))


def test_a_layout_keeps_names():
    text = "Where does Xiuying live? Is Łukasz outside?"
    found = layout(text)
    assert found.sentences == ["Where does Tom live?", "Is Tom outside?"]
    assert found.names == ["Xiuying", "Łukasz"] and found.fill(found.sentences) == text
    plain = layout(text, keep_names=False)
    assert plain.names == [] and "Where does Xiuying live?" in plain.sentences
    assert layout("Привет.").sentences == layout("Łukasz").sentences == []


def test_a_layout_keeps_what_is_in_the_target_language():
    found = layout("Where does the car live? Le chat dort sur la table.")
    assert found.sentences == ["Where does the car live?"]
    assert found.fill(["..."]) == "... Le chat dort sur la table."
