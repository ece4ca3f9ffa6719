import pytest

from gru_zoo.text.cleaning import remove_markup


@pytest.mark.parametrize(
    "text, expected",
    [
        ("<p>Good &amp; <b>cheap</b>.</p>", "Good & cheap."),
        ("Tom &lt;3 Mary&#39;s cat", "Tom <3 Mary's cat"),
        ("one<br/>two<!-- three -->", "one two"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("  as it is \n", "  as it is \n"),
        ("", ""),
    ],
)
def test_markup_is_taken_off(text, expected):
    assert remove_markup(text) == expected
