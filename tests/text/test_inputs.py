import numpy as np
import pytest

from gru_zoo.text.inputs import as_texts, normalize_newlines


def test_line_ends_of_windows_become_line_feeds():
    assert normalize_newlines("a\r\nb\rc\n") == "a\nb\rc\n"


@pytest.mark.parametrize("texts", ["a", ["a"], ("a",), iter(["a"]), np.array(["a"])])
def test_one_text_or_many_become_a_list(texts):
    assert as_texts(texts) == ["a"]


@pytest.mark.parametrize(
    "texts, message",
    [
        (b"a", "Received: bytes b'a'"),
        (3, "Received: int 3"),
        (["a", 3], "Received at position 1: int 3"),
        ({"text": ["a"]}, "Give one of its columns"),
        (np.array([["a"]]), "Give one of its columns"),
    ],
)
def test_what_is_no_text_is_refused(texts, message):
    with pytest.raises(TypeError, match=f"Expected a string or a list of strings. .*{message}"):
        as_texts(texts)
