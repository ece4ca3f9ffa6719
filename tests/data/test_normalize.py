import pytest

from gru_zoo.data.normalize import normalize, remove_line_breaks


@pytest.mark.parametrize(
    "html, text",
    [
        ("a<br />b", "a b"),
        ("a.<br /><br />b", "a. b"),
        ("a \n<br/> <br>\tb<br />", "a b"),
        ("<b>a</b>  b", "<b>a</b>  b"),
        ("", ""),
    ],
)
def test_line_breaks_are_removed(html, text):
    assert remove_line_breaks(html) == text


def test_normalize():
    assert normalize('"Caf\u00e9_Noir": 8/10 -- GO!!') == "caf\u00e9 noir 8 10 go"
