import re
import time

from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.text.sentences import SENTENCE_ENDS


@given(st.text("a.! \n\r\t…\u3000", max_size=20))
def test_sentences_end_at_marks_and_lines(text):
    assert SENTENCE_ENDS.split(text) == re.split(r"(?<=[.!?…])\s+|\s*\n\s*", text)


def test_a_run_of_blanks_is_looked_through_once():
    began = time.perf_counter()
    for blanks in (" " * 200_000, "\t \r" * 70_000):
        assert SENTENCE_ENDS.split(f"a{blanks}b.{blanks}c{blanks}\n{blanks}d") == [
            *(f"a{blanks}b.", "c", "d")
        ]
    assert time.perf_counter() - began < 2  # it takes milliseconds; from every blank, minutes


def test_abbreviations_and_initials_end_no_sentence():
    sentences = [
        "Dr. Lee and Prof. J. Brown of the U.S. Survey met Sen. Alder at 5 p.m. on Monday.",
        "They spoke of rivers, e.g. the Arne.",
        "Mrs. Green vs. Mr. Black comes next!",
        "Does it?",
    ]
    assert SENTENCE_ENDS.split(" ".join(sentences)) == sentences
    assert SENTENCE_ENDS.split("We met Dr. Lee\nThen we left. Adr. is no title.") == [
        *("We met Dr. Lee", "Then we left.", "Adr.", "is no title.")
    ]
