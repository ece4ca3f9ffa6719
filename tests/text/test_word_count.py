import pytest

from gru_zoo.text.sentences import SENTENCE_ENDS
from gru_zoo.text.word_count import count_words


@pytest.mark.parametrize("text, count", [("", 0), ("a  bc d", 3), ("a  bc\n\nd\n", 6)])
def test_line_feeds_are_words(text, count):
    assert count_words(text) == count


def test_sentences_end_at_marks_and_line_feeds():
    text = "One. Two?  Three\n four… five"
    assert SENTENCE_ENDS.split(text) == ["One.", "Two?", "Three", "four…", "five"]
