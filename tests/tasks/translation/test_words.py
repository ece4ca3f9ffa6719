import pytest

from gru_zoo.tasks.translation import words
from gru_zoo.tasks.translation.processor import TranslationProcessor
from tests.tasks.translation.toy import new_tokenizer

ENGLISH = {"the", "cat", "sleeps", "on", "table", "a", "menu"}
FRENCH = {"le", "chat", "dort", "sur", "la", "table", "menu"}


def test_known_words_are_counted_without_case():
    texts = ["The cat. The dog!", "the CAT, l'ami", "Jean-Luc"]
    assert words.known_words(texts, 2) == {"the", "cat"}
    assert words.known_words(texts, 1) >= {"l", "ami", "jean-luc"}


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Le chat dort sur la table.", True),
        ("Le chat de Tom dort sur la table.", False),  # 6 of 8
        ("The cat sleeps on the table.", False),
        ("Table, menu, table.", False),  # in both
        ("Le chat.", False),  # too short
    ],
)
def test_a_language_is_told_by_its_words(sentence, told):
    assert words.is_written_in(sentence, ENGLISH, FRENCH) is told


def test_words_are_saved_and_loaded(tmp_path):
    known = {"en": ENGLISH, "fr": FRENCH}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        TranslationProcessor(new_tokenizer(), ("en", "fr"), 40, 1.0, known).save(tmp_path / name)
    loaded = TranslationProcessor.load(tmp_path / "one")
    assert loaded.words == known and loaded.layout("Le chat dort sur la table.").sentences == []
    path = tmp_path / "one" / words.file_of("en")
    assert path.read_bytes() == (tmp_path / "two" / words.file_of("en")).read_bytes()
    path.write_bytes(b"plain")
    with pytest.raises(ValueError, match="Expected words in .*words_en.txt.gz"):
        TranslationProcessor.load(tmp_path / "one")
    assert TranslationProcessor(new_tokenizer(), ("en", "fr"), 40).words == {}
